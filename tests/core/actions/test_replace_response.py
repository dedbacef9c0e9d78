"""Changing what was sent: it comes back as a draft, takes the stored place, and keeps its receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from core import database
from core.actions.drafts import DraftSheet, draft_of_code, draft_of_key, save_draft
from core.actions.fold import fold_all
from core.actions.recount_check import differences
from core.actions.replace_response import CHANGE, again, reopen, replace_response
from core.actions.submit import Submission, save_response
from core.actions.withdraw import withdraw
from core.errors import Closed, Invalid, NotFound
from core.queries.check_data import findings
from core.questionnaires.answers import AnswerError
from core.security import receipt_hash
from models.alert import Alert
from models.base import now
from models.comment import Comment
from models.questionnaire import Round
from models.response import Response
from tests.core.receipts import KEY, WORDS, comments_of, dump, everything, sentence, sheet


def _open_again(code: str) -> DraftSheet:
    with database.writing() as session:
        reopen(session, receipt_hash(code))
    draft = draft_of_key(KEY)
    assert draft is not None
    return draft


def _change(code: str, **changes: Any) -> None:
    draft = _open_again(code)
    draft.answers = {k: v for k, v in (draft.answers | changes).items() if v is not None}
    assert again(save_draft(draft)) is not None


def _stored() -> Response:
    with database.reading() as session:
        found = session.scalars(select(Response)).one()
        session.expunge(found)
        return found


def _said() -> list[Comment]:
    with database.reading() as session:
        found = list(session.scalars(select(Comment).order_by(col(Comment.id))))
        session.expunge_all()
        return found


def _close(small: Any) -> None:
    with database.writing() as session:
        session.execute(
            update(Round).where(col(Round.id) == small.round).values(closes_at=now() - timedelta(hours=1))
        )


def _sound() -> None:
    with database.snapshot() as session:
        assert (differences(session), findings(session)) == ([], [])


def test_a_sent_sheet_comes_back_filled_in_under_its_key_and_its_code(small: Any) -> None:
    receipt = sheet(small, said="灯坏了，打 13800000000")
    draft = _open_again(receipt.code)
    wanted = small.answers(open="灯坏了，打 〔已隐去〕")
    assert draft.answers == wanted and not draft.further
    assert (draft.code, draft.mode, draft.round_id) == (receipt.code, CHANGE, small.round)
    found = draft_of_code(receipt.code)
    assert found is not None and found.key == KEY
    assert len(_said()) == 1, "what was sent stays while it is being changed"


def test_a_change_begun_before_goes_on_where_it_was(small: Any) -> None:
    receipt = sheet(small)
    draft = _open_again(receipt.code)
    draft.answers["overall"] = "2"
    save_draft(draft)
    assert _open_again(receipt.code).answers["overall"] == "2"


def test_the_stored_row_is_replaced_in_place_and_keeps_what_is_not_the_answers(small: Any) -> None:
    sent = Submission(
        small.round, small.answers(), KEY, mode="kiosk", collector="worker", short=True, seconds=200
    )
    receipt = save_response(sent)
    fold_all()
    before = _stored()
    _change(receipt.code, age=9, overall=2, grid={"grid": small.other_grid})
    after = _stored()
    assert (after.age_band, after.grid_id, after.building_id, after.answers["overall"]) == (
        *(9, small.other_grid, None, 2),
    )
    assert after.groups == "age60;age80"
    kept = ("id", "receipt_hash", "idempotency_key", "received_at", "mode", "collector", "seconds", "ticket")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert draft_of_key(KEY) is None
    deeds = [row[3] for row in dump()["audit_entry"]]
    assert deeds == ["response.saved", "response.reopened", "response.changed"]
    _sound()


def test_more_questions_answered_on_second_thought_make_it_a_full_sheet(small: Any) -> None:
    receipt = sheet(small)
    draft = _open_again(receipt.code)
    draft.further, draft.answers = True, draft.answers | {"yrs": 4}
    again(save_draft(draft))
    assert (_stored().short, _stored().answers["yrs"]) == (False, 4)
    _sound()


def test_words_that_stay_keep_their_reading_and_answers_and_go_to_the_new_place(small: Any) -> None:
    receipt = sheet(small, said="灯坏了，打 13800000000")
    (comment_id,) = comments_of(receipt)
    everything(small, comment_id)
    _change(receipt.code, overall=1, grid={"grid": small.other_grid})
    (said,) = _said()
    assert (said.id, said.state, said.original) == (comment_id, "classified", "灯坏了，打 13800000000")
    assert (said.grid_id, said.building_id) == (small.other_grid, None)
    assert len(dump()["answer_to_residents"]) == 1
    _sound()


def test_other_words_are_another_comment_that_waits_and_keeps_the_contact(small: Any) -> None:
    receipt = sheet(small)
    (comment_id,) = comments_of(receipt)
    everything(small, comment_id)
    _change(receipt.code, open="灯修好了，谢谢")
    (said,) = _said()
    assert (said.original, said.state, said.classification_id) == ("灯修好了，谢谢", "waiting", None)
    assert said.contact == f"token {comment_id}"
    rows = dump()
    gone = ("classification", "label", "answer_to_residents", "verdict", "correction", "comment_topic")
    assert [name for name in gone if name in rows] == [] and len(rows["contact"]) == 1
    assert not any(WORDS in str(row) for found in rows.values() for row in found)
    _sound()


def test_words_taken_out_are_gone_with_the_contact(small: Any) -> None:
    receipt = sheet(small)
    everything(small, comments_of(receipt)[0])
    _change(receipt.code, open=None)
    rows = dump()
    assert {"comment", "contact", "consent"} & rows.keys() == set()
    _sound()


def test_words_of_danger_in_a_change_raise_an_alert_at_once(small: Any) -> None:
    receipt = sheet(small)
    _change(receipt.code, open="三楼着火了，快来人")
    with database.reading() as session:
        (alert,) = session.scalars(select(Alert)).all()
    assert (alert.comment_id, alert.source) == (_said()[0].id, "words")


def test_a_closed_round_takes_no_change_and_says_that_what_was_sent_is_there(small: Any) -> None:
    receipt = sheet(small)
    draft = _open_again(receipt.code)
    _close(small)
    with pytest.raises(Closed, match="不能再改"), database.writing() as session:
        reopen(session, receipt_hash(receipt.code))
    draft.answers["overall"] = 1
    with pytest.raises(Closed):
        replace_response(draft)
    with pytest.raises(Invalid, match="不能再改"):
        again(draft)
    assert _stored().answers["overall"] == 4


def test_a_change_that_is_not_in_order_changes_nothing(small: Any) -> None:
    receipt = sheet(small)
    draft = _open_again(receipt.code)
    draft.answers |= {"overall": 77, "open": "别的话"}
    with pytest.raises(AnswerError):
        again(draft)
    assert _stored().answers["overall"] == 4 and _said()[0].original == WORDS


def test_sent_twice_a_change_is_there_once(small: Any) -> None:
    receipt = sheet(small)
    draft = _open_again(receipt.code)
    draft.answers |= {"overall": 2, "open": "别的话"}
    save_draft(draft)
    for _ in range(2):
        done = again(draft)
        assert done is not None and (done.code, done.response_id) == (receipt.code, receipt.response_id)
    assert [said.original for said in _said()] == ["别的话"]
    _sound()


def test_what_was_withdrawn_meanwhile_does_not_come_back(small: Any) -> None:
    receipt = sheet(small)
    draft = _open_again(receipt.code)
    with database.writing() as session:
        withdraw(session, receipt_hash(receipt.code))
    with pytest.raises(NotFound, match="已按您的意愿删除"):
        again(draft)
    # Going back to a step of the form before it was sent begins a draft under the same key.
    late = save_draft(DraftSheet(KEY, small.round, answers=small.answers()))
    with pytest.raises(Invalid, match="已按您的意愿删除"):
        again(late)
    assert {"response", "comment", "draft"} & dump().keys() == set()


def test_a_new_sheet_is_not_held_up(small: Any) -> None:
    assert again(save_draft(DraftSheet(KEY, small.round))) is None


def test_a_sentence_cannot_be_changed(small: Any) -> None:
    receipt = sentence(small)
    with pytest.raises(NotFound), database.writing() as session:
        reopen(session, receipt_hash(receipt.code))


def test_flags_that_answers_do_not_give_stay(small: Any) -> None:
    receipt = save_response(Submission(small.round, small.answers(), KEY, short=True, seconds=5))
    with database.writing() as session:
        session.execute(update(Response).values(flags="quick;ticket_used"))
    _change(receipt.code, overall=2)
    assert _stored().flags == "quick;ticket_used"

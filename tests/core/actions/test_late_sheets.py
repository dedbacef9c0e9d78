"""Sheets that came after their round had closed: kept, taken in under the same code, danger told at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core import database
from core.actions.drafts import DraftSheet, draft_of_key, save_draft
from core.actions.late_sheets import Taken, keep_late, submission_of, take_late
from core.actions.submit import Submission, save_response
from core.errors import Closed
from models.account import AuditEntry
from models.alert import Alert
from models.base import now
from models.comment import Comment
from models.questionnaire import Round
from models.response import Response

KEY, OTHER = "0" * 31 + "1", "0" * 31 + "2"
FIRE = "楼道里着火了，到处冒烟"


@pytest.fixture
def closed(small: Any) -> Any:
    """The small community; its round closed a minute ago."""
    with database.writing() as session:
        session.execute(update(Round).values(closes_at=now() - timedelta(minutes=1)))
    return small


def _late(small: Any, key: str = KEY, **answers: Any) -> DraftSheet:
    draft = save_draft(DraftSheet(key, small.round, answers=dict(small.answers()) | answers))
    keep_late(draft)
    return draft


def _all(model: Any) -> list[Any]:
    with database.reading() as session:
        return list(session.scalars(select(model).order_by(model.id)))


def test_a_late_sheet_is_taken_in_under_the_code_its_author_has(closed: Any) -> None:
    draft = _late(closed, open="路灯坏了")
    with pytest.raises(Closed):
        save_response(Submission(closed.round, closed.answers(), OTHER))
    assert take_late(closed.round, account_id=None) == Taken(1, 0)
    assert draft_of_key(KEY) is None
    assert save_response(submission_of(draft)).code == draft.code and len(_all(Response)) == 1
    assert [said.redacted for said in _all(Comment)] == ["路灯坏了"]
    assert _all(AuditEntry)[-1].deed == "round.late_taken"
    assert take_late(closed.round) == Taken(0, 0)


def test_an_unfinished_one_stays(closed: Any) -> None:
    _late(closed)
    unfinished = save_draft(DraftSheet(OTHER, closed.round, answers={"consent": 1}))
    keep_late(unfinished)
    assert take_late(closed.round) == Taken(1, 1)
    found = draft_of_key(OTHER)
    assert found is not None and found.late


def test_a_sheet_that_was_only_begun_is_not_taken(closed: Any) -> None:
    save_draft(DraftSheet(KEY, closed.round, answers=dict(closed.answers())))
    assert take_late(closed.round) == Taken(0, 0)


def test_words_of_danger_do_not_wait_and_are_counted_once(closed: Any) -> None:
    draft = _late(closed, open=FIRE)
    keep_late(draft)  # the same sheet sent again
    (said,) = _all(Comment)
    assert (said.redacted, said.channel, said.round_id) == (FIRE, "sentence", None)
    assert said.grid_id is not None
    assert [alert.comment_id for alert in _all(Alert)] == [said.id]
    assert take_late(closed.round) == Taken(1, 0)
    assert len(_all(Comment)) == 1

"""Saving a response: checked first, one transaction, one row however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core import database
from core.actions import store_response
from core.actions.submit import Submission, save_response, save_responses
from core.errors import Closed, Invalid, NotFound, Unavailable
from core.questionnaires.answers import AnswerError
from core.security import receipt_hash
from models.account import AuditEntry
from models.base import now
from models.comment import Comment
from models.place import Community
from models.programme import Activity
from models.questionnaire import Round
from models.response import Response


def _count(table: Any) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def _stored() -> tuple[int, int, int]:
    return _count(Response), _count(Comment), _count(AuditEntry)


def test_a_response_is_stored_with_its_comment_and_audit_and_the_target_persons_strata(small: Any) -> None:
    receipt = save_response(Submission(small.round, small.answers(), "k1", seconds=200, short=True))
    with database.reading() as session:
        row = session.get_one(Response, receipt.response_id)
        said = session.execute(select(Comment)).scalar_one()
        entry = session.execute(select(AuditEntry)).scalar_one()
    assert (row.grid_id, row.building_id, row.age_band, row.sex, row.who) == (
        small.grid,
        small.building,
        8,
        2,
        1,
    )
    assert (row.groups, row.mode, row.collector, row.short) == ("age60", "screen", "self", True)
    assert row.receipt_hash == receipt_hash(receipt.code)
    assert row.answers["need_elder"] == ["E1", "E5"]
    assert (said.response_id, said.original, said.state) == (
        row.id,
        "四楼下不来，午饭能不能送上来",
        "waiting",
    )
    assert (entry.deed, entry.subject_id) == ("response.saved", row.id)


def test_open_answers_live_as_comments_only_so_that_one_deletion_is_enough(small: Any) -> None:
    receipt = save_response(Submission(small.round, small.answers(), "k1"))
    with database.reading() as session:
        assert "open" not in session.get_one(Response, receipt.response_id).answers


def test_the_same_sheet_sent_twice_is_stored_once_and_shows_the_same_receipt(small: Any) -> None:
    sheet = Submission(small.round, small.answers(), "same-key")
    first, second = save_response(sheet), save_response(sheet)
    assert (first.code, first.repeated) == (second.code, not second.repeated)
    assert first.response_id == second.response_id
    assert _stored() == (1, 1, 1)


def test_the_same_sheet_sent_by_many_at_once_is_stored_once(small: Any) -> None:
    sheet = Submission(small.round, small.answers(), "racing-key")
    with ThreadPoolExecutor(12) as pool:
        receipts = list(pool.map(lambda _: save_response(sheet), range(24)))
    assert {receipt.code for receipt in receipts} == {receipts[0].code}
    assert sum(not receipt.repeated for receipt in receipts) == 1
    assert _stored() == (1, 1, 1)


def test_two_keys_whose_codes_fall_together_get_different_receipts(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crowded(key: str, attempt: int = 0) -> str:
        return "SAME" if attempt == 0 else f"{key}-{attempt}"

    monkeypatch.setattr("core.actions.submit.receipt_code", crowded)
    monkeypatch.setattr(store_response, "receipt_code", crowded)
    first = save_response(Submission(small.round, small.answers(), "a"))
    second = save_response(Submission(small.round, small.answers(), "b"))
    again = save_response(Submission(small.round, small.answers(), "b"))
    assert (first.code, second.code, again.code) == ("SAME", "b-1", "b-1")
    assert _count(Response) == 2


def test_many_whose_codes_fall_together_get_different_receipts(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crowded(key: str, attempt: int = 0) -> str:
        return ("SAME" if attempt == 0 else f"{key[0]}-1") if attempt < 2 else f"{key}-{attempt}"

    monkeypatch.setattr("core.actions.submit.receipt_code", crowded)
    monkeypatch.setattr(store_response, "receipt_code", crowded)
    first = save_response(Submission(small.round, small.answers(), "a"))
    many = [Submission(small.round, small.answers(), key) for key in ("a", "b1", "b2", "c", "c")]
    stored = save_responses(many)
    assert [receipt.code for receipt in stored] == [first.code, "b-1", "b2-2", "c-1", "c-1"]
    assert [receipt.repeated for receipt in stored] == [True, False, False, False, True]
    assert save_responses(many)[1:4] == [replace(each, repeated=True) for each in stored[1:4]]
    assert _count(Response) == 4


def test_many_that_find_no_code_are_none_stored(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.actions.submit.receipt_code", lambda *_: "SAME")
    with pytest.raises(database.DUPLICATE):
        save_responses([Submission(small.round, small.answers(), key) for key in ("a", "b")])
    assert _stored() == (0, 0, 0)


def test_an_unknown_round_is_told(small: Any) -> None:
    with pytest.raises(NotFound, match="没有找到这次调查"):
        save_response(Submission(small.round + 99, small.answers(), "k"))


@pytest.mark.parametrize(
    ("field", "days", "sentence"), [("closes_at", -1, "已于"), ("opens_at", 1, "才开始")]
)
def test_a_round_that_is_closed_or_not_yet_open_takes_nothing(
    small: Any, field: str, days: int, sentence: str
) -> None:
    with database.writing() as session:
        session.execute(
            update(Round).where(Round.id == small.round).values({field: now() + timedelta(days=days)})
        )
    with pytest.raises(Closed, match=sentence):
        save_response(Submission(small.round, small.answers(), "k"))
    assert _stored() == (0, 0, 0)


def test_a_sheet_of_another_version_is_refused(small: Any) -> None:
    with pytest.raises(Invalid, match="问卷已更新"):
        save_response(Submission(small.round, small.answers(), "k", questionnaire="needs-v0"))


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("overall", 6),
        ("age", 99),
        ("need_cult", ["K1", "K2", "K3", "K4"]),
        ("consent", 2),
        ("open", "长" * 100_000),
    ],
    ids=["scale 6", "age 99", "four of three", "no consent", "100 000 characters"],
)
def test_an_answer_out_of_range_stores_nothing(small: Any, question: str, value: object) -> None:
    with pytest.raises(AnswerError) as caught:
        save_response(Submission(small.round, small.answers(**{question: value}), "k"))
    assert caught.value.problems[0].question == question
    assert _stored() == (0, 0, 0)


def test_an_activity_of_another_community_or_none_is_refused(small: Any) -> None:
    with database.writing() as session:
        session.add(Community(code="other", name="别的社区"))
        session.flush()
        for code, place in (("here", small.community), ("there", small.community + 1)):
            session.add(Activity(code=code, community_id=place, name="活动", area="culture", starts_at=now()))
    for activity_id in (2, 99):
        with pytest.raises(NotFound, match="活动"):
            save_response(Submission(small.round, small.answers(), "k", activity_id=activity_id))
    assert _stored() == (0, 0, 0)
    save_response(Submission(small.round, small.answers(), "k", activity_id=1))


def test_a_building_that_is_not_there_or_in_another_grid_is_refused(small: Any) -> None:
    for grid, building in ((small.grid, 999), (small.other_grid, small.building)):
        with pytest.raises(NotFound, match="没有找到这栋楼"):
            save_response(
                Submission(small.round, small.answers(grid={"grid": grid, "building": building}), "k")
            )
    with pytest.raises(NotFound, match="没有找到这个网格"):
        save_response(Submission(small.round, small.answers(grid={"grid": 12345}), "k"))


def test_an_unknown_place_is_stored_as_unknown(small: Any) -> None:
    receipt = save_response(Submission(small.round, small.answers(grid=None), "k"))
    with database.reading() as session:
        assert session.get_one(Response, receipt.response_id).grid_id is None


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "**粗** [链接](http://x)",
        "'; DROP TABLE response; --",
        "👵🏽🍚",
        "a\x00b\ud800c",
    ],
)
def test_a_hostile_comment_is_stored_as_harmless_text(small: Any, hostile: str) -> None:
    save_response(Submission(small.round, small.answers(open=hostile), "k"))
    with database.reading() as session:
        said = session.execute(select(Comment.original)).scalar_one()
    assert said == hostile.replace("\x00", "").replace("\ud800", "")


def test_a_phone_number_is_kept_from_screens(small: Any) -> None:
    save_response(Submission(small.round, small.answers(open="请打13812345678"), "k"))
    with database.reading() as session:
        said = session.execute(select(Comment)).scalar_one()
    assert "13812345678" in said.original
    assert "13812345678" not in said.redacted


def test_a_sheet_that_fails_while_it_is_written_leaves_nothing_half_written(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("after the comment")

    monkeypatch.setattr(store_response, "_audit", broken)
    with pytest.raises(RuntimeError):
        save_response(Submission(small.round, small.answers(), "k"))
    assert _stored() == (0, 0, 0)


def test_many_are_stored_all_or_none(small: Any) -> None:
    good = [Submission(small.round, small.answers(), f"k{i}") for i in range(5)]
    with pytest.raises(AnswerError):
        save_responses([*good, Submission(small.round, small.answers(overall=9), "bad")])
    assert _stored() == (0, 0, 0)
    assert [r.repeated for r in save_responses(good)] == [False] * 5
    assert [r.repeated for r in save_responses(good)] == [True] * 5
    assert _stored() == (5, 5, 5)


def test_a_locked_record_says_that_nothing_was_stored(small: Any, impatient: Callable[[], None]) -> None:
    if database.engine().dialect.name != "sqlite":
        return  # PostgreSQL has no lock over the whole record
    impatient()
    with database.writing(), pytest.raises(Unavailable, match="没有存上"):
        save_response(Submission(small.round, small.answers(), "k"))
    assert not save_response(Submission(small.round, small.answers(), "k")).repeated

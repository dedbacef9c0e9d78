"""Taking back what was said: nothing of it is left in any table, and the figures are as if it never was."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from core import database
from core.actions.drafts import DraftSheet, save_draft
from core.actions.fold import fold_all
from core.actions.recount_check import differences
from core.actions.replace_response import reopen
from core.actions.rounds import publish_snapshot
from core.actions.statements import table_of
from core.actions.withdraw import WITH_IT, withdraw
from core.errors import NotFound
from core.queries.check_data import findings
from core.queries.receipts import ReceiptLife, life_of
from core.security import receipt_hash
from models.base import now
from models.tables import metadata
from tests.core.receipts import KEY, WORDS, clerk, comments_of, dump, everything, sentence, sheet

# What tells of a deed and of staff's work, without a word of what was said.
STAYS = {"alert", "alert_miss", "audit_entry", "tombstone", "topic"}


def _take_back(code: str) -> None:
    with database.writing() as session:
        withdraw(session, receipt_hash(code))


def _life(code: str) -> ReceiptLife | None:
    with database.reading() as session:
        return life_of(session, receipt_hash(code))


def _sound() -> None:
    with database.snapshot() as session:
        assert (differences(session), findings(session)) == ([], [])


def _others(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The tables that must be as they were; cells of no comment count as none."""
    kept = {name: found for name, found in rows.items() if name not in STAYS and name != "fold_state"}
    kept["comment_tally"] = [row for row in kept.get("comment_tally", []) if row[-1]]
    return {name: found for name, found in kept.items() if found}


def test_every_table_that_points_to_a_comment_is_thought_of() -> None:
    pointing = {
        table.name for table in metadata.sorted_tables
        for key in table.foreign_keys if key.column.table.name == "comment"
    }  # fmt: skip
    assert pointing == {table_of(model).name for model in WITH_IT} | {"alert", "alert_miss"}
    to_responses = {
        table.name for table in metadata.sorted_tables
        for key in table.foreign_keys if key.column.table.name == "response"
    }  # fmt: skip
    assert to_responses == {"comment"}


@pytest.mark.parametrize("kind", ["sheet", "sentence"])
def test_no_table_holds_anything_of_it_afterwards(small: Any, kind: str) -> None:
    clerk()
    sheet(small, "f" * 32, said="请多办几场手机课")
    everything(small, 1)
    fold_all()
    before = _others(dump())
    receipt = sheet(small, age=9) if kind == "sheet" else sentence(small)
    (comment_id,) = comments_of(receipt)
    everything(small, comment_id)
    if kind == "sheet":
        with database.writing() as session:
            reopen(session, receipt_hash(receipt.code))
    fold_all()
    assert any(WORDS in str(row) for rows in dump().values() for row in rows)
    _take_back(receipt.code)
    after = dump()
    assert _others(after) == before
    for name, rows in after.items():
        assert not any(WORDS in str(row) or KEY in str(row) for row in rows), name
    _sound()


def test_what_staff_did_about_an_alert_stays_without_the_comment(small: Any) -> None:
    receipt = sentence(small)
    everything(small, receipt.response_id)
    _take_back(receipt.code)
    rows = dump()
    assert [row[2] for row in rows["alert"]] == [None]
    assert [row[2] for row in rows["alert_miss"]] == [None]


def test_a_tombstone_says_when_and_nothing_else(small: Any) -> None:
    receipt = sheet(small)
    _take_back(receipt.code)
    ((_, subject, hash_, deleted_at),) = dump()["tombstone"]
    assert (subject, hash_) == ("response", receipt_hash(receipt.code))
    assert abs(deleted_at - now()) < timedelta(seconds=20)
    life = _life(receipt.code)
    assert life is not None and (life.kind, life.said) == ("deleted", ())
    deeds = [row[3:6] for row in dump()["audit_entry"]]
    assert deeds[-1] == ("response.withdrawn", "response", receipt.response_id)


def test_taking_back_twice_changes_nothing_more_and_an_unknown_code_is_told(small: Any) -> None:
    receipt = sheet(small)
    _take_back(receipt.code)
    before = dump()
    _take_back(receipt.code)
    assert dump() == before
    with pytest.raises(NotFound, match="没有查到"):
        _take_back("2222222")


def test_two_presses_at_once_delete_once(small: Any) -> None:
    for receipt in (sheet(small), sentence(small, "s" * 32)):
        presses = [threading.Thread(target=_take_back, args=(receipt.code,)) for _ in range(4)]
        for press in presses:
            press.start()
        for press in presses:
            press.join(20)
        life = _life(receipt.code)
        assert life is not None and life.kind == "deleted"
    assert len(dump()["tombstone"]) == 2
    assert [row[3] for row in dump()["audit_entry"]].count("response.withdrawn") == 1


def test_what_was_published_stays(small: Any) -> None:
    receipt = sheet(small)
    fold_all()
    row = {"need": "E1", "n": 590, "grid": None}
    with database.writing() as session:
        publish_snapshot(session, small.round, [row])
    before = dump()["snapshot"]
    _take_back(receipt.code)
    assert dump()["snapshot"] == before


def test_another_residents_draft_and_contact_stay(small: Any) -> None:
    save_draft(DraftSheet("a" * 32, small.round, answers={"open": "别人的话"}))
    other = sentence(small, "b" * 32, "另一件事")
    everything(small, other.response_id)
    mine = sentence(small)
    everything(small, mine.response_id)
    _take_back(mine.code)
    rows = dump()
    assert [len(rows[name]) for name in ("draft", "contact", "consent", "comment")] == [1, 1, 1, 1]
    assert rows["contact"][0][1] == f"token {other.response_id}"
    _sound()

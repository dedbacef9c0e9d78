"""Drafts: kept after every step, found by key or by code; the code is the receipt of what is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core import database
from core.actions.drafts import (
    DraftSheet,
    draft_of_code,
    draft_of_key,
    expire_drafts,
    forget_draft,
    save_draft,
)
from core.actions.submit import Submission, save_response
from core.errors import NotFound
from core.security import show_receipt
from models.base import now
from models.response import Draft

KEY = "0" * 31 + "1"


def begun(small: Any, **changes: Any) -> DraftSheet:
    return save_draft(DraftSheet(KEY, small.round, **changes))


def test_a_draft_comes_back_by_key_and_by_the_code_on_paper(small: Any) -> None:
    code = begun(small, answers={"who": "2", "open": "楼道灯坏了"}, at="grid", further=True).code
    for found in (draft_of_key(KEY), draft_of_code(show_receipt(code).lower())):
        assert found is not None
        assert (found.answers, found.at, found.further) == ({"who": "2", "open": "楼道灯坏了"}, "grid", True)
        assert found.code == code


def test_saving_again_changes_the_one_draft_and_keeps_its_code_and_its_beginning(small: Any) -> None:
    first = begun(small, answers={"who": "1"})
    again = draft_of_key(KEY)
    assert again is not None
    again.answers = {"who": "4"}
    save_draft(again)
    found = draft_of_key(KEY)
    assert found is not None
    assert (found.answers, found.code) == ({"who": "4"}, first.code)
    assert abs(found.started_at - first.started_at) < timedelta(milliseconds=1)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 1


def test_the_code_of_the_draft_is_the_receipt_of_the_response(small: Any) -> None:
    draft = begun(small)
    receipt = save_response(Submission(small.round, small.answers(), KEY))
    assert receipt.code == draft.code


def test_no_draft_no_code_and_a_code_that_cannot_be(small: Any) -> None:
    assert draft_of_key(KEY) is None
    code = begun(small).code
    forget_draft(KEY)
    assert draft_of_code(code) is None
    with pytest.raises(NotFound):
        draft_of_code("OOOOOOO")


def test_a_draft_expires_by_setting(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code = begun(small).code
    with database.writing() as session:
        session.execute(update(Draft).values(saved_at=now() - timedelta(days=13, hours=23)))
    assert draft_of_code(code) is not None and expire_drafts() == 0
    with database.writing() as session:
        session.execute(update(Draft).values(saved_at=now() - timedelta(days=14, hours=1)))
    assert draft_of_code(code) is None
    assert expire_drafts() == 1

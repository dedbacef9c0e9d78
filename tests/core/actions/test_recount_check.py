"""The tally beside a recount: equal after every fold; any change in it is told, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core import database
from core.actions import recount_check
from core.actions.fold import fold_all
from core.actions.recount_check import differences
from core.actions.submit import Submission, save_responses


def _differences() -> list[tuple[str, Any, Any]]:
    with database.snapshot() as session:
        return differences(session)


@pytest.fixture
def folded(small: Any) -> Any:
    """Twelve folded responses and three that are not folded yet."""
    sheets = [Submission(small.round, small.answers(age=7 + i % 3), f"k{i}") for i in range(15)]
    save_responses(sheets[:12])
    fold_all()
    save_responses(sheets[12:])
    return small


def test_what_was_folded_equals_its_recount_whatever_waits_behind_the_watermark(
    folded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _differences() == []
    monkeypatch.setattr(recount_check, "BATCH", 5)
    assert _differences() == []
    fold_all()
    assert _differences() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tally SET n = n + 1 WHERE question = 'need_elder' AND choice = 'E5' AND age_band = 8",
        "UPDATE tally SET asked = asked - 1 WHERE question = 'overall' AND choice = '*' AND age_band = 7",
        "DELETE FROM tally_margin WHERE margin = 'group' AND question = 'top1' AND choice = 'E1'",
        "DELETE FROM response WHERE id = 1 OR id = 2",
    ],
)
def test_a_tally_that_was_changed_is_told_and_stays_as_it_is(folded: Any, change: str) -> None:
    with database.writing() as session:
        session.execute(text("DELETE FROM comment"))
        session.execute(text(change))
    first = _differences()
    assert first and _differences() == first

"""Asking the tally: whole rounds, cells and margins, and how fresh they are. Each test on both databases."""

from __future__ import annotations

from typing import Any

import pandas as pd

from core import database
from core.actions.fold import fold_all
from core.actions.submit import Submission, save_responses
from core.queries import tally


def _save(small: Any, n: int, start: int = 0, **changes: Any) -> None:
    save_responses(
        [Submission(small.round, small.answers(**changes), f"k{start + i}", short=True) for i in range(n)]
    )


def _rows(frame: pd.DataFrame) -> set[tuple[Any, ...]]:
    return set(frame.itertuples(index=False, name=None))


def test_an_empty_round_has_empty_frames_with_their_columns(small: Any) -> None:
    with database.reading() as session:
        assert list(tally.cells(session, small.round)) == ["grid", "age_band", "sex", "n"]
        assert tally.totals(session, small.round, ["overall"]).empty
        assert list(tally.margin(session, small.round, "how", ["overall"])) == [
            "level", "question", "choice", "n", "asked",
        ]  # fmt: skip
        assert tally.watermark(session) == (None, 0)


def test_totals_sum_the_cells_of_a_round(small: Any) -> None:
    _save(small, 3)
    _save(small, 2, 10, overall=2, sex=1)
    _save(small, 1, 20, overall=2, grid=None)
    fold_all()
    with database.reading() as session:
        found = tally.totals(session, small.round, ["overall"])
    assert _rows(found) == {("overall", "*", 6), ("overall", "2", 3), ("overall", "4", 3)}


def test_only_the_questions_and_the_round_asked_for_are_given(small: Any) -> None:
    _save(small, 2)
    fold_all()
    with database.reading() as session:
        assert set(tally.counts(session, small.round, ["need_cult"])["item"]) == {"K1"}
        assert set(tally.asked(session, small.round, ["need_cult", "overall"])["question"]) == {
            "need_cult", "overall",
        }  # fmt: skip
        assert tally.cells(session, small.round + 1).empty
        assert tally.totals(session, small.round + 1, ["overall"]).empty


def test_a_margin_is_given_level_by_level(small: Any) -> None:
    _save(small, 2)
    _save(small, 3, 10, age=4, need_elder=None, top1="K1")
    fold_all()
    with database.reading() as session:
        found = tally.margin(session, small.round, "group", ["overall"])
    assert _rows(found) == {("age60", "overall", "4", 2, 0), ("age60", "overall", "*", 2, 2)}


def test_the_watermark_tells_when_it_was_folded_and_what_has_come_since(small: Any) -> None:
    _save(small, 2)
    with database.reading() as session:
        assert tally.watermark(session) == (None, 2)
    fold_all()
    _save(small, 1, 10)
    with database.reading() as session:
        folded_at, behind = tally.watermark(session)
    assert folded_at is not None and folded_at.tzinfo is not None
    assert behind == 1

"""Importance and satisfaction: worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from core.analysis.importance import importance_satisfaction

PAIRS = {f"sat_{i}": f"imp_{i}" for i in range(1, 5)}
# Grand means: importance 3.5, satisfaction 3.0.
MEANS = {
    "imp_1": 4.5, "sat_1": 2.0, "imp_2": 4.0, "sat_2": 4.0, "imp_3": 2.5, "sat_3": 2.5, "imp_4": 3.0,
    "sat_4": 3.5,
}  # fmt: skip


def _rated(means: dict[str, float | None]) -> pd.DataFrame:
    return pd.DataFrame({"question": list(means), "mean": pd.array(list(means.values()), dtype="Float64")})


def test_each_item_falls_in_its_quadrant_the_widest_gap_first() -> None:
    found = importance_satisfaction(_rated(MEANS), PAIRS)
    assert found[["question", "quadrant"]].to_numpy().tolist() == [
        ["sat_1", "improve"], ["sat_2", "keep"], ["sat_3", "later"], ["sat_4", "plenty"],
    ]  # fmt: skip
    assert found["gap"].tolist() == pytest.approx([2.5, 0, 0, -0.5])


def test_on_a_cut_line_counts_as_above_it() -> None:
    found = importance_satisfaction(_rated({"imp_1": 4.0, "sat_1": 3.0}), {"sat_1": "imp_1"})
    assert found["quadrant"].tolist() == ["keep"]


def test_an_item_whose_mean_may_not_be_shown_is_left_out_and_moves_no_line() -> None:
    found = importance_satisfaction(_rated(MEANS | {"sat_1": None}), PAIRS)
    assert found["question"].tolist() == ["sat_2", "sat_3", "sat_4"]
    # Without it importance is cut at 3.17 and satisfaction at 3.33.
    assert dict(zip(found["question"], found["quadrant"], strict=True))["sat_2"] == "keep"


def test_nothing_rated_gives_an_empty_frame() -> None:
    found = importance_satisfaction(_rated({}), PAIRS)
    assert found.empty and list(found) == ["question", "importance", "satisfied", "gap", "quadrant"]

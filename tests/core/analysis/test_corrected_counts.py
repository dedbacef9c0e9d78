"""Corrected counts: by hand, in simulation, by month, and what may not be shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.coverage import CASES, Case, covered, reviewed
from core.analysis.corrected_counts import (
    FEWEST,
    FIGURES,
    corrected_by_month,
    corrected_counts,
    shown,
    shown_by_month,
)
from core.analysis.review_sample import AREAS, draw
from core.words import say

PLAIN = Case(1185, 150, swallowed=True)


def two_cells(right: int = 45) -> pd.DataFrame:
    """1 000 comments read as culture, 100 of them (drawn) labelled: 45 culture and 5 safety in each half."""
    frame = pd.DataFrame(
        {
            "comment_id": range(1, 1001),
            "month": ["2026-09", "2026-10"] * 500,
            "predicted": "culture",
            "probability": [0.95] * 500 + [0.8] * 500,
            "abstained": False,
            "label": "",
        }
    )
    for sure in (0.95, 0.8):
        mine = frame["probability"] == sure
        ids = draw(frame[mine], 50)["comment_id"]
        frame.loc[mine & frame["comment_id"].isin(ids[:right]), "label"] = "culture"
        frame.loc[mine & frame["comment_id"].isin(ids[right:]), "label"] = "safety"
    return frame


def test_the_corrected_count_is_the_stratified_estimate() -> None:
    """900 of 1 000 by hand; standard error √(2 × 500² × .9 × .1 × (1 − .1) / 50) = 28.5."""
    found = corrected_counts(two_cells(), draws=4000)
    row = found.table.set_index("area").loc["culture"]
    assert (row["machine"], row["corrected"]) == (1000, pytest.approx(900))
    assert row["high"] - row["low"] == pytest.approx(2 * 1.96 * 28.5, rel=0.15)
    assert row["low"] < 900 < row["high"]
    assert (found.n, found.labelled, found.sampled, found.why) == (1000, 100, 100, "")


def test_no_interval_is_a_point_where_the_sample_saw_no_error() -> None:
    table = corrected_counts(two_cells(right=50)).table.set_index("area")
    assert table.loc["culture", "corrected"] == 1000
    assert table.loc["culture", "low"] < 995
    assert (table["high"] - table["low"] > 0).all()
    assert table["high"].max() <= 1000
    # An area nobody found has no fewer than no comments, and culture no fewer than were labelled so.
    assert table["low"].min() == 0
    assert table.loc["culture", "low"] >= 100


def test_counts_of_all_areas_add_up_to_what_was_read() -> None:
    found = corrected_counts(reviewed(PLAIN, 1)[0])
    assert found.table["corrected"].sum() == pytest.approx(found.n) == 1185
    assert found.table["machine"].sum() == found.n - found.abstained
    assert found.abstained / found.n == pytest.approx(0.08, abs=0.03)
    assert (found.table["low"] <= found.table["corrected"]).all()
    assert (found.table["corrected"] <= found.table["high"]).all()
    pd.testing.assert_frame_equal(found.table, corrected_counts(reviewed(PLAIN, 1)[0]).table)


def test_when_everything_is_labelled_the_count_is_the_truth() -> None:
    frame, truth = reviewed(Case(200, 200), 4)
    table = corrected_counts(frame).table
    for figure in ("corrected", "low", "high"):
        assert table[figure].tolist() == pytest.approx(truth.tolist())


def test_without_labels_nothing_is_corrected_and_it_says_why() -> None:
    frame = reviewed(PLAIN, 1)[0]
    nobody = corrected_counts(frame.assign(label=None))
    assert nobody.why == say("honest.no_labels")
    assert nobody.table[["corrected", "low", "high"]].isna().all(axis=None)
    assert nobody.table["machine"].sum() == nobody.n - nobody.abstained
    few = frame["comment_id"].isin(draw(frame, FEWEST - 1)["comment_id"])
    some = corrected_counts(frame.assign(label=frame["label"].where(few, "")))
    assert some.why == say("honest.few_sampled", n=some.sampled, fewest=FEWEST, left=FEWEST - some.sampled)
    assert some.table["corrected"].isna().all()
    assert corrected_counts(frame[:0]).n == 0


def test_labels_of_urgent_ones_do_not_pass_for_a_sample() -> None:
    frame = reviewed(PLAIN, 1)[0]
    doubtful = frame.nsmallest(200, "probability")["comment_id"]
    frame = frame.assign(label=np.where(frame["comment_id"].isin(doubtful[::3]), "other", ""))
    found = corrected_counts(frame)
    assert found.labelled == 67
    assert found.sampled < FEWEST
    assert found.why


def test_months_use_their_own_cells_and_add_up_to_the_whole() -> None:
    frame = reviewed(PLAIN, 2)[0]
    found = corrected_by_month(frame)
    assert found.table["month"].unique().tolist() == ["2026-08", "2026-09", "2026-10"]
    whole = corrected_counts(frame).table.set_index("area")
    sums = found.table.groupby("area")[["machine", "corrected"]].sum().loc[list(AREAS)]
    assert sums["machine"].tolist() == whole["machine"].tolist()
    assert sums["corrected"].tolist() == pytest.approx(whole["corrected"].tolist())
    by_month = found.table.groupby("month")
    assert by_month["corrected"].sum().tolist() == pytest.approx(by_month["n"].first().tolist())
    assert int(by_month["abstained"].first().sum()) == found.abstained
    assert found.table[["low", "high"]].notna().all(axis=None)


def test_a_month_holds_its_share_of_what_is_uncertain() -> None:
    """A half of a stratum has half the count, and more than half the standard error: its own draw besides."""
    whole = corrected_counts(two_cells(), draws=4000).table.set_index("area").loc["culture"]
    months = corrected_by_month(two_cells(), draws=4000).table
    half = months[months["area"] == "culture"]
    assert half["corrected"].sum() == pytest.approx(900)
    width = half["high"] - half["low"]
    assert (width > 0.5 * (whole["high"] - whole["low"])).all()
    assert (width < whole["high"] - whole["low"]).all()


@pytest.mark.parametrize("name", ["rare", "small_asymmetric"])
def test_intervals_hold_the_planted_truth(name: str) -> None:
    """200 runs; python -m bench.coverage makes 1 000 of every case."""
    held, error = covered(CASES[name], 200, draws=300)
    assert 0.93 <= held.mean() <= 0.97
    assert held.min() >= 0.9
    assert np.abs(error / CASES[name].n).max() < 0.01


def test_months_hold_the_planted_truth() -> None:
    held = []
    for seed in range(60):
        frame, _ = reviewed(PLAIN, seed)
        everybody = reviewed(PLAIN._replace(budget=PLAIN.n), seed)[0]
        table = corrected_by_month(frame, draws=300).table
        truth = everybody.groupby(["month", "label"]).size()
        counted = truth.reindex(pd.MultiIndex.from_frame(table[["month", "area"]]), fill_value=0).to_numpy()
        held.append(((table["low"] <= counted) & (counted <= table["high"])).mean())
    assert 0.92 <= np.mean(held) <= 0.98


def test_counts_of_one_to_four_are_not_shown_nor_what_would_tell_them() -> None:
    table = pd.DataFrame(
        {
            "area": ["elderly", "culture", "safety", "family"],
            "machine": [40, 12, 3, 0],
            "corrected": [35.0, 14.0, 6.0, 0.0],
            "low": [30.0, 9.0, 5.0, 0.0],
            "high": [39.0, 20.0, 8.0, 5.0],
        }
    )
    found = shown(table).set_index("area")
    assert found["hidden"].tolist() == [False, True, True, False]
    assert found.loc[["culture", "safety"], ["machine", "corrected", "low", "high"]].isna().all(axis=None)
    assert found.loc["elderly", "corrected"] == 35.0
    small = shown(table.assign(machine=[40, 12, 8, 0], corrected=[35.0, 14.0, 2.4, 0.0]))
    assert small["hidden"].tolist() == [False, True, True, False]
    uncorrected = table.assign(corrected=np.nan, low=np.nan, high=np.nan)
    assert shown(uncorrected)["hidden"].tolist() == [False, True, True, False]


def months_of(area: str, *machine: int, corrected: tuple[float, ...] = ()) -> pd.DataFrame:
    """One area's rows of corrected_by_month, a month for each count."""
    rows = zip(machine, corrected or machine, strict=True)
    return pd.DataFrame(
        [(area, m, float(c), c * 0.8, c * 1.2, f"2026-{month:02}") for month, (m, c) in enumerate(rows, 1)],
        columns=[*FIGURES, "month"],
    )


def by_area(*areas: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The months of all areas, and the areas' own table as it is shown."""
    months = pd.concat(areas, ignore_index=True)
    return months, shown(months.groupby("area", as_index=False)[FIGURES[1:]].sum())


def test_a_small_month_does_not_follow_from_the_areas_sum() -> None:
    months, whole = by_area(months_of("elderly", 3, 20, 9), months_of("culture", 10, 0, 11))
    assert not whole["hidden"].any()
    found = shown_by_month(months, whole)
    assert found.loc[found["area"] == "elderly", "hidden"].tolist() == [True, False, True]
    assert not found.loc[found["area"] == "culture", "hidden"].any()
    assert found.loc[found["hidden"], FIGURES[1:]].isna().all(axis=None)
    assert found.loc[~found["hidden"], FIGURES[1:]].notna().all(axis=None)


def test_a_small_corrected_month_hides_the_machines_count_beside_it() -> None:
    months, whole = by_area(months_of("elderly", 8, 20, 12, corrected=(3.6, 24, 12)))
    assert shown_by_month(months, whole)["hidden"].tolist() == [True, False, True]


def test_all_months_of_an_area_are_hidden_whose_sum_is() -> None:
    months, whole = by_area(
        months_of("elderly", 30, 20), months_of("culture", 0, 3), months_of("family", 6, 0)
    )
    assert dict(zip(whole["area"], whole["hidden"], strict=True)) == {
        "elderly": False, "culture": True, "family": True,
    }  # fmt: skip
    found = shown_by_month(months, whole)
    assert found.loc[found["hidden"], "area"].tolist() == ["culture"] * 2 + ["family"] * 2

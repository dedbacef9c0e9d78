"""Satisfaction by hand-worked figures, and what few ratings may show."""

from __future__ import annotations

import pandas as pd
import pytest

from core.analysis.intervals import Z80
from core.analysis.satisfaction import csi, csi_of, satisfaction, service_index, service_indices

FIGURES = ["n", "satisfied", "low", "high", "mean"]


def tally(question: str, *counts: int, area: str | None = None, never: int = 0) -> pd.DataFrame:
    """How many gave 1, 2, 3, 4 and 5, codes as text as the tally has them; `never` of them code 8."""
    rows = [(question, str(code), n) for code, n in zip((1, 2, 3, 4, 5, 8), (*counts, never), strict=True)]
    frame = pd.DataFrame(rows, columns=["question", "choice", "n"])
    return frame if area is None else frame.assign(area=area)


def test_the_satisfied_are_those_who_gave_four_or_five() -> None:
    row = satisfaction(tally("sat_1", 18, 20, 40, 30, 12)).iloc[0]
    assert row["n"] == 120 and row["state"] == "shown" and row["area"] is None
    assert row["satisfied"] == pytest.approx(0.35)
    assert (round(row["low"], 6), round(row["high"], 6)) == (0.270519, 0.438787)
    assert row["mean"] == pytest.approx((18 + 40 + 120 + 120 + 60) / 120)


def test_those_who_never_met_a_service_have_not_rated_it() -> None:
    with_eights = satisfaction(tally("sat_1", 18, 20, 40, 30, 12, never=500))
    pd.testing.assert_frame_equal(with_eights, satisfaction(tally("sat_1", 18, 20, 40, 30, 12)))


def test_below_thirty_ratings_there_is_no_percentage() -> None:
    row = satisfaction(tally("sat_1", 0, 0, 9, 10, 10)).iloc[0]
    assert row["n"] == 29 and row["state"] == "few"
    assert row[["satisfied", "low", "high", "mean"]].isna().all()
    assert satisfaction(tally("sat_1", 0, 0, 10, 10, 10)).iloc[0]["state"] == "shown"


@pytest.mark.parametrize("counts", [(0, 0, 0, 0, 1), (1, 1, 0, 1, 1), (20, 20, 20, 2, 2)])
def test_one_to_four_raters_or_satisfied_ones_are_hidden(counts: tuple[int, ...]) -> None:
    row = satisfaction(tally("sat_1", *counts)).iloc[0]
    assert row["state"] == "hidden" and row[FIGURES].isna().all()


def test_areas_stand_below_the_total_and_a_hidden_one_takes_another_with_it() -> None:
    parts = [
        tally("gain", 5, 5, 20, 30, 20, area="elderly"),
        tally("gain", 5, 5, 10, 10, 10, area="culture"),
        tally("gain", 0, 0, 1, 1, 1, area="family"),
    ]
    frame = satisfaction(pd.concat(parts)).set_index("area")
    assert frame["state"].tolist() == ["shown", "shown", "hidden", "hidden"]
    assert frame.iloc[0]["n"] == 123
    assert frame.loc["elderly", "satisfied"] == pytest.approx(50 / 80)
    assert frame.loc["culture", FIGURES].isna().all()


def test_questions_keep_their_order_and_do_not_mix() -> None:
    frame = satisfaction(pd.concat([tally("worker", 0, 0, 0, 0, 50), tally("content", 50, 0, 0, 0, 0)]))
    assert frame["question"].tolist() == ["worker", "content"]
    assert frame["satisfied"].tolist() == [1.0, 0.0]


def test_no_ratings_make_an_empty_frame() -> None:
    assert satisfaction(tally("sat_1", 0, 0, 0, 0, 0).head(0)).empty
    assert satisfaction(tally("sat_1", 0, 0, 0, 0, 0, never=9).query("choice == '8'")).empty


def test_the_index_gives_the_handbooks_digits() -> None:
    assert round(csi([4, 5], [3, 4]), 2) == 63.89


def test_the_index_of_a_round_takes_importance_as_weight() -> None:
    parts = [
        tally("imp_1", 0, 0, 0, 40, 0),
        tally("imp_2", 0, 0, 0, 0, 40),
        tally("sat_1", 0, 0, 40, 0, 0),
        tally("sat_2", 0, 0, 0, 40, 0),
    ]
    rated = satisfaction(pd.concat(parts))
    found = csi_of(rated, {"sat_1": "imp_1", "sat_2": "imp_2"})
    assert found is not None and round(found, 2) == 63.89


def test_the_index_needs_every_mean_behind_it() -> None:
    rated = satisfaction(pd.concat([tally("imp_1", 0, 0, 0, 40, 0), tally("sat_1", 0, 0, 29, 0, 0)]))
    assert csi_of(rated, {"sat_1": "imp_1"}) is None
    assert csi_of(rated, {"sat_9": "imp_1"}) is None
    assert csi_of(rated, {}) is None


def test_e1_is_the_mean_of_the_items_alike() -> None:
    both = pd.concat([tally("gain", 0, 0, 0, 0, 30), tally("content", 0, 0, 90, 0, 0)])
    found = service_index(both, activity_types=3)
    assert found.enough and found.n == 30
    assert found.score == pytest.approx((100 + 50) / 2)


@pytest.mark.parametrize(("times", "types"), [(1, 5), (3, 2)])
def test_e1_without_enough_evidence_is_the_lower_bound(times: int, types: int) -> None:
    half = 5 * times
    found = service_index(tally("gain", 0, 0, half, 0, half), activity_types=types)
    error = (625 / (2 * half - 1)) ** 0.5
    assert not found.enough and found.n == 2 * half
    assert found.score == pytest.approx(75 - Z80 * error)


def test_e1_of_one_to_four_ratings_says_nothing() -> None:
    found = service_index(tally("gain", 0, 0, 1, 1, 1), activity_types=3)
    assert (found.score, found.n, found.enough) == (None, None, False)
    assert service_index(tally("gain", 0, 0, 0, 0, 0), activity_types=3).n == 0


def test_e1_by_area_looks_at_each_areas_own_activities() -> None:
    parts = [tally("gain", 0, 0, 0, 0, 40, area="elderly"), tally("gain", 0, 0, 40, 0, 0, area="culture")]
    found = service_indices(pd.concat(parts), {"elderly": 3, "culture": 1})
    assert found["elderly"].enough and found["elderly"].score == pytest.approx(100)
    assert not found["culture"].enough and found["culture"].score == pytest.approx(50)

"""The estimate frame: projection, intervals, provision, states, what is hidden and what is not known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest

from core.analysis.cube import AXES
from core.analysis.estimates import ALL_BREAKDOWNS, COLUMNS, SHARE_BOUNDS, WHOLE_NUMBERS, estimate
from core.analysis.intervals import wilson
from core.analysis.survey import NeedItem, SurveyFrames, weighting_of
from models.taxonomy import AGE_BANDS, GAP_STATES

Survey = Callable[..., SurveyFrames]
Margins = Callable[[np.ndarray], pd.DataFrame]
Rows = Callable[[list[tuple[object, ...]]], pd.DataFrame]
MEAL, CARE = NeedItem("E1", "q", "elderly"), NeedItem("E4", "q", "elderly")
FIGURES = [c for c in (*COLUMNS, *SHARE_BOUNDS) if c not in ("need", "area", *AXES, "state")]


def spread(persons: int, shape: tuple[int, int, int] = (1, 9, 2)) -> np.ndarray:
    """So many persons, dealt evenly over the cells."""
    cells = int(np.prod(shape))
    return (np.arange(cells) < persons % cells).reshape(shape).astype(int) + persons // cells


def whole(frame: pd.DataFrame, need: str = "E1") -> pd.Series:
    return frame[(frame["need"] == need) & frame[list(AXES)].isna().all(axis=1)].iloc[0]


def rows(frame: pd.DataFrame, axis: str, need: str = "E1") -> pd.DataFrame:
    others = [other for other in AXES if other != axis]
    return frame[(frame["need"] == need) & frame[axis].notna() & frame[others].isna().all(axis=1)]


@pytest.fixture
def big(survey: Survey, margins: Margins) -> SurveyFrames:
    """Four grids, raked; the need grows with age."""
    rng = np.random.default_rng(7)
    living, asked = rng.integers(60, 110, (4, 9, 2)), rng.poisson(9, (4, 9, 2))
    chose = {
        "E1": rng.binomial(asked, np.linspace(0.1, 0.8, 9)[None, :, None]),
        "E4": rng.binomial(asked, 0.3),
    }
    provision = [("E1", None, 60, 50), ("E1", 2, 30, 10), ("E4", None, 90_000, None)]
    return survey(asked, chose, population=margins(living), provision=provision)


def test_there_is_a_row_for_the_total_and_each_level_of_each_margin(big: SurveyFrames) -> None:
    frame = estimate([MEAL, CARE], big)
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == 2 * (1 + 4 + 9 + 2)
    assert [len(rows(frame, axis)) for axis in AXES] == [4, 9, 2]
    assert set(frame["state"]) <= set(GAP_STATES)
    assert (frame.dtypes[list(WHOLE_NUMBERS)] == "Int64").all()
    assert (frame.dtypes[["n_eff", "share", "supply_ratio", "coverage"]] == "Float64").all()


def test_breakdowns_choose_the_rows_and_items_keep_their_order(big: SurveyFrames) -> None:
    frame = estimate([CARE, MEAL], big, breakdowns=("grid+sex",), share_bounds=True)
    assert tuple(frame.columns) == (*COLUMNS, *SHARE_BOUNDS)
    assert frame["need"].tolist() == ["E4"] * 9 + ["E1"] * 9
    assert frame["grid"].notna().sum() == 16


def test_items_of_several_questions_keep_the_callers_order(big: SurveyFrames) -> None:
    items = [NeedItem("Z1", "z", "culture"), MEAL, NeedItem("A1", "a", "culture"), CARE]
    frame = estimate(items, big, breakdowns=())
    assert frame["need"].tolist() == ["Z1", "E1", "A1", "E4"]


def test_persons_are_the_share_of_the_base_and_the_interval_is_wilsons(big: SurveyFrames) -> None:
    frame = estimate([MEAL], big, share_bounds=True)
    frame = frame[frame["share"].notna()]
    share, n_eff, base = (frame[c].to_numpy(dtype=float) for c in ("share", "n_eff", "base"))
    low, high = wilson(share, n_eff)
    np.testing.assert_array_equal(frame["persons"], np.rint(share * base))
    np.testing.assert_array_equal(frame["low"], np.rint(low * base))
    np.testing.assert_array_equal(frame["high"], np.rint(high * base))
    np.testing.assert_allclose(frame[list(SHARE_BOUNDS)].to_numpy(dtype=float), np.column_stack([low, high]))


@pytest.mark.parametrize("axis", AXES)
def test_raked_margins_add_up_to_the_community(big: SurveyFrames, axis: str) -> None:
    frame = estimate([MEAL], big)
    parts, total = rows(frame, axis), whole(frame)
    assert parts["share"].notna().all()
    assert parts["base"].sum() == total["base"]
    assert (parts["share"] * parts["base"]).sum() == pytest.approx(total["share"] * total["base"], rel=1e-4)
    assert abs(parts["persons"].sum() - total["persons"]) <= len(parts)


def test_weights_undo_an_uneven_response(survey: Survey, margins: Margins) -> None:
    """The old answered four times as often and want it far more: the plain share would be .70."""
    living = np.full((1, 9, 2), 100)
    asked = np.full((1, 9, 2), 20)
    asked[:, 6:] = 80
    chose = np.where(np.arange(9)[None, :, None] >= 6, asked * 4 // 5, asked // 5)
    frame = estimate([MEAL], survey(asked, {"E1": chose}, population=margins(living)))
    assert chose.sum() / asked.sum() == pytest.approx(0.6)
    assert whole(frame)["share"] == pytest.approx((6 * 0.2 + 3 * 0.8) / 9)
    assert whole(frame)["persons"] == 720


def test_exact_cells_are_projected_cell_by_cell(survey: Survey, population: Rows) -> None:
    rng = np.random.default_rng(5)
    living, asked = rng.integers(20, 90, (2, 9, 2)), rng.integers(10, 18, (2, 9, 2))
    chose = rng.binomial(asked, 0.4)
    cells = product(range(2), enumerate(AGE_BANDS), range(2))
    exact = population([(g + 1, b.first, b.last, s + 1, living[g, a, s]) for g, (a, b), s in cells])
    frames = survey(asked, {"E1": chose}, population=exact)
    assert weighting_of(MEAL, frames).method == "poststratified"
    assert whole(estimate([MEAL], frames))["persons"] == round(float((living * chose / asked).sum()))


def test_few_answers_show_their_number_and_nothing_else(survey: Survey, margins: Margins) -> None:
    frames = survey(
        spread(29),
        {"E1": spread(14)},
        population=margins(np.full((1, 9, 2), 50)),
        provision=[("E1", None, 5, 7)],
    )
    row = whole(estimate([MEAL], frames, share_bounds=True))
    assert row["n"] == 29 and row["base"] == 900 and row["state"] == "unknown"
    assert (
        row[["n_eff", "share", "persons", "low", "high", "gap", "supply_ratio", *SHARE_BOUNDS]].isna().all()
    )
    assert row["provision"] == 5 and row["coverage"] == pytest.approx(7 / 900)


def test_thirty_answers_are_enough(survey: Survey, margins: Margins) -> None:
    frames = survey(spread(30), {"E1": spread(14)}, population=margins(np.full((1, 9, 2), 50)))
    assert whole(estimate([MEAL], frames))["share"] > 0


@pytest.mark.parametrize(("asked", "chose"), [(3, 1), (4, 4), (90, 3), (90, 1)])
def test_a_hidden_row_is_null_in_every_figure(
    survey: Survey, margins: Margins, asked: int, chose: int
) -> None:
    frames = survey(
        spread(asked),
        {"E1": np.minimum(spread(chose), spread(asked))},
        population=margins(np.full((1, 9, 2), 50)),
        provision=[("E1", None, 5, 7)],
    )
    row = whole(estimate([MEAL], frames, share_bounds=True))
    assert row["state"] == "hidden"
    assert row[FIGURES].isna().all()


def test_nobody_and_none_are_no_secret(survey: Survey, margins: Margins) -> None:
    none_chose = survey(spread(90), {"E1": spread(0)}, population=margins(np.full((1, 9, 2), 50)))
    row = whole(estimate([MEAL], none_chose))
    assert row["share"] == 0 and row["persons"] == 0 and row["low"] == 0 and row["high"] > 0
    nobody = survey(spread(0), {"E1": spread(0)}, population=margins(np.full((1, 9, 2), 50)))
    row = whole(estimate([MEAL], nobody))
    assert row["n"] == 0 and pd.isna(row["share"]) and row["state"] == "unknown"


@pytest.mark.parametrize(
    ("provision", "state"),
    [(270, "gap"), (271, "match"), (439, "match"), (440, "surplus"), (None, "unknown")],
)
def test_the_state_compares_provision_with_the_printed_interval(
    survey: Survey, population: Rows, provision: int | None, state: str
) -> None:
    """42 of 120 answers and 1 000 residents: 350 persons, 271 to 439."""
    given = [] if provision is None else [("E1", None, provision, 40)]
    frames = survey(
        spread(120),
        {"E1": np.minimum(spread(42), spread(120))},
        population=population([(None, None, None, None, 1000)]),
        provision=given,
    )
    row = whole(estimate([MEAL], frames))
    assert row[["n", "persons", "low", "high"]].tolist() == [120, 350, 271, 439]
    assert row["state"] == state
    if provision is None:
        assert row[["provision", "reached", "gap", "supply_ratio", "coverage"]].isna().all()
    else:
        assert row["gap"] == 350 - provision
        assert row["supply_ratio"] == pytest.approx(provision / 350)
        assert row["coverage"] == pytest.approx(0.04)


@pytest.mark.parametrize(("reached", "shown"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_one_to_four_persons_reached_are_hidden_and_their_coverage_with_them(
    survey: Survey, population: Rows, reached: int, shown: int | None
) -> None:
    frames = survey(
        spread(120),
        {"E1": np.minimum(spread(42), spread(120))},
        population=population([(None, None, None, None, 1000)]),
        provision=[("E1", None, 60, reached)],
    )
    row = whole(estimate([MEAL], frames))
    given = [None if pd.isna(row[name]) else float(row[name]) for name in ("reached", "coverage")]
    assert given == ([None, None] if shown is None else [shown, shown / 1000])
    assert row["provision"] == 60 and row["state"] == "gap"


def test_provision_stands_at_the_total_and_where_it_is_bound_to_grids(big: SurveyFrames) -> None:
    frame = estimate([MEAL, CARE], big, breakdowns=ALL_BREAKDOWNS)
    assert whole(frame)["provision"] == 90 and whole(frame)["reached"] == 60
    grids = rows(frame, "grid").set_index("grid")
    assert grids.loc[2, "provision"] == 30
    assert grids["provision"].notna().sum() == 1
    assert frame["provision"].notna().sum() == 3
    assert whole(frame, "E4")["state"] == "surplus" and whole(frame, "E4")["gap"] < 0
    assert pd.isna(whole(frame, "E4")["coverage"])


def test_without_a_population_there_are_shares_and_no_persons(survey: Survey) -> None:
    asked, chose = spread(120), np.minimum(spread(42), spread(120))
    frames = survey(asked, {"E1": chose}, provision=[("E1", None, 60, 50)])
    assert weighting_of(MEAL, frames).method == "unweighted"
    row = whole(estimate([MEAL], frames, share_bounds=True))
    assert row[["base", "persons", "low", "high", "gap", "supply_ratio", "coverage"]].isna().all()
    assert row["share"] == pytest.approx(0.35) and row["n_eff"] == pytest.approx(120)
    assert [round(row[c], 6) for c in SHARE_BOUNDS] == [0.270519, 0.438787]
    assert row["provision"] == 60 and row["state"] == "unknown"


def test_the_base_is_null_along_an_axis_nobody_knows(survey: Survey, population: Rows) -> None:
    by_grid = population([(1, None, None, None, 500), (2, None, None, None, 700)])
    shape = (2, 9, 2)
    frame = estimate([MEAL], survey(spread(720, shape), {"E1": spread(180, shape)}, population=by_grid))
    assert rows(frame, "grid")["base"].tolist() == [500, 700]
    assert rows(frame, "sex")["base"].isna().all() and rows(frame, "sex")["persons"].isna().all()
    assert rows(frame, "sex")["share"].notna().all()
    elderly = NeedItem("E1", "q", "elderly", age_from=60)
    assert pd.isna(
        whole(
            estimate([elderly], survey(spread(720, shape), {"E1": spread(180, shape)}, population=by_grid))
        )["base"]
    )


def test_an_item_for_the_old_counts_only_the_old(survey: Survey, margins: Margins) -> None:
    living, shape = np.full((2, 9, 2), 40), (2, 9, 2)
    frames = survey(spread(720, shape), {"E1": spread(360, shape)}, population=margins(living))
    frame = estimate([NeedItem("E1", "q", "elderly", age_from=60)], frames)
    row = whole(frame)
    assert row["n"] == 240 and row["base"] == 3 * 2 * 2 * 40 and row["share"] == pytest.approx(0.5)
    assert rows(frame, "age_band")["age_band"].tolist() == [7, 8, 9]


def test_persons_of_unknown_grid_count_for_the_community_only(survey: Survey, margins: Margins) -> None:
    frames = survey(
        spread(720, (2, 9, 2)), {"E1": spread(360, (2, 9, 2))}, population=margins(np.full((2, 9, 2), 40))
    )
    moved = SurveyFrames(
        *(f.assign(grid=f["grid"].replace(2, 0)) for f in (frames.cells, frames.counts, frames.asked)),
        population=frames.population,
        provision=frames.provision,
    )
    frame = estimate([MEAL], moved)
    assert whole(frame)["n"] == 720
    assert rows(frame, "grid")["n"].tolist() == [360, 0]


def test_pairs_never_change_what_margins_show(big: SurveyFrames) -> None:
    plain = estimate([MEAL, CARE], big)
    paired = estimate([MEAL, CARE], big, breakdowns=ALL_BREAKDOWNS)
    margins = paired[paired[list(AXES)].notna().sum(axis=1) <= 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(plain, margins)


def test_the_same_choice_code_of_another_question_is_not_counted(big: SurveyFrames) -> None:
    household = big.counts.assign(question="hh_need", n=99)
    mixed = SurveyFrames(
        big.cells, pd.concat([big.counts, household]), big.asked, big.population, big.provision
    )
    pd.testing.assert_frame_equal(estimate([MEAL], big), estimate([MEAL], mixed))


def test_an_item_nobody_was_asked_and_no_items_at_all_are_no_errors(big: SurveyFrames) -> None:
    row = whole(estimate([NeedItem("X1", "later", "culture")], big), "X1")
    assert row["n"] == 0 and row["state"] == "unknown"
    assert estimate([], big).empty and tuple(estimate([], big).columns) == COLUMNS


def test_a_round_without_answers_has_an_empty_community(survey: Survey, margins: Margins) -> None:
    full = survey(spread(0), {"E1": spread(0)}, population=margins(np.full((1, 9, 2), 50)))
    empty = SurveyFrames(
        full.cells.head(0), full.counts.head(0), full.asked.head(0), full.population, full.provision
    )
    row = whole(estimate([MEAL], empty))
    assert row["n"] == 0 and row["base"] == 900

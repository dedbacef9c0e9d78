"""How many live where, from whatever the source gives."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest

from core.analysis.cube import Cube
from core.analysis.populations import PopulationTable, population_table
from models.taxonomy import AGE_BANDS

Rows = Callable[[list[tuple[object, ...]]], pd.DataFrame]
CUBE = Cube((1, 2))
GRIDS = [(1, None, None, None, 700), (2, None, None, None, 300)]
COARSE = [(None, 0, 14, None, 160), (None, 15, 59, None, 640), (None, 60, 120, None, 200)]
SEXES = [(None, None, None, 1, 480), (None, None, None, 2, 520)]
TOTAL = [(None, None, None, None, 1000)]


def table(frame: pd.DataFrame, respondents: np.ndarray | None = None) -> PopulationTable:
    asked = np.ones(CUBE.size) if respondents is None else respondents
    found = population_table(frame, CUBE, asked)
    assert found is not None
    return found


def test_coarse_margins_are_met_and_what_is_assumed_is_said(population: Rows) -> None:
    found = table(population(GRIDS + COARSE + SEXES))
    assert found.n.sum(axis=(1, 2)) == pytest.approx([700, 300])
    assert found.n.sum(axis=(0, 1)) == pytest.approx([480, 520])
    ages = found.n.sum(axis=(0, 2))
    assert [ages[:2].sum(), ages[2:6].sum(), ages[6:].sum()] == pytest.approx([160, 640, 200])
    assert found.known == {"grid", "age_band", "sex"}
    assert found.age_groups == ((1, 2), (3, 4, 5, 6), (7, 8, 9))
    assert found.assumed == ("age_nesting", "age_split", "joint")
    assert not found.exact


def test_full_cells_are_taken_as_they_are(population: Rows) -> None:
    living = np.random.default_rng(3).integers(5, 90, (2, 9, 2))
    rows = [
        (g + 1, AGE_BANDS[a].first, AGE_BANDS[a].last, s + 1, living[g, a, s])
        for g, a, s in product(range(2), range(9), range(2))
    ]
    found = table(population([*rows, (1, None, None, None, 9_999)]))
    assert found.exact and found.assumed == ()
    np.testing.assert_array_equal(found.n, living)


def test_beside_full_cells_the_margins_of_another_date_are_ignored(population: Rows) -> None:
    ages = ((0, 14), (15, 59), (60, 120))
    cells = [(g, *age, s, 100) for g in (1, 2) for age in ages for s in (1, 2)]
    found = table(population([*cells, *GRIDS, *SEXES]))
    assert found.total == pytest.approx(1200)
    assert found.n.sum(axis=(1, 2)) == pytest.approx([600, 600])
    assert not found.exact and found.assumed == ("age_nesting", "age_split")


def test_margins_of_different_dates_are_scaled_to_one_total(population: Rows) -> None:
    found = table(population(GRIDS + SEXES + [(None, None, None, None, 2000)]))
    assert found.total == pytest.approx(2000)
    assert found.n.sum(axis=(1, 2)) == pytest.approx([1400, 600])


def test_answers_split_only_what_the_source_leaves_open(population: Rows) -> None:
    many_young = np.ones(CUBE.size)
    many_young[CUBE.coordinates[1] == 3] = 50
    plain, split = table(population(GRIDS + COARSE)), table(population(GRIDS + COARSE), many_young)
    assert split.n[:, 3].sum() > 1.5 * plain.n[:, 3].sum()
    assert split.n[:, 2:6].sum() == pytest.approx(640)


def test_ages_open_upwards_reach_the_oldest(population: Rows) -> None:
    found = table(population([(None, 0, 59, None, 800), (None, 60, None, None, 200)]))
    assert found.n[:, 6:].sum() == pytest.approx(200)
    assert found.assumed == ("age_split", "joint")


def test_one_years_ages_go_to_the_bands_they_lie_in(population: Rows) -> None:
    five_years = [(None, first, first + 4, None, 50) for first in range(0, 120, 5)]
    found = table(population(five_years))
    assert found.total == pytest.approx(50 * 24)
    assert found.n[:, 6].sum() == pytest.approx(100)
    assert found.n[:, 7].sum() == pytest.approx(100)


def test_a_total_alone_makes_no_margin_known(population: Rows) -> None:
    found = table(population(TOTAL))
    assert found.total == pytest.approx(1000) and found.known == frozenset()


def test_a_source_that_says_nothing_is_no_table(population: Rows) -> None:
    assert population_table(population([]), CUBE, np.ones(CUBE.size)) is None
    assert population_table(population([(None, None, None, None, 0)]), CUBE, np.ones(CUBE.size)) is None


def test_nobody_lives_in_the_cubes_unknown_cells(population: Rows) -> None:
    flat = table(population(TOTAL)).on(CUBE)
    unknown = [place == size - 1 for place, size in zip(CUBE.coordinates, CUBE.shape, strict=True)]
    assert flat[np.logical_or.reduce(unknown)].sum() == 0
    assert flat.sum() == pytest.approx(1000)

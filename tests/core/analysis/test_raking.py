"""Raking: the handbook's table, collapsing, trimming, unknown levels."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.intervals import kish
from core.analysis.raking import Margin, collapse, rake, rake_trimmed

N = np.array([30.0, 20.0, 25.0, 25.0])
ROWS = Margin("rows", np.array([0, 0, 1, 1]), np.array([60.0, 40.0]))
COLUMNS = Margin("columns", np.array([0, 1, 0, 1]), np.array([48.0, 52.0]))


def test_raking_gives_the_handbooks_digits() -> None:
    raked = rake(N, [ROWS, COLUMNS])
    assert raked.converged
    assert np.round(N * raked.weights, 6).tolist() == [31.215636, 28.784364, 16.784364, 23.215636]
    assert round(kish(raked.weights, N)[1], 6) == 1.067347


def test_raking_keeps_the_odds_between_cells() -> None:
    table = N * rake(N, [ROWS, COLUMNS]).weights
    assert table[0] * table[3] / (table[1] * table[2]) == pytest.approx(30 * 25 / (20 * 25))


def test_persons_of_unknown_level_keep_their_weight_and_the_rest_share_the_margin() -> None:
    n = np.array([50.0, 30.0, 20.0])
    raked = rake(n, [Margin("sex", np.array([0, 1, -1]), np.array([100.0, 100.0]))])
    mass = n * raked.weights
    assert mass[0] == pytest.approx(mass[1])
    assert raked.weights[2] == pytest.approx(200 / 100)
    assert mass.sum() == pytest.approx(200)


def test_margins_that_cannot_be_met_are_reported() -> None:
    both = Margin("grid", np.array([0, 0, 1, 1]), np.array([60.0, 40.0]))
    against = Margin("sex", np.array([0, 0, 1, 1]), np.array([40.0, 60.0]))
    assert not rake(N, [both, against]).converged


def test_trimming_tames_the_largest_weights_and_still_meets_the_margins() -> None:
    n = np.array([51.0, 38, 31, 16, 19, 3, 5, 1, 11])
    rows = Margin("a", np.repeat([0, 1, 2], 3), np.array([327.0, 263, 365]))
    columns = Margin("b", np.tile([0, 1, 2], 3), np.array([308.0, 371, 276]))
    free, trimmed = rake(n, [rows, columns]), rake_trimmed(n, [rows, columns])
    assert trimmed.weights.max() < 0.7 * free.weights.max()
    assert trimmed.rounds > free.rounds
    mass = (n * trimmed.weights).reshape(3, 3)
    np.testing.assert_allclose(mass.sum(axis=1), rows.target, rtol=1e-6)
    np.testing.assert_allclose(mass.sum(axis=0), columns.target, rtol=1e-6)


def test_the_smallest_age_joins_the_smaller_of_its_neighbours() -> None:
    n, target = np.array([40.0, 4.0, 12.0, 50.0]), np.ones(4)
    assert collapse(n, target, neighbours=True) == [[0], [1, 2], [3]]


def test_small_grids_join_each_other_wherever_they_lie() -> None:
    n, target = np.array([4.0, 40.0, 7.0, 50.0]), np.ones(4)
    assert collapse(n, target, neighbours=False) == [[0, 2], [1], [3]]


def test_a_level_with_answers_but_nobody_living_there_is_joined() -> None:
    n, target = np.array([40.0, 30.0, 20.0]), np.array([10.0, 0.0, 10.0])
    assert collapse(n, target, neighbours=True) == [[0], [1, 2]]


def test_collapsing_stops_at_ten_answers() -> None:
    assert collapse(np.array([10.0, 10.0]), np.ones(2), neighbours=True) == [[0], [1]]
    assert collapse(np.array([9.0, 10.0]), np.ones(2), neighbours=True) == [[0, 1]]
    assert collapse(np.array([0.0]), np.ones(1), neighbours=True) == [[0]]

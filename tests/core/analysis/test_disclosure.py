"""Whole estimate frames are audited: no line or table of a seeded survey gives a small count away."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from core.analysis.cube import AXES, Cube
from core.analysis.disclosure import hidden_rows
from core.analysis.groups import PAIRS, Groups, groups_of
from core.analysis.suppression import SHARE_FROM, WIDTH, audit, too_few


def _survey(seed: int, *, ages: tuple[int, int]) -> tuple[Cube, Groups, np.ndarray, np.ndarray]:
    """A cube of 2 to 4 grids, its groups, persons asked by cell and persons who chose two items."""
    rng = np.random.default_rng(seed)
    cube = Cube(tuple(range(1, int(rng.integers(2, 5)) + 1)))
    asked = rng.poisson(rng.choice([0.5, 2, 8]) * rng.gamma(1, 1, cube.size))
    places = [place == size - 1 for place, size in zip(cube.coordinates, cube.shape, strict=True)]
    unknown = np.logical_or.reduce(places)
    asked[unknown] = rng.binomial(asked[unknown], 0.2)
    asked = asked * cube.eligible(*ages)
    chose = rng.binomial(asked, np.array([[0.05], [0.3]]))
    return cube, groups_of(cube, ages=ages, breakdowns=PAIRS), asked.astype(float), chose.astype(float)


def _table(flat: np.ndarray, cube: Cube, groups: Groups, pair: str) -> np.ndarray:
    """Persons of a pair as a reader could set them out, those of unknown level in a last row and column."""
    axes = pair.split("+")
    inside = flat.reshape(cube.shape).sum(axis=next(i for i, axis in enumerate(AXES) if axis not in axes))
    keep = [
        groups.codes[groups.rows["age_band"], 1] - 1
        if axis == "age_band" and groups.some_ages
        else np.arange(cube.shape[AXES.index(axis)])
        for axis in axes
    ]
    wide = inside[np.ix_(*keep)]
    wide = np.column_stack([wide, wide.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def _laid_out(rows: np.ndarray, groups: Groups, pair: str, *, like: np.ndarray, rest: float) -> np.ndarray:
    """One value for each group as a table like `like`; `rest` for the unknown level, never printed."""
    first, _, second = pair.partition("+")
    height, width = groups.tables[pair]
    out = np.full(like.shape, rest, dtype=rows.dtype)
    out[:height, :width] = rows[groups.rows[pair]].reshape(height, width)
    out[:height, -1], out[-1, :width] = rows[groups.rows[first]], rows[groups.rows[second]]
    out[-1, -1] = rows[0]
    return out


def _narrow(
    flat: np.ndarray, unseen: np.ndarray, hidden: np.ndarray, caps: np.ndarray, *, of: tuple[Cube, Groups]
) -> int:
    """Hidden or small cells of the three tables that a reader can tell to within fewer than five."""
    cube, groups = of
    few, found = too_few(groups.members @ flat), 0
    for pair in groups.tables:
        values = _table(flat, cube, groups, pair)
        flags = [
            _laid_out(rows, groups, pair, like=values, rest=rest)
            for rows, rest in ((unseen, True), (hidden, False), (few, False), (caps, np.inf))
        ]
        if flags[2].any():
            ends = audit(values, flags[0], caps=flags[3])
            watched = (flags[2] | (flags[1] & (values > 0)))[flags[0]]
            found += int((np.diff(ends, axis=1)[watched] < WIDTH - 1e-6).sum())
    return found


@pytest.mark.parametrize("ages", [(0, 120), (60, 120)])
@pytest.mark.parametrize("seed", range(8))
def test_no_small_count_can_be_told_to_within_five(seed: int, ages: tuple[int, int]) -> None:
    cube, groups, asked, chose = _survey(seed, ages=ages)
    n, counts = groups.members @ asked, chose @ groups.members.T
    hidden = hidden_rows(n, counts, groups)
    by_asked = hidden_rows(n, np.zeros((1, len(n))), groups)[0]
    of = (cube, groups)
    if n[0] >= WIDTH:
        assert _narrow(asked, by_asked, by_asked, np.full(len(n), np.inf), of=of) == 0
    caps = np.where((n > 0) | by_asked, np.inf, 0.0)
    for item in range(2):
        unseen = hidden[item] | ((n < SHARE_FROM) & (n > 0))
        assert _narrow(chose[item], unseen, hidden[item], caps, of=of) == 0


@pytest.mark.parametrize("seed", range(8))
def test_every_small_number_asked_and_every_small_shown_count_is_hidden(seed: int) -> None:
    _, groups, asked, chose = _survey(seed, ages=(0, 120))
    n, counts = groups.members @ asked, chose @ groups.members.T
    hidden = hidden_rows(n, counts, groups)
    assert hidden[:, too_few(n)].all()
    assert hidden[too_few(counts) & (n >= SHARE_FROM)].all()


@pytest.mark.parametrize("seed", [103, 106, 108])
def test_what_nobody_was_asked_covers_for_nothing(seed: int) -> None:
    _, groups, asked, chose = _survey(seed, ages=(0, 120))
    n, counts = groups.members @ asked, chose @ groups.members.T
    by_asked = hidden_rows(n, np.zeros((1, len(n))), groups)[0]
    assert not hidden_rows(n, counts, groups)[:, (n == 0) & ~by_asked].any()


def test_rows_too_small_for_a_share_cover_for_others() -> None:
    cube = Cube((1, 2, 3))
    groups = groups_of(cube, ages=(0, 120), breakdowns=AXES)
    n, counts = np.full(len(groups.codes), 200.0), np.full((1, len(groups.codes)), 90.0)
    grids = groups.rows["grid"]
    counts[0, grids] = 3, 15, 72
    assert hidden_rows(n, counts, groups)[0, grids].tolist() == [True, True, False]
    n[grids] = 100, 20, 80
    assert hidden_rows(n, counts, groups)[0, grids].tolist() == [True, False, False]


@pytest.mark.parametrize("seed", range(8))
def test_pairs_never_hide_margins(seed: int) -> None:
    cube, pairs, asked, chose = _survey(seed, ages=(0, 120))
    plain = groups_of(cube, ages=(0, 120), breakdowns=AXES)
    shown = [
        hidden_rows(g.members @ asked, chose @ g.members.T, g)[:, : len(plain.codes)] for g in (plain, pairs)
    ]
    for one, other in pairwise(shown):
        np.testing.assert_array_equal(one, other)


def test_a_survey_of_large_groups_hides_nothing() -> None:
    cube = Cube((1, 2))
    groups = groups_of(cube, ages=(0, 120), breakdowns=PAIRS)
    asked = np.full(cube.size, 40.0)
    assert not hidden_rows(groups.members @ asked, (asked / 2)[None] @ groups.members.T, groups).any()


def test_one_small_grid_takes_the_next_smallest_with_it_for_every_item() -> None:
    cube = Cube((1, 2, 3))
    groups = groups_of(cube, ages=(0, 120), breakdowns=AXES)
    asked = np.zeros(cube.shape)
    asked[0, 3, 0], asked[1, 3:6, :2], asked[2, 3:6, :2] = 3, 20, 30
    n = groups.members @ asked.ravel()
    hidden = hidden_rows(n, np.zeros((2, len(n))), groups)
    assert hidden[:, groups.rows["grid"]].tolist() == [[True, True, False]] * 2
    assert not hidden[:, 0].any()

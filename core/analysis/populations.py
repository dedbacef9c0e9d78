"""How many live where: one table grid × age band × sex, exact where known, else estimated from margins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.analysis.cube import AXES, BANDS, SEXES, Bools, Cube, Floats, Ints
from models.taxonomy import AGE_BANDS

OLDEST = AGE_BANDS[-1].last
SMOOTHING = 0.5


@dataclass(frozen=True)
class PopulationTable:
    """Persons by cell, shape (grids, 9, 2), and how much of it is known.

    `known` are the axes whose margin the source gives; `age_groups` the bands it counts together; `exact` if
    every cell was given. `assumed`: `age_nesting` (a band crosses the source's ages, as 14–17 does 0–14),
    `age_split` (bands within a group split as the answers are), `joint` (cells estimated from margins).
    """

    n: Floats
    known: frozenset[str]
    age_groups: tuple[tuple[int, ...], ...]
    assumed: tuple[str, ...]
    exact: bool

    @property
    def total(self) -> float:
        """All persons."""
        return float(self.n.sum())

    def on(self, cube: Cube) -> Floats:
        """The persons as a flat array of the cube; its unknown cells hold nobody."""
        full = np.zeros(cube.shape)
        full[:-1, :-1, :-1] = self.n
        return full.ravel()


@dataclass(frozen=True)
class _Constraint:
    """Rows of one pattern (say grid × sex): the target each cell of the table falls under."""

    axes: tuple[str, ...]
    index: Ints
    target: Floats
    groups: Ints
    nested: bool

    @property
    def complete(self) -> bool:
        """Whether every age band has its place."""
        return bool((self.groups >= 0).all())


def population_table(population: pd.DataFrame, cube: Cube, respondents: Floats) -> PopulationTable | None:
    """The population frame (grid, age_from, age_to, sex, n; null = all) as a table; None if it says nothing.

    `respondents` (flat, by cell) only splits what the source leaves open. Where full cells are given, margins
    beside them are ignored: they may be of another date. Margins that disagree are scaled to one total.
    """
    patterns = [c for c in _constraints(population, cube) if c.complete and c.target.sum() > 0]
    full = [c for c in patterns if len(c.axes) == len(AXES)]
    patterns = full or patterns
    if not patterns:
        return None
    ages = [c for c in patterns if "age_band" in c.axes]
    finest = max(ages, key=lambda c: int(c.groups.max()), default=None)
    groups = finest.groups if finest else np.zeros(BANDS, dtype=np.int64)
    exact = bool(full) and int(groups.max()) == BANDS - 1
    known = frozenset(axis for c in patterns for axis in c.axes)
    assumed = (
        ("age_nesting", bool(ages) and not all(c.nested for c in ages)),
        ("age_split", bool(ages) and int(groups.max()) < BANDS - 1),
        ("joint", not full),
    )
    shape = (len(cube.grids), BANDS, SEXES)
    return PopulationTable(
        n=(full[0].target if exact else _fitted(patterns, _seed(cube, respondents))).reshape(shape),
        known=known,
        age_groups=_partition(groups),
        assumed=tuple(code for code, holds in assumed if holds),
        exact=exact,
    )


def _partition(groups: Ints) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(b) + 1 for b in np.flatnonzero(groups == g)) for g in range(groups.max() + 1))


def _constraints(population: pd.DataFrame, cube: Cube) -> list[_Constraint]:
    rows = population.assign(aged=population["age_from"].notna() | population["age_to"].notna())
    found = []
    for (has_grid, aged, has_sex), part in rows.groupby(
        [rows["grid"].notna(), rows["aged"], rows["sex"].notna()], sort=True
    ):
        axes = tuple(axis for axis, on in zip(AXES, (has_grid, aged, has_sex), strict=True) if on)
        found.append(_constraint(part, axes, cube))
    return found


def _constraint(part: pd.DataFrame, axes: tuple[str, ...], cube: Cube) -> _Constraint:
    """Cells and rows of the frame meet on one running number: ((grid) · age groups + age) · 2 + sex."""
    groups, row_group, nested = np.zeros(BANDS, dtype=np.int64), np.zeros(len(part), dtype=np.int64), True
    if "age_band" in axes:
        groups, row_group, nested = _age_groups(part)
    grid, age, sex = np.indices((len(cube.grids), BANDS, SEXES)).reshape(3, -1)
    sizes = {"grid": len(cube.grids), "age_band": int(groups.max()) + 1, "sex": SEXES}
    row_level = {"age_band": row_group}
    if "grid" in axes:
        row_level["grid"] = np.searchsorted(cube.grids, part["grid"].to_numpy(dtype=np.int64))
    if "sex" in axes:
        row_level["sex"] = part["sex"].to_numpy(dtype=np.int64) - 1
    cell_level = {"grid": grid, "age_band": groups[age], "sex": sex}
    index, row_index = np.zeros(len(grid), dtype=np.int64), np.zeros(len(part), dtype=np.int64)
    usable: Bools = np.ones(len(part), dtype=bool)
    for axis in axes:
        usable &= (row_level[axis] >= 0) & (row_level[axis] < sizes[axis])
        index = index * sizes[axis] + cell_level[axis]
        row_index = row_index * sizes[axis] + row_level[axis]
    persons = part["n"].to_numpy(dtype=float)
    length = int(np.prod([sizes[axis] for axis in axes], dtype=np.int64))
    target = np.bincount(row_index[usable], weights=persons[usable], minlength=length)
    return _Constraint(axes, index, target.astype(float), groups, nested)


def _age_groups(part: pd.DataFrame) -> tuple[Ints, Ints, bool]:
    """Group of each band, group of each row (−1: overlaps another row), and whether the bands nest.

    A band goes with the source's ages that hold most of its years (14–17 with 15–59); ages finer than the
    bands go with the band they overlap most.
    """
    first = part["age_from"].fillna(0).to_numpy(dtype=np.int64)
    last = np.minimum(part["age_to"].fillna(OLDEST).to_numpy(dtype=np.int64), OLDEST)
    kept: list[tuple[int, int]] = []
    for ages in sorted(set(zip(first.tolist(), last.tolist(), strict=True))):
        if not kept or ages[0] > kept[-1][1]:
            kept.append(ages)
    years = np.array(
        [[max(0, min(b.last, to) - max(b.first, frm) + 1) for frm, to in kept] for b in AGE_BANDS]
    )
    home = years.argmax(axis=1)
    span = np.where(np.isin(np.arange(len(kept)), home), np.arange(len(kept)), home[years.argmax(axis=0)])
    used, group_of_span = np.unique(span, return_inverse=True)
    groups = np.where(years.max(axis=1) > 0, np.searchsorted(used, home), -1)
    of_ages = {ages: int(group) for ages, group in zip(kept, group_of_span, strict=True)}
    row_group = np.array([of_ages.get(a, -1) for a in zip(first.tolist(), last.tolist(), strict=True)])
    width = np.array([b.last - b.first + 1 for b in AGE_BANDS])
    inside = np.array([years[b, span == used[g]].sum() if g >= 0 else 0 for b, g in enumerate(groups)])
    return groups.astype(np.int64), row_group.astype(np.int64), bool((inside == width).all())


def _seed(cube: Cube, respondents: Floats) -> Floats:
    """Answers by known cell, mixed with a little independence so that no cell is shut out."""
    n = respondents.reshape(cube.shape)[:-1, :-1, :-1] + 1e-9
    grid, age, sex = n.sum(axis=(1, 2)), n.sum(axis=(0, 2)), n.sum(axis=(0, 1))
    expected = grid[:, None, None] * age[:, None] * sex / n.sum() ** 3
    mixed: Floats = n + SMOOTHING * (0.9 * expected * n.size + 0.1)
    return mixed.ravel()


def _fitted(patterns: list[_Constraint], seed: Floats) -> Floats:
    total = next((c for c in patterns if not c.axes), max(patterns, key=lambda c: len(c.target)))
    scaled = [c.target * (total.target.sum() / c.target.sum()) for c in patterns]
    table: Floats = seed * (total.target.sum() / seed.sum())
    for _ in range(500):
        worst = 0.0
        for constraint, target in zip(patterns, scaled, strict=True):
            now = np.bincount(constraint.index, weights=table, minlength=len(target))
            ratio = np.divide(target, now, out=np.ones_like(now), where=now > 0)
            worst = max(worst, float(np.abs(ratio - 1).max()))
            table = table * ratio[constraint.index]
        if worst < 1e-10:
            break
    return table

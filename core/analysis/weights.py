"""Weights of the persons asked: post-stratified, raked, or none where nobody knows the population."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.analysis.cube import AXES, Bools, Cube, Floats
from core.analysis.intervals import kish
from core.analysis.populations import PopulationTable
from core.analysis.raking import SMALLEST_LEVEL, Margin, collapse, rake_trimmed

DEFF_HIGH = 2.0
N_EFF_LOW = 50.0


@dataclass(frozen=True)
class Weighting:
    """Weights of one group of persons asked, and all that must be printed beside a weighted figure.

    `asked` and `weight` (one person's) are flat over `cube`; `design` holds the margins' 0/1 columns, one row
    a cell (for the variance). `method`: raked, poststratified, unweighted. `collapsed`: (axis, codes joined).
    """

    cube: Cube
    asked: Floats
    weight: Floats
    method: str
    margins: tuple[str, ...] = ()
    collapsed: tuple[tuple[str, tuple[int, ...]], ...] = ()
    assumed: tuple[str, ...] = ()
    design: Floats | None = None
    rounds: int = 0
    converged: bool = True

    @property
    def n(self) -> int:
        """Persons asked."""
        return int(self.asked.sum())

    @cached_property
    def kish(self) -> tuple[float, float]:
        """(n_eff, deff) of the weights alone."""
        return kish(self.weight, self.asked)

    @property
    def ratio(self) -> float:
        """Largest by smallest weight (1.0 for nobody)."""
        used = self.weight[self.asked > 0]
        return float(used.max() / used.min()) if len(used) else 1.0

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must be told: population_unknown, deff_high (> 2), n_eff_low (< 50), not_converged,
        and one `assumed_…` for each assumption about the population."""
        n_eff, deff = self.kish
        said = (
            ("population_unknown", self.method == "unweighted" and not self.assumed),
            ("deff_high", deff > DEFF_HIGH),
            ("n_eff_low", n_eff < N_EFF_LOW),
            ("not_converged", not self.converged),
        )
        return (*(code for code, holds in said if holds), *(f"assumed_{code}" for code in self.assumed))

    @property
    def cells(self) -> pd.DataFrame:
        """grid, age_band, sex, n, weight of every cell in which somebody was asked."""
        frame = self.cube.frame(n=self.asked, weight=self.weight)
        return frame[self.asked > 0].astype({"n": int}).reset_index(drop=True)


def weigh(cube: Cube, asked: Floats, table: PopulationTable | None, *, eligible: Bools) -> Weighting:
    """Weights of the eligible persons asked (flat by cell) against the eligible population.

    Post-stratified if every cell is known, nobody's cell is unknown and each has ten answers; else raked to
    the margins the population gives, small levels collapsed; unweighted if it gives none (with only a total
    known, the answers are assumed to be representative).
    """
    n = np.where(eligible, asked, 0.0)
    if table is None or n.sum() == 0:
        return Weighting(cube, n, np.ones(cube.size), "unweighted")
    persons = np.where(eligible, table.on(cube), 0.0)
    if not table.known or persons.sum() == 0:
        return Weighting(cube, n, np.ones(cube.size), "unweighted", assumed=("representative",))
    if _each_cell_has_enough(n, persons, table):
        weight = np.divide(persons, n, out=np.zeros_like(n), where=n > 0)
        return Weighting(cube, n, weight, "poststratified", margins=AXES, assumed=table.assumed)
    return _raked(cube, n, persons, table)


def _each_cell_has_enough(n: Floats, persons: Floats, table: PopulationTable) -> bool:
    lived_in = persons > 0
    return bool(table.exact and (n[lived_in] >= SMALLEST_LEVEL).all() and (n[~lived_in] == 0).all())


def _raked(cube: Cube, n: Floats, persons: Floats, table: PopulationTable) -> Weighting:
    used = np.flatnonzero(n)
    margins: list[Margin] = []
    collapsed: list[tuple[str, tuple[int, ...]]] = []
    for axis in AXES:
        if axis in table.known:
            margin, joined = _margin(cube, n, persons, axis=axis, table=table)
            collapsed += joined
            if len(margin.target) > 1:
                margins.append(Margin(axis, margin.level[used], margin.target))
    design = np.ones((cube.size, 1))
    weight = np.full(cube.size, persons.sum() / n.sum())
    rounds, converged = 0, True
    if margins:
        raked = rake_trimmed(n[used], margins)
        weight[used], rounds, converged = raked.weights, raked.rounds, raked.converged
        columns = [(m.level[:, None] == np.arange(len(m.target))).astype(float) for m in margins]
        design = np.zeros((cube.size, 1 + sum(c.shape[1] for c in columns)))
        design[used] = np.hstack([np.ones((len(used), 1)), *columns])
    names = tuple(m.name for m in margins)
    return Weighting(
        cube, n, weight, "raked", names, tuple(collapsed), table.assumed, design, rounds, converged
    )


def _margin(
    cube: Cube, n: Floats, persons: Floats, *, axis: str, table: PopulationTable
) -> tuple[Margin, list[tuple[str, tuple[int, ...]]]]:
    """One axis' margin after collapsing, and the codes that were joined for want of answers."""
    place = cube.coordinates[AXES.index(axis)]
    codes = cube.levels(axis)
    groups = table.age_groups if axis == "age_band" else tuple((code,) for code in codes)
    living = np.bincount(place, weights=persons, minlength=len(codes) + 1)
    answered = np.bincount(place, weights=n, minlength=len(codes) + 1)
    members = [[codes.index(code) for code in group] for group in groups]
    open_ = [m for m in members if living[m].sum() > 0 or answered[m].sum() > 0]
    target = np.array([living[m].sum() for m in open_])
    size = np.array([answered[m].sum() for m in open_])
    joined = collapse(size, target, neighbours=axis == "age_band")
    level_of = np.full(len(codes) + 1, -1)
    for level, parts in enumerate(joined):
        for part in parts:
            level_of[open_[part]] = level
    said = [
        (axis, tuple(codes[i] for part in parts for i in open_[part])) for parts in joined if len(parts) > 1
    ]
    return Margin(axis, level_of[place], np.array([target[parts].sum() for parts in joined])), said

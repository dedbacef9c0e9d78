"""The groups of residents a figure is given for: everybody, each grid, age band, sex, and pairs of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from core.analysis.cube import AXES, BANDS, Bools, Cube, Floats, Ints, eligible_bands

PAIRS = ("grid+age_band", "grid+sex", "age_band+sex")


@dataclass(frozen=True)
class Groups:
    """`members` 0/1 (groups × cells), `codes` (groups × grid, age band, sex; −1 = all), the rows of each
    breakdown, the size of each pair's table, which rows are wanted (margins are always worked out), and
    whether only some ages are eligible."""

    members: Floats
    codes: Ints
    rows: dict[str, slice]
    tables: dict[str, tuple[int, int]]
    shown: Bools
    some_ages: bool


def groups_of(cube: Cube, *, ages: tuple[int, int], breakdowns: Sequence[str]) -> Groups:
    """The community and every group of the breakdowns among the eligible ages, in the cube's order."""
    bands = np.flatnonzero(eligible_bands(*ages))
    places = {"grid": range(len(cube.grids)), "age_band": bands.tolist(), "sex": range(2)}
    wanted = [(), *((axis,) for axis in AXES), *(tuple(p.split("+")) for p in PAIRS if p in breakdowns)]
    chosen: list[list[int]] = []
    rows, shown = {}, []
    for axes in wanted:
        start = len(chosen)
        for picked in product(*(places[axis] for axis in axes)):
            chosen.append([dict(zip(axes, picked, strict=True)).get(axis, -1) for axis in AXES])
        rows["+".join(axes)] = slice(start, len(chosen))
        shown += [not axes or "+".join(axes) in breakdowns] * (len(chosen) - start)
    place = np.array(chosen)
    members = cube.eligible(*ages)[None, :].copy()
    for axis, cells in enumerate(cube.coordinates):
        members = members & ((place[:, [axis]] == cells) | (place[:, [axis]] < 0))
    tables = {p: (len(places[a]), len(places[b])) for p in rows for a, _, b in [p.partition("+")] if b}
    codes = _codes(cube, place)
    return Groups(members.astype(float), codes, rows, tables, np.array(shown), len(bands) < BANDS)


def _codes(cube: Cube, place: Ints) -> Ints:
    columns = [np.array([*cube.levels(axis), -1])[place[:, i]] for i, axis in enumerate(AXES)]
    return np.column_stack(columns).astype(np.int64)

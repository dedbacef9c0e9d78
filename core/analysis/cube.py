"""Respondents as one flat array over grid × age band × sex, each axis with one last level "unknown"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.taxonomy import AGE_BANDS, UNKNOWN_AGE, UNKNOWN_GRID, UNKNOWN_SEX

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

AXES = ("grid", "age_band", "sex")
BANDS = len(AGE_BANDS)
SEXES = 2


@dataclass(frozen=True)
class Cube:
    """The cells of one community. `grids`: the known grid ids, ascending; flat arrays have `size` cells."""

    grids: tuple[int, ...]

    @classmethod
    def of(cls, frames: Iterable[pd.DataFrame]) -> Cube:
        """The cube that holds every known grid of the frames' `grid` columns."""
        known: set[int] = set()
        for frame in frames:
            known.update(int(grid) for grid in frame["grid"].dropna().unique())
        return cls(tuple(sorted(known - {UNKNOWN_GRID})))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Levels on each axis, "unknown" among them."""
        return len(self.grids) + 1, BANDS + 1, SEXES + 1

    @property
    def size(self) -> int:
        """Cells in a flat array."""
        return int(np.prod(self.shape))

    @cached_property
    def coordinates(self) -> tuple[Ints, Ints, Ints]:
        """Level of each flat cell on the three axes, counted from 0; the last level is "unknown"."""
        grid, age, sex = np.indices(self.shape).reshape(3, -1)
        return grid, age, sex

    def levels(self, axis: str) -> tuple[int, ...]:
        """The known levels of an axis as codes: grid ids, age bands 1–9, sexes 1–2."""
        return {"grid": self.grids, "age_band": tuple(range(1, BANDS + 1)), "sex": (1, 2)}[axis]

    def index(self, frame: pd.DataFrame) -> Ints:
        """Flat cell of each row of a frame with columns grid, age_band, sex; other codes count as unknown."""
        codes = [frame[axis].fillna(-1).to_numpy(dtype=np.int64) for axis in AXES]
        places = []
        for axis, code in zip(AXES, codes, strict=True):
            known = np.asarray(self.levels(axis), dtype=np.int64)
            place = np.searchsorted(known, code)
            place[place >= len(known)] = 0
            hit = known[place] == code if len(known) else np.zeros(len(code), dtype=bool)
            places.append(np.where(hit, place, len(known)))
        return np.ravel_multi_index(tuple(places), self.shape).astype(np.int64)

    def fill(self, frame: pd.DataFrame, column: str) -> Floats:
        """Sum of a column by flat cell."""
        weights = frame[column].to_numpy(dtype=float)
        return np.bincount(self.index(frame), weights=weights, minlength=self.size).astype(float)

    def frame(self, **columns: Floats) -> pd.DataFrame:
        """Flat arrays as a frame with the cells' codes in front (unknown grid and age 0, unknown sex 9)."""
        unknown = {"grid": UNKNOWN_GRID, "age_band": UNKNOWN_AGE, "sex": UNKNOWN_SEX}
        codes = {
            axis: np.array([*self.levels(axis), unknown[axis]])[place]
            for axis, place in zip(AXES, self.coordinates, strict=True)
        }
        return pd.DataFrame({**codes, **columns})

    def eligible(self, age_from: int, age_to: int) -> Bools:
        """Cells whose age band lies, by most of its years, within the ages; unknown ages if all bands do."""
        bands = eligible_bands(age_from, age_to)
        return np.append(bands, bands.all())[self.coordinates[1]]


def eligible_bands(age_from: int, age_to: int) -> Bools:
    """Which of the nine age bands lie, by most of their years, within the ages (both included)."""
    years = [min(b.last, age_to) - max(b.first, age_from) + 1 for b in AGE_BANDS]
    return np.array([2 * y > b.last - b.first + 1 for y, b in zip(years, AGE_BANDS, strict=True)])

"""One round's frames, laid out once as flat arrays over the cells of the community."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.analysis.cube import AXES, Cube, Floats
from core.analysis.groups import Groups
from core.analysis.populations import PopulationTable, population_table
from core.analysis.weights import Weighting, weigh


@dataclass(frozen=True)
class NeedItem:
    """One need of the questionnaire: its choice code, question, area, and the ages asked (both included)."""

    code: str
    question: str
    area: str
    age_from: int = 0
    age_to: int = 120


@dataclass(frozen=True)
class SurveyFrames:
    """The frames of one round, as core.queries gives them.

    cells: grid, age_band, sex, n · counts: question, item, grid, age_band, sex, n · asked: question, grid,
    age_band, sex, asked · population: grid, age_from, age_to, sex, n (null = all) · provision: item, grid
    (null = open to the whole community), provision, reached (persons; either may be null).
    """

    cells: pd.DataFrame
    counts: pd.DataFrame
    asked: pd.DataFrame
    population: pd.DataFrame
    provision: pd.DataFrame


class Round:
    """The frames of one round by flat cell; every item's figures start here."""

    def __init__(self, frames: SurveyFrames) -> None:
        self._frames = frames
        self.cube = Cube.of([frames.cells, frames.asked, frames.population])
        self._asked = _by_code(frames.asked, ["question"], "asked", self.cube)
        self._chose = _by_code(frames.counts, ["question", "item"], "n", self.cube)

    @cached_property
    def table(self) -> PopulationTable | None:
        """Who lives where; None where nothing is known."""
        return population_table(self._frames.population, self.cube, self.cube.fill(self._frames.cells, "n"))

    def weigh(self, question: str, ages: tuple[int, int]) -> Weighting:
        """The weighting of the persons of the ages who were asked a question."""
        asked = self._asked.get((question,), np.zeros(self.cube.size))
        return weigh(self.cube, asked, self.table, eligible=self.cube.eligible(*ages))

    def chose(self, items: Iterable[NeedItem]) -> Floats:
        """Persons who chose, items × cells."""
        nobody = np.zeros(self.cube.size)
        return np.array([self._chose.get((item.question, item.code), nobody) for item in items])

    def base(self, groups: Groups) -> Floats:
        """Eligible persons by group; NaN where the group cuts along an axis whose margin nobody knows."""
        if self.table is None:
            return np.full(len(groups.codes), np.nan)
        living = groups.members @ self.table.on(self.cube)
        cuts = groups.codes >= 0
        cuts[:, AXES.index("age_band")] |= groups.some_ages
        known = np.array([axis in self.table.known for axis in AXES])
        return np.where((cuts & ~known).any(axis=1), np.nan, np.rint(living))


def _by_code(frame: pd.DataFrame, keys: list[str], column: str, cube: Cube) -> dict[tuple[str, ...], Floats]:
    codes = pd.MultiIndex.from_frame(frame[keys].astype(str))
    place, found = pd.factorize(codes)
    flat = place.astype(np.int64) * cube.size + cube.index(frame)
    values = frame[column].to_numpy(dtype=float)
    sums = np.bincount(flat, weights=values, minlength=len(found) * cube.size).astype(float)
    return dict(zip([tuple(code) for code in found], sums.reshape(len(found), cube.size), strict=True))


def weighting_of(item: NeedItem, frames: SurveyFrames) -> Weighting:
    """The weighting behind an item's figures: method, margins, collapsed levels, n_eff, deff, notes."""
    return Round(frames).weigh(item.question, (item.age_from, item.age_to))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What must be printed beside weighted figures of one question: see Weighting."""

    n: int
    n_eff: float
    deff: float
    method: str
    margins: tuple[str, ...]
    notes: tuple[str, ...]


def weighed(item: NeedItem, frames: SurveyFrames) -> Weighed:
    """The notes of `weighting_of`, without its cells."""
    found = weighting_of(item, frames)
    return Weighed(found.n, *found.kish, found.method, found.margins, found.notes)

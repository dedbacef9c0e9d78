"""Who answers the demo's needs survey: strata, way and speed of each synthetic person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.actions.place_file import GridPart, Place
from core.actions.seed_draw import one_each, whole
from models.taxonomy import AGE_BANDS, UNKNOWN_SEX

CHILD, ADULT, ELDER = "child", "adult", "elder"
ELDER_BAND, ADULT_BAND, GUARDED = 7, 4, 2
SLOWEST, FASTEST, QUICK = 3000, 75, 40
_BAND = {(band.first, band.last): band.code for band in AGE_BANDS}


@dataclass(frozen=True, slots=True)
class Person:
    """A synthetic target person; grid and building are codes, empty when not said."""

    grid: str
    building: str
    age: int
    sex: int
    who: int = 1
    short: bool = False
    mode: str = "screen"
    collector: str = "self"
    seconds: int = 0

    @property
    def age_class(self) -> str:
        """child, adult or elder."""
        return age_class(self.age)


def age_class(band: int) -> str:
    """child (0–17), adult or elder (60+) of an age band's code."""
    return ELDER if band >= ELDER_BAND else ADULT if band >= ADULT_BAND else CHILD


def cells(place: Place) -> dict[tuple[str, int, int], int]:
    """Residents of the place by (grid code, age band, sex)."""
    assert place.population is not None
    return {
        (row.grid, _BAND[row.age], row.sex): row.n
        for row in place.population.rows
        if row.grid and row.age and row.sex
    }


def people(rng: np.random.Generator, place: Place, plan: Mapping[str, Any], n: int) -> list[Person]:
    """n persons in the plan's answering rates, in random order; see data/seed/answers.yaml."""
    residents, rates = cells(place), plan["rates"]
    weights = [
        k * rates["age"][age - 1] * rates["sex"][sex] * rates["grid"][grid]
        for (grid, age, sex), k in residents.items()
    ]
    strata = [cell for cell, k in zip(residents, whole(weights, n), strict=True) for _ in range(k)]
    grids = {grid.code: grid for grid in place.grids}
    found = [_person(rng, plan, grids[grid], (age, sex)) for grid, age, sex in strata]
    found = _ways(rng, plan, [found[i] for i in rng.permutation(n)])
    for k in rng.permutation(n)[: round(plan["no_grid"] * n)]:
        found[k] = replace(found[k], grid="", building="")
    for k in rng.permutation(n)[: round(plan["no_sex"] * n)]:
        found[k] = replace(found[k], sex=UNKNOWN_SEX)
    return found


def _person(
    rng: np.random.Generator, plan: Mapping[str, Any], grid: GridPart, stratum: tuple[int, int]
) -> Person:
    age, sex = stratum
    households = np.array([b.households or 0 for b in grid.buildings], dtype=float)
    building = grid.buildings[int(rng.choice(len(households), p=households / households.sum()))].code
    named = rng.random() >= plan["no_building"]
    short = bool(rng.random() < plan["short"][age_class(age)])
    return Person(grid.code, building if named else "", age, sex, short=short)


def _ways(rng: np.random.Generator, plan: Mapping[str, Any], found: list[Person]) -> list[Person]:
    """Who answers for whom, by which way and in what time."""
    ways = {
        kind: one_each(rng, len(found), {(mode, by): share for mode, by, share in rows})
        for kind, rows in plan["ways"].items()
    }
    pace = plan["seconds"]
    for i, person in enumerate(found):
        who = _who(rng, plan, person)
        kind = ELDER if person.age_class == ELDER else ADULT
        mode, collector = ("screen", "family") if who != 1 else ways[kind][i]
        median = pace["short" if person.short else "full"]
        seconds = min(SLOWEST, max(FASTEST, int(median * np.exp(pace["spread"] * rng.standard_normal()))))
        seconds = QUICK if rng.random() < pace["quick"] else seconds
        found[i] = replace(person, who=who, mode=mode, collector=collector, seconds=seconds)
    return found


def _who(rng: np.random.Generator, plan: Mapping[str, Any], person: Person) -> int:
    """1 for oneself, 2 for an older person at home, 3 for a child, 4 for another of the family."""
    if person.age <= GUARDED:
        return 3
    if person.age_class == CHILD:
        return 4 if rng.random() < 0.5 else 1
    return 2 if rng.random() < plan["for_elder"].get(person.age, 0) else 1

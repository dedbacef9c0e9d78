"""Places and persons as tables that come back in by pasting: as they stand, and blank ones to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import pandas as pd

from core.words import say, sentences
from models.taxonomy import AGE_BANDS, SEX_LABELS

PLACE_COLUMNS = ("grid", "grid_name", "building", "building_name", "households")
PERSON_COLUMNS = ("grid", "age", "sex", "n")
OLDEST = AGE_BANDS[-1].last
SEXES = (1, 2)
# The ages a census publishes: what a committee knows where it knows little.
COARSE_AGES = ((0, 14), (15, 59), (60, OLDEST))

Ages = tuple[int, int] | None
Cell = tuple[str | None, Ages, int | None, int | None]


def places_table(rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    """A line a building; `rows` are PLACE_COLUMNS, null where unknown."""
    return pd.DataFrame(
        [["" if cell is None else cell for cell in row] for row in rows], columns=_heads(PLACE_COLUMNS)
    )


def persons_table(cells: Iterable[Cell]) -> pd.DataFrame:
    """A line a cell or margin (grid code, ages, sex, n); null means all, for n: to be filled in."""
    rows = [
        [grid or "", ages_in_words(ages), SEX_LABELS[sex] if sex else "", "" if n is None else n]
        for grid, ages, sex, n in cells
    ]
    return pd.DataFrame(rows, columns=_heads(PERSON_COLUMNS))


def blank_cells(grids: Sequence[str]) -> pd.DataFrame:
    """A table to fill in: each grid × age band × sex."""
    bands = [(band.first, band.last) for band in AGE_BANDS]
    return persons_table((grid, ages, sex, None) for grid, ages, sex in product(grids, bands, SEXES))


def blank_margins(grids: Sequence[str]) -> pd.DataFrame:
    """A table to fill in: each grid, the ages of a census, each sex."""
    cells: list[Cell] = [(grid, None, None, None) for grid in grids]
    cells += [(None, ages, None, None) for ages in COARSE_AGES]
    cells += [(None, None, sex, None) for sex in SEXES]
    return persons_table(cells)


def ages_in_words(ages: Ages) -> str:
    """Ages as a cell: in words, because a spreadsheet makes a date of 6-13."""
    if ages is None:
        return ""
    first, last = ages
    if last >= OLDEST:
        return say("admin.population.ages_up", first=first)
    return say("admin.population.ages", first=first, last=last)


def _heads(columns: Sequence[str]) -> list[str]:
    return [sentences()[f"place.column.{column}"].split(";")[0] for column in columns]

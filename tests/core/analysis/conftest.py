"""A small community made for these tests: grids × age bands × sexes, with its population and a few needs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest

from core.analysis.survey import SurveyFrames
from models.taxonomy import AGE_BANDS

CELL = ["grid", "age_band", "sex"]


def _cells(grids: int, values: np.ndarray) -> pd.DataFrame:
    places = list(product(range(1, grids + 1), range(1, 10), (1, 2)))
    return pd.DataFrame(
        [(*place, v) for place, v in zip(places, values.ravel(), strict=True)], columns=[*CELL, "n"]
    )


def _margins(living: np.ndarray) -> pd.DataFrame:
    """Population rows by grid, age band and sex of persons (grids, 9, 2)."""
    rows = [(g + 1, None, None, None, n) for g, n in enumerate(living.sum(axis=(1, 2)))]
    bands = zip(AGE_BANDS, living.sum(axis=(0, 2)), strict=True)
    rows += [(None, band.first, band.last, None, n) for band, n in bands]
    rows += [(None, None, None, s + 1, n) for s, n in enumerate(living.sum(axis=(0, 1)))]
    return population_of(rows)


def population_of(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["grid", "age_from", "age_to", "sex", "n"]).astype("Int64")


def _provision(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["item", "grid", "provision", "reached"]).astype(
        {"grid": "Int64", "provision": "Int64", "reached": "Int64"}
    )


@pytest.fixture
def population() -> Callable[[list[tuple[object, ...]]], pd.DataFrame]:
    """Rows (grid, age_from, age_to, sex, n) as a population frame; None = all."""
    return population_of


@pytest.fixture
def margins() -> Callable[[np.ndarray], pd.DataFrame]:
    """The three margins of persons (grids, 9, 2) as a population frame."""
    return _margins


@pytest.fixture
def survey() -> Callable[..., SurveyFrames]:
    """A round: persons asked and who chose each item, arrays (grids, 9, 2); all are asked question "q"."""

    def build(
        asked: np.ndarray,
        chose: dict[str, np.ndarray],
        *,
        population: pd.DataFrame | None = None,
        provision: list[tuple[object, ...]] = [],  # noqa: B006 - never changed
    ) -> SurveyFrames:
        cells = _cells(len(asked), asked)
        counts = [_cells(len(asked), n).assign(question="q", item=item) for item, n in chose.items()]
        return SurveyFrames(
            cells=cells,
            counts=pd.concat(counts),
            asked=cells.rename(columns={"n": "asked"}).assign(question="q"),
            population=population_of([]) if population is None else population,
            provision=_provision(provision),
        )

    return build

"""Which method weighs the persons asked, and what must be said beside it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from core.analysis.cube import Cube
from core.analysis.populations import PopulationTable, population_table
from core.analysis.weights import Weighting, weigh

Margins = Callable[[np.ndarray], pd.DataFrame]
Rows = Callable[[list[tuple[object, ...]]], pd.DataFrame]
CUBE = Cube((1, 2, 3))
EVERYBODY = CUBE.eligible(0, 120)


def flat(known: np.ndarray) -> np.ndarray:
    full = np.zeros(CUBE.shape)
    full[:-1, :-1, :-1] = known
    return full.ravel()


def weighed(known: np.ndarray, frame: pd.DataFrame, ages: tuple[int, int] = (0, 120)) -> Weighting:
    asked = flat(known)
    return weigh(CUBE, asked, population_table(frame, CUBE, asked), eligible=CUBE.eligible(*ages))


@pytest.fixture
def living() -> np.ndarray:
    return np.random.default_rng(1).integers(40, 160, (3, 9, 2))


def test_raked_weights_meet_every_margin(living: np.ndarray, margins: Margins) -> None:
    asked = np.random.default_rng(2).poisson(6, (3, 9, 2))
    found = weighed(asked, margins(living))
    mass = (found.weight * found.asked).reshape(CUBE.shape)[:-1, :-1, :-1]
    assert found.method == "raked" and found.margins == ("grid", "age_band", "sex")
    for axes in ((1, 2), (0, 2), (0, 1)):
        np.testing.assert_allclose(mass.sum(axis=axes), living.sum(axis=axes), rtol=1e-6)


def test_where_every_cell_is_known_and_full_enough_it_is_poststratified(living: np.ndarray) -> None:
    table = PopulationTable(living.astype(float), frozenset(("grid", "age_band", "sex")), (), (), True)
    asked = np.full((3, 9, 2), 10)
    found = weigh(CUBE, flat(asked), table, eligible=EVERYBODY)
    assert found.method == "poststratified"
    np.testing.assert_allclose((found.weight * found.asked), flat(living))
    asked[0, 0, 0] = 9
    table = PopulationTable(table.n, table.known, tuple((b,) for b in range(1, 10)), (), True)
    assert weigh(CUBE, flat(asked), table, eligible=EVERYBODY).method == "raked"


def test_levels_with_fewer_than_ten_answers_are_joined_and_named(
    living: np.ndarray, margins: Margins
) -> None:
    asked = np.full((3, 9, 2), 6)
    asked[:, 8] = 1
    asked[2] = 0
    asked[2, 4, 0] = 3
    found = weighed(asked, margins(living))
    assert ("age_band", (8, 9)) in found.collapsed
    assert any(axis == "grid" and 3 in joined for axis, joined in found.collapsed)
    mass = (found.weight * found.asked).reshape(CUBE.shape)[:-1, :-1, :-1]
    assert mass[:, 7:].sum() == pytest.approx(living[:, 7:].sum(), rel=1e-6)


def test_without_a_population_everybody_weighs_one_and_it_is_said(population: Rows) -> None:
    found = weighed(np.full((3, 9, 2), 4), population([]))
    assert found.method == "unweighted" and "population_unknown" in found.notes
    assert (found.weight == 1).all() and found.kish == pytest.approx((216, 1))


def test_with_only_a_total_the_answers_are_taken_as_representative(population: Rows) -> None:
    found = weighed(np.full((3, 9, 2), 4), population([(None, None, None, None, 900)]))
    assert found.method == "unweighted"
    assert found.notes == ("assumed_representative",)


def test_only_the_eligible_are_weighed(living: np.ndarray, margins: Margins) -> None:
    found = weighed(np.full((3, 9, 2), 6), margins(living), ages=(60, 120))
    assert found.n == 3 * 3 * 2 * 6
    assert (found.weight @ found.asked) == pytest.approx(living[:, 6:].sum(), rel=1e-6)
    assert set(found.cells["age_band"]) == {7, 8, 9}


def test_uneven_weights_and_few_answers_are_said(living: np.ndarray, margins: Margins) -> None:
    asked = np.ones((3, 9, 2), dtype=int)
    assert (
        "n_eff_low" in weighed(asked[:, :, :] * 1 * (np.arange(3) < 1)[:, None, None], margins(living)).notes
    )
    skewed = np.full((3, 9, 2), 1)
    skewed[:, :2] = 20
    found = weighed(skewed, margins(living))
    assert 2 < found.kish[1] < 5 and "deff_high" in found.notes
    assert found.ratio > 4


def test_a_group_nobody_was_asked_in_has_no_weights_to_speak_of(living: np.ndarray, margins: Margins) -> None:
    found = weighed(np.zeros((3, 9, 2)), margins(living))
    assert found.n == 0 and found.kish[0] == 0 and found.ratio == 1.0

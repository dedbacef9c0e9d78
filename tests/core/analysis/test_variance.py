"""Effective sample sizes, and intervals that cover the truth as often as they say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from core.analysis.cube import Cube
from core.analysis.intervals import kish, stratified_variance, wilson
from core.analysis.populations import population_table
from core.analysis.variance import Tallied, effective_n
from core.analysis.weights import Weighting, weigh

RUNS = 1500
CUBE = Cube((1, 2, 3, 4))
EVERYBODY = np.ones((1, CUBE.size))


def flat(known: np.ndarray) -> np.ndarray:
    full = np.zeros((*known.shape[:-3], *CUBE.shape))
    full[..., :-1, :-1, :-1] = known
    return full.reshape(*known.shape[:-3], -1)


def tallied(asked: np.ndarray, weight: np.ndarray, chose: np.ndarray, method: str, **more: object) -> Tallied:
    weighting = Weighting(CUBE, flat(asked), flat(weight), method, **more)  # type: ignore[arg-type]
    return Tallied(weighting, flat(chose), EVERYBODY)


@pytest.fixture
def asked() -> np.ndarray:
    return np.random.default_rng(0).integers(10, 20, (4, 9, 2)).astype(float)


@pytest.fixture
def weight() -> np.ndarray:
    return np.random.default_rng(1).uniform(2, 9, (4, 9, 2))


def test_shares_are_weighted_means(asked: np.ndarray, weight: np.ndarray) -> None:
    chose = np.random.default_rng(2).binomial(asked.astype(int), 0.3)[None]
    found = tallied(asked, weight, chose, "raked")
    assert found.shares[0, 0] == pytest.approx((weight * chose[0]).sum() / (weight * asked).sum())
    assert found.counts[0, 0] == chose.sum() and found.asked[0] == asked.sum()


def test_unweighted_answers_count_as_many_as_they_are(asked: np.ndarray) -> None:
    found = tallied(asked, np.ones_like(asked), asked[None] // 3, "unweighted")
    assert effective_n(found, found.shares)[0, 0] == pytest.approx(asked.sum())


def test_poststratified_variance_is_the_handbooks_sum(asked: np.ndarray, weight: np.ndarray) -> None:
    chose = np.random.default_rng(2).binomial(asked.astype(int), 0.3)[None].astype(float)
    found = tallied(asked, weight, chose, "poststratified")
    p = found.shares[0, 0]
    by_formula = stratified_variance((weight * asked).ravel(), asked.ravel(), chose.ravel())
    assert effective_n(found, found.shares)[0, 0] == pytest.approx(p * (1 - p) / by_formula)


def test_linearised_variance_is_that_of_rows_with_fitted_residuals(
    asked: np.ndarray, weight: np.ndarray
) -> None:
    """Person by person: residuals of a weighted regression on the design, V = n/(n−1) Σ (w e)²."""
    chose = np.random.default_rng(4).binomial(asked.astype(int), 0.3)[None].astype(float)
    place = CUBE.coordinates[0]
    design = (place[:, None] == np.arange(4)).astype(float)
    found = tallied(asked, weight, chose, "raked", design=design)
    cells = np.repeat(np.arange(CUBE.size), flat(asked).astype(int))
    y = np.concatenate(
        [np.arange(n) < k for n, k in zip(flat(asked).astype(int), flat(chose)[0], strict=True)]
    ).astype(float)
    w, x, p = flat(weight)[cells], design[cells], found.shares[0, 0]
    u = (y - p) / w.sum()
    root = np.sqrt(w)
    slope = np.linalg.lstsq(x * root[:, None], u * root, rcond=None)[0]
    variance = len(y) / (len(y) - 1) * np.sum((w * (u - x @ slope)) ** 2)
    assert effective_n(found, found.shares)[0, 0] == pytest.approx(p * (1 - p) / variance)


@pytest.mark.parametrize("method", ["raked", "poststratified"])
@pytest.mark.parametrize("everybody", [0.0, 1.0])
def test_where_all_or_none_chose_kish_steps_in(
    asked: np.ndarray, weight: np.ndarray, method: str, everybody: float
) -> None:
    found = tallied(asked, weight, asked[None] * everybody, method)
    assert effective_n(found, found.shares)[0, 0] == pytest.approx(kish(weight.ravel(), asked.ravel())[0])


def _covered(
    margins: Callable[[np.ndarray], pd.DataFrame], *, asked_each: float, exact: bool
) -> tuple[float, float]:
    """Share of seeded surveys whose 95 % interval holds the truth: with our n_eff, and with Kish's."""
    rng = np.random.default_rng(20_26)
    living = rng.integers(50, 120, (4, 9, 2)).astype(float)
    chance = np.clip(
        np.linspace(0.02, 0.75, 9)[None, :, None] + 0.08 * np.arange(4)[:, None, None] - 0.1, 0.02, 1
    )
    truth = float((living * chance).sum() / living.sum())
    reach = np.linspace(1.6, 0.6, 9)[None, :, None] * np.ones((4, 9, 2))
    table = population_table(margins(living), CUBE, np.ones(CUBE.size))
    if exact and table is not None:
        table = type(table)(living, table.known, table.age_groups, (), True)
    hits, kish_hits = 0, 0
    for _ in range(RUNS):
        asked = np.maximum(rng.poisson(asked_each * reach), 10 if exact else 0)
        chose = rng.binomial(asked, np.broadcast_to(chance, asked.shape))
        weighting = weigh(CUBE, flat(asked), table, eligible=CUBE.eligible(0, 120))
        assert weighting.method == ("poststratified" if exact else "raked")
        found = Tallied(weighting, flat(chose[None]), EVERYBODY)
        for n_eff, kind in ((effective_n(found, found.shares), 0), (np.array([[weighting.kish[0]]]), 1)):
            low, high = wilson(found.shares, n_eff)
            inside = bool(low[0, 0] <= truth <= high[0, 0])
            hits, kish_hits = hits + (inside and kind == 0), kish_hits + (inside and kind == 1)
    return hits / RUNS, kish_hits / RUNS


@pytest.mark.parametrize(("asked_each", "exact"), [(8.0, False), (14.0, True)])
def test_intervals_cover_the_truth_as_often_as_they_say(
    margins: Callable[[np.ndarray], pd.DataFrame], asked_each: float, exact: bool
) -> None:
    ours, kishs = _covered(margins, asked_each=asked_each, exact=exact)
    assert 0.93 <= ours <= 0.975
    assert kishs > ours

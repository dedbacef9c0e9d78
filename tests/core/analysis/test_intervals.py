"""Intervals against the handbook's worked values and an independent implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.analysis.intervals import (
    Z80,
    Z95,
    agresti_coull,
    kish,
    sample_size,
    stratified_variance,
    wilson,
)

SIZES = {
    1_000: (517, 278, 165, 88),
    2_000: (697, 323, 179, 92),
    3_000: (788, 341, 185, 94),
    5_000: (880, 357, 189, 95),
    10_000: (965, 370, 193, 96),
}


@pytest.mark.parametrize(
    ("p", "n", "low", "high"),
    [
        (42 / 120, 120, 0.270519, 0.438787),
        (0.0, 20, 0.0, 0.161125),
        (1.0, 5, 0.565518, 1.0),
        (0.4, 100 / 1.5, 0.290969, 0.519927),
    ],
)
def test_wilson_gives_the_handbooks_digits(p: float, n: float, low: float, high: float) -> None:
    assert [round(float(x), 6) for x in wilson(p, n)] == [low, high]


def test_wilson_agrees_with_scipy() -> None:
    from scipy.stats import binomtest

    for k, n in ((3, 40), (17, 61), (200, 311)):
        found = binomtest(k, n).proportion_ci(0.95, method="wilson")
        assert wilson(k / n, n) == pytest.approx((found.low, found.high), abs=1e-6)


def test_wilson_goes_element_by_element_and_says_nothing_without_answers() -> None:
    low, high = wilson([[0.5, np.nan], [0.2, 0.2]], [50, 0])
    assert low.shape == (2, 2)
    assert np.isnan(low[:, 1]).all() and np.isnan(high[:, 1]).all()
    assert (low[:, 0] < [0.5, 0.2]).all() and (high[:, 0] > [0.5, 0.2]).all()


def test_a_lower_level_of_confidence_is_narrower() -> None:
    assert np.subtract(*wilson(0.3, 80, z=Z80)) > np.subtract(*wilson(0.3, 80, z=Z95))


def test_agresti_coull_has_wilsons_centre_and_is_no_narrower() -> None:
    w, a = wilson(0.3, 40), agresti_coull(0.3, 40)
    assert sum(w) == pytest.approx(sum(a))
    assert a[1] - a[0] >= w[1] - w[0]


def test_kish_gives_the_handbooks_digits() -> None:
    n_eff, deff = kish([1, 2, 4], [60, 30, 10])
    assert (round(n_eff, 6), round(deff, 6)) == (75.294118, 1.328125)
    each = np.repeat([1, 2, 4], [60, 30, 10])
    assert kish(each) == pytest.approx((n_eff, deff))


def test_kish_of_nobody_is_no_number() -> None:
    n_eff, deff = kish([], [])
    assert n_eff == 0 and math.isnan(deff)


@pytest.mark.parametrize(("population", "needed"), SIZES.items())
def test_sample_sizes_are_the_handbooks_table(population: int, needed: tuple[int, ...]) -> None:
    assert tuple(sample_size(population, m) for m in (0.03, 0.05, 0.07, 0.10)) == needed


def test_a_stratified_variance_adds_the_strata_by_the_square_of_their_weight() -> None:
    by_hand = 0.6**2 * 0.5 * 0.5 / 9 + 0.4**2 * 0.2 * 0.8 / 4
    assert stratified_variance([60, 40], [10, 5], [5, 1]) == pytest.approx(by_hand)


def test_a_stratum_of_one_answer_joins_its_neighbour() -> None:
    joined = stratified_variance([60, 40], [11, 5], [6, 1])
    assert stratified_variance([50, 10, 40], [10, 1, 5], [5, 1, 1]) == pytest.approx(joined)
    assert stratified_variance([10, 50, 40], [1, 10, 5], [1, 5, 1]) == pytest.approx(joined)
    assert math.isnan(stratified_variance([10, 5], [1, 0], [1, 0]))

"""Exact shares: what is planted is found again to the person."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.actions.seed_draw import one_each, ranked, several, whole


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=9), st.integers(0, 500))
def test_whole_numbers_sum_to_n_and_miss_no_share_by_one(shares: list[float], n: int) -> None:
    found = whole(shares, n)
    exact = [share / sum(shares) * n for share in shares]
    assert sum(found) == n
    assert all(abs(k - e) < 1 for k, e in zip(found, exact, strict=True))


def test_largest_remainder_as_worked_by_hand() -> None:
    assert whole([0.5, 0.3, 0.2], 7) == [4, 2, 1]  # 3.5, 2.1, 1.4


def test_one_each_gives_every_code_in_its_share() -> None:
    found = one_each(np.random.default_rng(1), 200, {1: 0.5, 2: 0.3, 3: 0.2})
    assert Counter(found) == {1: 100, 2: 60, 3: 40}


def test_the_highest_disposition_gets_the_last_code() -> None:
    assert ranked(np.array([0.3, -1.0, 2.0, 0.1]), {1: 0.25, 3: 0.5, 5: 0.25}) == [3, 1, 5, 3]


SHARES = {"A": 0.62, "B": 0.44, "C": 0.3, "D": 0.2, "N": 0.07}


@pytest.mark.parametrize("n", [40, 121, 300])
def test_several_gives_every_code_to_its_share_of_persons(n: int) -> None:
    taken = several(np.random.default_rng(2), SHARES, n=n, most=3, alone=["N"])
    counted = Counter(code for codes in taken for code in codes)
    assert counted == {code: round(share * n) for code, share in SHARES.items()}
    assert all(1 <= len(codes) <= 3 and len(set(codes)) == len(codes) for codes in taken)
    assert all(codes == ["N"] for codes in taken if "N" in codes)


def test_who_leans_to_a_code_takes_it_more_often() -> None:
    n = 400
    lean = np.where(np.arange(n) < n // 2, 4.0, 1.0)
    taken = several(np.random.default_rng(3), {"A": 0.4}, n=n, most=3, lean=lambda _: lean)
    with_a = [i for i, codes in enumerate(taken) if "A" in codes]
    assert len(with_a) == 160
    assert sum(i < n // 2 for i in with_a) > 100


def test_shares_that_cannot_go_round_leave_somebody_without() -> None:
    taken = several(np.random.default_rng(4), {"A": 0.3}, n=10, most=3)
    assert sorted(map(len, taken)) == [0] * 7 + [1] * 3


def test_nobody_takes_more_than_the_most() -> None:
    shares = dict.fromkeys("ABCDE", 0.59)
    for seed in range(20):
        taken = several(np.random.default_rng(seed), shares, n=30, most=3)
        assert max(map(len, taken)) <= 3

"""New, rising and fading topics: exact tests, Benjamini–Hochberg, and no more false finds than allowed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from core.analysis.trends import benjamini_hochberg, change_p, hot_topics

# The fifteen p-values of Benjamini & Hochberg (1995), section 4.
PAPER = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
         0.6528, 0.7590, 1.0]  # fmt: skip


def test_benjamini_and_hochbergs_own_example_finds_four() -> None:
    adjusted = benjamini_hochberg(PAPER)
    # 15 p / rank, then the smallest of those behind: .0001 × 15, .0004 × 15 / 2, …, .0459 × 15 / 9.
    assert adjusted[:9] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714, 0.06385714,
                                          0.0645, 0.0765], abs=1e-6)  # fmt: skip
    assert (adjusted <= 0.05).sum() == 4


def test_the_order_does_not_matter_and_what_was_not_tested_counts_for_none() -> None:
    turned = [*PAPER[::-1], float("nan")]
    adjusted = benjamini_hochberg(turned)
    assert adjusted[:-1][::-1] == pytest.approx(benjamini_hochberg(PAPER))
    assert np.isnan(adjusted[-1])
    assert benjamini_hochberg([]).size == 0 and benjamini_hochberg([0.7, 0.9]).tolist() == [0.9, 0.9]


def test_the_change_of_a_topic_is_tested_against_the_volume() -> None:
    # All of 6 in one of two periods of equal volume: 2 × (1 / 2)^6.
    assert change_p(6, 0, all_now=100, all_before=100) == pytest.approx(2 / 64)
    # As many as the volume makes likely: three quarters of the voices are of now.
    assert change_p(9, 3, all_now=300, all_before=100) == pytest.approx(1)
    # Below: P(0 of 4 | 3/4) = (1 / 4)^4, and nothing on the other side is as unlikely.
    assert change_p(0, 4, all_now=300, all_before=100) == pytest.approx(1 / 256)
    for k, n, share in ((3, 11, 0.3), (0, 7, 0.61), (30, 41, 0.5)):
        exact = binomtest(k, n, share).pvalue
        assert change_p(k, n - k, all_now=round(1000 * share), all_before=round(1000 * (1 - share))) == (
            pytest.approx(exact)
        )
    for nothing in ((0, 0, 9, 9), (3, 0, 9, 0), (0, 3, 0, 9)):
        assert np.isnan(change_p(nothing[0], nothing[1], all_now=nothing[2], all_before=nothing[3]))


def _counts(rows: list[tuple[int, str, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["topic", "area", "now", "before"])


def _totals(**areas: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame([(a, *n) for a, n in areas.items()], columns=["area", "now", "before"])


def _by_topic(found: pd.DataFrame, column: str) -> dict[int, Any]:
    return dict(zip(found["topic"], found[column], strict=True))


def test_each_topic_is_new_rising_fading_or_steady() -> None:
    rows = [(1, "facilities", 30, 0), (2, "facilities", 60, 15), (3, "facilities", 6, 40),
            (4, "facilities", 21, 20), (5, "safety", 12, 0)]  # fmt: skip
    found = hot_topics(_counts(rows), _totals(facilities=(300, 300), safety=(40, 0)))
    assert _by_topic(found, "trend") == {1: "new", 2: "rising", 3: "fading", 4: "steady", 5: "unknown"}
    assert found["topic"].tolist() == [2, 1, 4, 5, 3]


def test_twice_as_much_said_in_all_is_no_rise_of_its_topics() -> None:
    found = hot_topics(_counts([(1, "a", 60, 30), (2, "a", 40, 20)]), _totals(a=(200, 100)))
    assert set(found["trend"]) == {"steady"}


def test_counts_of_one_to_four_are_not_told_and_do_not_follow_from_p() -> None:
    rows = [(1, "a", 4, 40), (2, "a", 5, 2), (3, "a", 0, 30), (4, "a", 9, 9)]
    found = hot_topics(_counts(rows), _totals(a=(100, 100))).set_index("topic")
    assert found["hidden"].to_dict() == {1: True, 2: False, 3: False, 4: False}
    assert found["now"].isna().to_dict() == {1: True, 2: False, 3: False, 4: False}
    assert found["before"].isna().to_dict() == {1: False, 2: True, 3: False, 4: False}
    assert found["p"].isna().to_dict() == {1: True, 2: True, 3: False, 4: False}
    assert found["trend"].to_dict() == {1: "fading", 2: "steady", 3: "fading", 4: "steady"}


def test_without_topics_there_is_a_frame_without_rows() -> None:
    found = hot_topics(_counts([]).astype({"now": int, "before": int}), _totals())
    assert found.empty and {"now", "before", "hidden", "p", "q", "trend"} <= set(found.columns)


def test_with_no_true_change_false_finds_stay_below_q() -> None:
    draw = np.random.default_rng(1995)
    share = draw.dirichlet(np.full(25, 0.8))
    wrong = []
    for _ in range(200):
        now, before = draw.multinomial(400, share), draw.multinomial(250, share)
        rows = [(i, "a", int(a), int(b)) for i, (a, b) in enumerate(zip(now, before, strict=True)) if a + b]
        found = hot_topics(_counts(rows), _totals(a=(400, 250)))
        wrong.append((found["trend"] != "steady").any())
    # With nothing true every find is false: the false discovery rate is the share of runs with a find.
    assert np.mean(wrong) <= 0.10


def test_with_some_true_changes_most_are_found_and_few_finds_are_false() -> None:
    draw = np.random.default_rng(7)
    base = np.full(20, 15.0)
    changed = base.copy()
    changed[:5] *= 4
    missed, false = [], []
    for _ in range(80):
        now, before = draw.poisson(changed), draw.poisson(base)
        rows = [(i, "a", int(a), int(b)) for i, (a, b) in enumerate(zip(now, before, strict=True))]
        # The rest of what is said keeps the volume's share.
        found = hot_topics(_counts(rows), _totals(a=(5000, 5000))).set_index("topic")["trend"]
        finds = {int(t) for t in found.index[found != "steady"]}
        missed.append(len(set(range(5)) - finds) / 5)
        false.append(len(finds - set(range(5))) / max(len(finds), 1))
    assert np.mean(missed) < 0.05 and np.mean(false) <= 0.10

"""Intervals, confusions, calibration and risk against coverage, on cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.text.evaluation import calibration_error, risk
from core.text.evaluation_detail import calibration, confusion, intervals, risk_coverage

TRUTH = ["a", "a", "a", "b", "b", "c"]
SAID = ["a", "a", "b", "b", "a", "c"]


def test_the_confusion_table_has_the_label_in_the_row() -> None:
    codes, table = confusion(TRUTH, SAID)
    assert codes == ["a", "b", "c"]
    assert table.tolist() == [[2, 1, 0], [1, 1, 0], [0, 0, 1]]


def test_calibration_bins_add_up_to_the_error() -> None:
    sure = np.array([0.95, 0.91, 0.55, 0.52, 0.51, 1.0])
    right = np.array([True, True, False, True, True, False])
    bins = calibration(sure, right)
    assert [(b.low, b.n) for b in bins] == [(0.5, 3), (0.9, 3)]
    # By hand: (0.55 + 0.52 + 0.51) / 3 = 0.52667 against 2/3; (0.95 + 0.91 + 1) / 3 = 0.95333 against 2/3.
    assert bins[0].probability == pytest.approx(0.526667, abs=1e-6) and bins[0].right == pytest.approx(2 / 3)
    assert bins[1].probability == pytest.approx(0.953333, abs=1e-6)
    total = sum(b.n * abs(b.probability - b.right) for b in bins) / 6
    assert total == pytest.approx(calibration_error(sure, right))


def test_the_surest_are_kept_first() -> None:
    sure = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
    right = np.array([True] * 8 + [False] * 2)
    found = dict(risk_coverage(sure, right))
    assert found[1.0] == pytest.approx(0.8) and found[0.9] == pytest.approx(8 / 9) and found[0.8] == 1.0
    assert 1 - found[0.8] == pytest.approx(risk(sure, right))


def planted(random: np.random.Generator, hands: int, each: int) -> tuple[list[str], list[str], list[str]]:
    """Comments of hands that differ: each is read right with a share of its own, 0.8 on average."""
    truth, said, names = [], [], []
    for hand in range(hands):
        share = random.beta(16, 4)
        for _ in range(each):
            label = "ab"[random.integers(2)]
            truth.append(label)
            said.append(label if random.random() < share else "ba"["ab".index(label)])
            names.append(str(hand))
    return truth, said, names


def test_intervals_over_hands_cover_what_holds_for_all_hands() -> None:
    random, covered, runs = np.random.default_rng(7), 0, 200
    for _ in range(runs):
        found = intervals(*planted(random, 30, 40), times=200).accuracy
        covered += found.low is not None and found.high is not None and found.low <= 0.8 <= found.high
    # A percentile interval over 30 clusters covers a little less than 95 %.
    assert 0.88 <= covered / runs <= 0.99


def test_drawing_single_comments_is_said_and_narrower() -> None:
    truth, said, names = planted(np.random.default_rng(7), 30, 40)
    wide, narrow = intervals(truth, said, names), intervals(truth, said, ["one"] * len(truth))
    assert wide.by_hand and not narrow.by_hand

    def width(found: tuple[float | None, float | None]) -> float:
        return (found[1] or 0) - (found[0] or 0)

    assert width(wide.accuracy) > width(narrow.accuracy)


def test_the_same_data_give_the_same_intervals() -> None:
    hands = [str(i) for i in range(6)]
    assert intervals(TRUTH, SAID, hands) == intervals(TRUTH, SAID, hands)


def test_an_area_never_named_has_no_precision() -> None:
    found = intervals(["a", "b"] * 10, ["a", "a"] * 10, ["x"] * 20)
    assert found.areas["b"]["precision"] == (None, None)
    assert found.areas["b"]["recall"] == (0.0, 0.0)

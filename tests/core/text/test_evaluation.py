"""Figures of readings beside labels, against values computed by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from core.text.evaluation import calibration_error, evaluate, macro_f1, of_areas, risk
from core.text.reading import Reading

LABELS = pd.DataFrame(
    [
        ("facilities", "elderly", "neg", "complaint", False),
        ("facilities", "", "neg", "need", True),
        ("elderly", "health;family", "neu", "need", True),
        ("other", "", "pos", "praise", False),
    ],
    columns=["area_primary", "areas_secondary", "sentiment", "intent", "urgent"],
)
READINGS = [
    Reading("facilities", ("elderly",), 0.95, "neg", "complaint", False, False),
    Reading("safety", (), 0.35, "neg", "need", True, True),
    Reading("elderly", ("health", "safety"), 0.85, "neu", "need", False, False),
    Reading("other", (), 0.75, "pos", "praise", True, False),
]
TWO = [("facilities", "safety"), ("safety", "facilities"), ("elderly", "health"), ("other", "health")]


def test_the_figures_of_four_comments_by_hand() -> None:
    found = evaluate(LABELS, READINGS, TWO)
    assert (found.n, found.accuracy, found.top_2, found.abstained) == (4, 0.75, 1.0, 0.25)
    # facilities 2/3 (one of two found), elderly 1, other 1, safety 0 (said once, never right).
    assert found.macro_f1 == pytest.approx((2 / 3 + 1 + 1 + 0) / 4)
    assert (found.sentiment_macro_f1, found.intent_macro_f1) == (1.0, 1.0)
    assert (found.urgent_recall, found.urgent_precision) == (0.5, 0.5)
    # 2 of 3 wanted secondary areas named, 3 named: 2·2 / (3 + 3).
    assert found.secondary_micro_f1 == pytest.approx(2 / 3)
    # Each in a bin of its own: |.95−1| + |.35−0| + |.85−1| + |.75−1|, over four.
    assert found.ece == pytest.approx((0.05 + 0.35 + 0.15 + 0.25) / 4)
    assert found.areas["safety"].recall is None and found.areas["safety"].precision == 0
    assert (found.areas["facilities"].precision, found.areas["facilities"].recall) == (1.0, 0.5)


def test_the_least_sure_fifth_is_left_to_a_person() -> None:
    sure, right = np.array([0.9, 0.1, 0.8, 0.7, 0.6]), np.array([True, False, True, False, True])
    assert risk(sure, right) == pytest.approx(1 / 4)


def test_probabilities_that_hold_have_no_calibration_error() -> None:
    assert calibration_error(np.array([0.5, 0.5, 1.0]), np.array([True, False, True])) == 0


def test_nothing_to_evaluate_has_no_figures() -> None:
    found = evaluate(LABELS[:0], [], [])
    assert (found.n, found.accuracy, found.macro_f1, found.ece, found.risk, found.areas) == (
        0, None, None, None, None, {},
    )  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1, max_size=40))
def test_macro_f1_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    truth, said = [a for a, _ in pairs], [b for _, b in pairs]
    assert macro_f1(truth, said) == pytest.approx(f1_score(truth, said, average="macro", zero_division=0))
    assert sum(area.n for area in of_areas(truth, said).values()) == len(pairs)

"""Krippendorff's α against the worked examples of Krippendorff (2011), to the digits printed there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.analysis.agreement import by_reviewer, krippendorff_alpha
from core.words import say

FOUR = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def read(*reviewers: str) -> pd.DataFrame:
    """One reviewer a line, one unit a character; a dot is a unit they have not read."""
    rows = [
        (unit, reviewer, None if code == "." else code)
        for reviewer, codes in enumerate(reviewers)
        for unit, code in enumerate(codes)
    ]
    return pd.DataFrame(rows, columns=["comment_id", "reviewer", "area"])


def test_two_observers_binary() -> None:
    """Six of ten pairs match: n = 20, Σ = 12, n₀ = 14, n₁ = 6: 1 − 19 × 8 / (400 − 196 − 36) = .0952."""
    found = krippendorff_alpha(read("0100000010", "1110010000"))
    assert found.alpha == pytest.approx(1 - 19 * 8 / 168)
    assert f"{found.alpha:.3f}" == "0.095"
    assert (found.units, found.reviewers, found.judgements) == (10, 2, 20)


def test_two_observers_nominal() -> None:
    """Nine of twelve pairs match; values a 4, b 6, c 6, d 6, e 2: 1 − 23 × 6 / (576 − 128) = .692."""
    found = krippendorff_alpha(read("aabbdcccedda", "babbbccceddd"))
    assert f"{found.alpha:.3f}" == "0.692"


def test_four_observers_with_missing_data() -> None:
    """40 values in pairs (unit 12 has one): 9, 13, 10, 5, 3; Σ = 32: 1 − 39 × 8 / (1600 − 384) = .743."""
    found = krippendorff_alpha(read(*FOUR))
    assert found.alpha == pytest.approx(1 - 39 * 8 / 1216)
    assert f"{found.alpha:.3f}" == "0.743"
    assert (found.units, found.reviewers, found.judgements) == (11, 4, 40)
    assert found.low is not None
    assert found.high is not None
    assert 0.3 < found.low < found.alpha < found.high <= 1
    assert found == krippendorff_alpha(read(*FOUR))


def test_perfect_agreement_is_one_and_chance_is_about_nought() -> None:
    same = krippendorff_alpha(read("abcabcabca", "abcabcabca"))
    assert (same.alpha, same.low, same.high) == (1.0, 1.0, 1.0)
    random = np.random.default_rng(1)
    guesses = ["".join(random.choice(list("abcd"), 3000)) for _ in range(3)]
    assert krippendorff_alpha(read(*guesses), draws=50).alpha == pytest.approx(0, abs=0.03)
    assert (krippendorff_alpha(read("abab", "baba")).alpha or 0) < 0


def test_where_there_is_nothing_to_compare_it_says_so() -> None:
    nobody = krippendorff_alpha(read("abc", "...")[:0])
    assert (nobody.alpha, nobody.units, nobody.why) == (None, 0, say("honest.few_reviewers"))
    alone = krippendorff_alpha(read("ab..", "..ab"))
    assert (alone.alpha, alone.why) == (None, say("honest.few_reviewers"))
    one_value = krippendorff_alpha(read("aaa", "aaa"))
    assert (one_value.alpha, one_value.units, one_value.why) == (None, 3, say("honest.one_area"))


def test_two_labels_of_one_reviewer_on_one_comment_are_refused() -> None:
    twice = pd.concat([read("ab", "ab"), read("b.")])
    with pytest.raises(ValueError, match="one label"):
        krippendorff_alpha(twice)


def given(*labels: tuple[int, str, str]) -> pd.DataFrame:
    """Labels in the order given, as (comment, reviewer, area)."""
    return pd.DataFrame(labels, columns=["comment_id", "reviewer", "area"])


def test_each_reviewer_is_compared_with_the_one_who_read_first() -> None:
    """Of 1 the first three read, b as a did; 2 was read twice, apart; 3 and 4 by one alone."""
    found = by_reviewer(
        given(
            (1, "a", "x"), (2, "b", "x"), (1, "b", "x"), (3, "a", "x"), (2, "a", "y"), (1, "c", "y"),
            (4, "c", "x"),
        )
    )  # fmt: skip
    assert found.to_numpy().tolist() == [["a", 3, 2, 1], ["b", 2, 2, 1], ["c", 2, 1, 0]]


def test_where_nobody_read_there_is_no_reviewer() -> None:
    assert by_reviewer(given()).columns.tolist() == ["reviewer", "n", "both", "same"]
    assert not len(by_reviewer(given()))

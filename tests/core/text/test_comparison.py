"""Two versions side by side: counted by hand, and when the new one may read."""

from __future__ import annotations

import pandas as pd
import pytest

from core.text.comparison import Comparison, chance_of, compare, verdict
from core.text.reading import Reading


def _readings(said: str, urgent: str) -> list[Reading]:
    areas = {"e": "elderly", "s": "safety", "c": "culture"}
    return [
        Reading(areas[a], (), 0.9, "neu", "need", u == "1", False) for a, u in zip(said, urgent, strict=True)
    ]


def test_both_versions_are_counted_on_the_same_comments() -> None:
    areas = ["elderly", "elderly", "safety", "safety", "culture"]
    labels = pd.DataFrame({"area_primary": areas, "urgent": [False, False, True, True, False]})
    found = compare(labels, _readings("eessc", "00110"), _readings("escsc", "10010"))
    assert (found.n, found.old_right, found.new_right) == (5, 5, 3)
    assert (found.only_old, found.only_new) == (2, 0)
    assert (found.urgent, found.old_urgent, found.new_urgent) == (2, 2, 1)
    # New, by hand: elderly 2·1/(2+1), safety 2·1/(2+2), culture 2·1/(1+2).
    assert found.old_macro_f1 == 1
    assert found.new_macro_f1 == pytest.approx((2 / 3 + 1 / 2 + 2 / 3) / 3)


def test_nothing_to_compare_is_no_figure() -> None:
    found = compare(pd.DataFrame({"area_primary": [], "urgent": []}), [], [])
    assert found == Comparison()


# McNemar's exact test, one-sided, by hand: 5 of 5 is 1/32; 6 of 7 is (7 + 1) / 128; 0 of 3 is certain.
@pytest.mark.parametrize(("b", "c", "p"), [(5, 0, 1 / 32), (6, 1, 8 / 128), (0, 3, 1.0), (0, 0, 1.0)])
def test_chance_of_looking_so_bad(b: int, c: int, p: float) -> None:
    assert chance_of(b, c) == pytest.approx(p)


@pytest.mark.parametrize(
    ("found", "changed", "expected"),
    [
        (Comparison(n=29, new_right=29), True, ("adopted", "data_changed")),
        (Comparison(n=29, new_right=29), False, ("candidate", "too_few")),
        (Comparison(n=30, old_right=25, new_right=25), False, ("adopted", "not_worse")),
        (Comparison(n=30, old_right=25, new_right=27, only_new=2), False, ("adopted", "not_worse")),
        (Comparison(n=30, old_right=25, new_right=20, only_old=5), True, ("rejected", "worse")),
        (Comparison(n=30, old_right=25, new_right=21, only_old=4), True, ("candidate", "within_noise")),
        (Comparison(n=30, old_right=9, new_right=20, urgent=3, old_urgent=3, new_urgent=2), False,
         ("candidate", "misses_urgent")),
        (Comparison(n=900, old_right=800, new_right=700, only_old=100, urgent=9, new_urgent=9), True,
         ("rejected", "worse")),
    ],
)  # fmt: skip
def test_the_verdict(found: Comparison, changed: bool, expected: tuple[str, str]) -> None:
    assert verdict(found, data_changed=changed) == expected

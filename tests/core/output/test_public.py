"""What goes before the public: whole community only, nothing hidden told, the most wanted first."""

from __future__ import annotations

import pandas as pd

from core.output.public import public_rows

ROWS = [
    # need, area, grid, base, n, share, persons, low, high
    ("elderly", "elderly", None, 1170, 590, 0.9349, 1094, 1068, 1114),
    ("E8", "elderly", None, 1170, 590, 0.163549, 191, 159, 229),
    ("E1", "elderly", None, 1170, 590, 0.275134, 322, 284, 363),
    ("E1", "elderly", 3, 387, 80, 0.62, 240, 200, 270),
    ("C8", "children_youth", None, None, None, None, None, None, None),
]


def _estimates() -> pd.DataFrame:
    columns = ["need", "area", "grid", "base", "n", "share", "persons", "low", "high"]
    frame = pd.DataFrame(ROWS, columns=columns).assign(age_band=None, sex=None)
    whole = dict.fromkeys(["grid", "base", "n", "persons", "low", "high", "age_band", "sex"], "Int64")
    return frame.astype(whole | {"share": "Float64"})


def test_only_need_items_of_the_whole_community_are_told_the_most_wanted_first() -> None:
    assert [row["need"] for row in public_rows(_estimates())] == ["E1", "E8", "C8"]


def test_figures_are_plain_numbers_and_hidden_ones_null() -> None:
    first, _, last = public_rows(_estimates())
    assert first == {
        "need": "E1", "area": "elderly", "base": 1170, "n": 590, "share": 0.2751, "persons": 322,
        "low": 284, "high": 363,
    }  # fmt: skip
    assert last == {
        "need": "C8", "area": "children_youth", "base": None, "n": None, "share": None, "persons": None,
        "low": None, "high": None,
    }  # fmt: skip

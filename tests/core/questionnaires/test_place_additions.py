"""The words beside a place: kept while its building is unknown, short, without numbers that identify."""

from __future__ import annotations

from typing import Any

import pytest

from core.questionnaires.answers import check
from core.questionnaires.load import load_shipped

NEEDS = load_shipped("needs-v1")


def _kept(words: Any, **place: Any) -> dict[str, Any]:
    found = check(NEEDS, {"consent": 1, "who": 1, "grid_other": words, **place}, short=True)
    return {code: value for code, value in found.answers.items() if code.startswith("grid")}


def test_words_stand_in_for_a_place_that_was_not_chosen() -> None:
    assert _kept("菜市场后面") == {"grid_other": "菜市场后面"}
    assert _kept("菜市场后面", grid={"grid": 0, "building": 0}) == {"grid_other": "菜市场后面"}
    assert _kept("红砖楼", grid={"grid": 3}) == {"grid": {"grid": 3}, "grid_other": "红砖楼"}


def test_beside_a_building_nobody_needs_them() -> None:
    assert _kept("红砖楼", grid={"grid": 3, "building": 5}) == {"grid": {"grid": 3, "building": 5}}


@pytest.mark.parametrize("nothing", ["", "  \n", None, 5, ["a"], "\0"])
def test_nothing_written_is_nothing_kept(nothing: Any) -> None:
    assert _kept(nothing) == {}


def test_they_are_cleaned_redacted_and_cut() -> None:
    assert _kept("红砖楼\0 13800000000") == {"grid_other": "红砖楼 〔已隐去〕"}
    assert _kept("楼" * 61) == {"grid_other": "楼" * 60}


def test_checking_what_was_kept_once_more_keeps_the_same() -> None:
    kept = _kept("红砖楼 13800000000" + "楼" * 60)
    assert _kept(kept["grid_other"]) == kept

"""Weighted log-odds against a hand-computed example; what marks a group and what does not."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from core.analysis.keywords import COLUMNS, keywords, log_odds


def test_log_odds_and_z_are_those_worked_out_by_hand() -> None:
    # Two words; the group said them 8 and 2 times, the others 3 and 7; prior 1 and 1.
    delta, z = log_odds(np.array([8.0, 2.0]), np.array([3.0, 7.0]), np.array([1.0, 1.0]))
    # ln(9 / 3) − ln(4 / 8) = ln 6; variance 1 / 9 + 1 / 4.
    assert delta == pytest.approx([math.log(6), -math.log(6)])
    assert z == pytest.approx(
        [math.log(6) / math.sqrt(1 / 9 + 1 / 4), -math.log(6) / math.sqrt(1 / 3 + 1 / 8)]
    )
    assert z[0] == pytest.approx(2.981667, abs=1e-5)


def _frames(said: dict[str, dict[str, int]], rest: dict[str, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [(group, word, n) for group, words in said.items() for word, n in words.items()]
    counts = pd.DataFrame(rows, columns=["group", "word", "n"])
    both = pd.concat([counts[["word", "n"]], pd.DataFrame(rest.items(), columns=["word", "n"])])
    return counts, both.groupby("word")["n"].sum().reset_index()


def test_a_word_everybody_says_marks_nobody_however_frequent() -> None:
    said = {"elderly": {"社区": 90, "助餐": 25}, "facilities": {"社区": 300, "电梯": 60}}
    found = keywords(*_frames(said, {"社区": 200}))
    assert found.groupby("group")["word"].agg(list).to_dict() == {"elderly": ["助餐"], "facilities": ["电梯"]}
    assert list(found.columns) == COLUMNS


def test_a_word_of_a_few_comes_after_one_of_many_although_only_the_group_said_it() -> None:
    said = {"elderly": {"助餐": 60, "麻将": 6}, "facilities": {"助餐": 4, "电梯": 80}}
    found = keywords(*_frames(said, {"其他": 300}))
    elderly = found[found["group"] == "elderly"]
    assert elderly["word"].tolist()[0] == "助餐"
    assert set(elderly["word"]) <= {"助餐", "麻将"} and (elderly["z"] >= 1.96).all()


def test_figures_follow_from_counts_prior_and_rest() -> None:
    found = keywords(*_frames({"g": {"甲": 20, "乙": 10}}, {"甲": 10, "乙": 60}), prior_words=100)
    # All: 甲 30, 乙 70 of 100; so is the prior. Elsewhere 10 and 60.
    row = found.iloc[0]
    delta = math.log((20 + 30) / (10 + 70)) - math.log((10 + 30) / (60 + 70))
    assert (row["word"], row["n"]) == ("甲", 20)
    assert row["log_odds"] == pytest.approx(delta) and row["ratio"] == pytest.approx(math.exp(delta))
    assert row["z"] == pytest.approx(delta / math.sqrt(1 / 50 + 1 / 40))


def test_words_of_fewer_than_five_voices_are_told_of_no_group() -> None:
    counts, everywhere = _frames({"g": {"甲": 4, "乙": 5}}, {"丙": 400})
    found = keywords(counts, everywhere, prior_words=10)
    assert found["word"].tolist() == ["乙"]


def test_at_most_so_many_words_a_group_and_none_without_comments() -> None:
    said = {"g": {f"词{i}": 20 + i for i in range(20)}}
    assert len(keywords(*_frames(said, {"其他": 2000}), most=7)) == 7
    assert keywords(*_frames({}, {})).empty

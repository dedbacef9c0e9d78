"""A stored sheet in words: labels for codes, names for places, rows of a matrix each by itself."""

from __future__ import annotations

from core.questionnaires.load import load_shipped
from pages.parts.questions import Places
from pages.plain.in_words import Told, in_words

NEEDS = load_shipped("needs-v1")
PLACES = Places([(7, "第三网格")], {7: [(71, "5号楼")]})


def told(answers: dict[str, object], *texts: str) -> list[Told]:
    return in_words(NEEDS, answers, texts, places=PLACES)


def test_rows_of_a_matrix_are_told_one_by_one() -> None:
    found = told({"imp_2": 5, "imp_4": 8})
    assert found == [
        Told("下面这些，对您重要吗？（服务的数量和次数）", "非常重要"),
        Told("下面这些，对您重要吗？（服务态度）", "不清楚"),
    ]


def test_a_place_is_told_by_its_names_and_one_that_is_not_known_as_such() -> None:
    for given, words in (
        ({"grid": 7, "building": 71}, "第三网格 5号楼"), ({"grid": 7}, "第三网格"), ({}, "不清楚"),
        ({"grid": 99}, "不清楚"),
    ):  # fmt: skip
        assert told({"grid": given}) == [Told("住在哪里？", words)]


def test_a_place_in_words_is_told_as_it_was_written() -> None:
    assert told({"grid_other": "菜场对面"}) == [Told("住在哪里？", "不清楚：菜场对面")]


def test_words_answer_the_open_question_and_a_code_nobody_knows_is_not_kept_back() -> None:
    assert told({"sex": 5}, "灯坏了")[0] == Told("性别", "5")
    assert told({}, "灯坏了") == [Told(NEEDS.by_code["open"].text, "灯坏了")]
    assert told({}) == []

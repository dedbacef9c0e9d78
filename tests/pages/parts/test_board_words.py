"""看回应 in words: ranges, hidden figures, answers with and without what is missing, both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.queries.board import ComingActivity, PublishedAnswer, PublishedResult
from core.queries.topics import PublicTopic
from core.words import speaking
from pages.parts import board_words

AT = datetime(2026, 10, 8, 4, tzinfo=UTC)
GIVEN = PublishedAnswer(
    "elderly", "第 3 网格设助餐点", 37, "doing", "正在量水电", "居委会", date(2026, 11, 1), AT
)
COMING = ComingActivity(
    1, "健步走", "culture", AT, "小广场", 20, "walk", needs_contact=False, enrolled=17, waiting=0
)


def test_a_figure_is_told_with_its_range_and_what_it_rests_on() -> None:
    row = {"need": "E1", "n": 590.0, "persons": 319.4, "low": 281.6, "high": 1358.2}
    item = board_words.figure(row, {"E1": "助餐"})
    assert item == ("助餐", ("大约 282–1,358 人需要", "590 人回答了这一题"))


@pytest.mark.parametrize("hidden", [{"n": None, "persons": 3}, {"n": 40, "persons": None}])
def test_a_hidden_figure_says_only_that_it_is_hidden(hidden: dict[str, int | None]) -> None:
    row = {"need": "E9", "low": 1, "high": 4} | hidden
    assert board_words.figure(row, {}) == ("E9", ("人数太少，不显示，保护隐私",))


def test_figures_are_of_the_whole_community_the_most_needed_first() -> None:
    rows = [
        {"need": "E1", "persons": 10},
        {"need": "E2", "persons": None},
        {"need": "E3", "persons": 90},
        {"need": "E3", "persons": 90, "grid": "g1"},
        {"need": None, "persons": 99},
    ]
    result = PublishedResult(1, "秋", 1, "", AT, rows)
    assert [row["need"] for row in board_words.figure_rows(result)] == ["E3", "E1", "E2"]


def test_an_answer_tells_how_many_its_state_why_who_and_until_when() -> None:
    assert board_words.answer(GIVEN) == (
        "第 3 网格设助餐点",
        (
            "37 位居民提到",
            "正在办（2026 年 10 月 8 日）",
            "正在量水电",
            "负责：居委会",
            "预计 2026 年 11 月 1 日 前",
        ),
    )


def test_what_an_answer_lacks_leaves_no_line_and_few_voices_are_not_told() -> None:
    bare = replace(GIVEN, topic="", voices=4, reason="", owner="", due_on=None)
    assert board_words.answer(bare) == ("老年人服务", ("正在办（2026 年 10 月 8 日）",))
    assert board_words.answer(replace(bare, voices=5)).lines[0] == "5 位居民提到"


@pytest.mark.parametrize(
    ("capacity", "told"), [(20, "还有 3 个名额"), (17, "名额已满"), (9, "名额已满"), (None, "不限名额")]
)
def test_an_activity_tells_when_where_and_how_many_places(capacity: int | None, told: str) -> None:
    item = board_words.activity(replace(COMING, capacity=capacity))
    assert item == ("健步走", ("2026 年 10 月 8 日 12:00　小广场", told))


def test_a_topic_is_its_title_and_its_voices() -> None:
    assert board_words.topic(PublicTopic(1, "facilities", "电梯常坏", 1205)) == (
        "电梯常坏",
        ("1,205 位居民提到",),
    )


def test_in_english_areas_and_states_have_their_names() -> None:
    with speaking("en"):
        assert board_words.area_name("culture") == "culture and sports"
        assert "Under way" in board_words.answer(GIVEN).lines[1]

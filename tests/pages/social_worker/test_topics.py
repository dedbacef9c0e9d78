"""The topics' screen: what is said most, what is hidden, titles as a person gives them, words, for whom."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from sqlalchemy import delete, select
from sqlmodel import col
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.accounts import create_account, sign_in
from core.actions.topic_titles import merge_topics
from core.actions.topics import rebuild_topics
from core.settings import ROOT
from models.base import now
from models.topic import CommentTopic, Topic
from pages.parts import gate
from pages.parts.topic_merging import merging
from tests.core import topic_book
from tests.core.topic_book import LAMP, LIFT, TopicBook

PASSWORD = "long-enough-1"
Open = Callable[..., AppTest]
QUIET = ("小区很安静", "物业很好", "保安负责", "花园漂亮", "环境不错", "喜欢住在这里", "邻居和气", "楼道干净")


@pytest.fixture
def book(sqlite_record: Path, quick_hashes: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[TopicBook]:
    """Six of this week about the lift, none before; four about lamps; texts are said up to today."""
    st.cache_resource.clear()
    monkeypatch.setattr(topic_book, "NOON", now() - timedelta(minutes=1))
    made = TopicBook()
    with database.writing() as session:
        for role in ("committee", "social_worker", "purchaser"):
            here = [(role, "community", made.here)]
            create_account(session, name=role, display=f"{role}的姓名", password=PASSWORD, roles=here)
    yield made
    st.cache_resource.clear()


@pytest.fixture
def open_as(book: TopicBook, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Find the topics, and open the screen as one of the accounts."""

    def _open(name: str = "social_worker") -> AppTest:
        rebuild_topics(book.here)
        token = sign_in(name, PASSWORD) if name else None
        monkeypatch.setattr(gate, "current_token", lambda: token)
        path = ROOT / "pages" / "social_worker" / "topics.py"
        return AppTest.from_file(str(path), default_timeout=30).run()

    return _open


def _told(screen: AppTest) -> str:
    assert not screen.exception, screen.exception
    return html.unescape("\n".join(getattr(one.proto, "body", "") or "" for one in screen.get("html")))


def _press(screen: AppTest, topic_id: int, what: str) -> AppTest:
    (found,) = [
        one
        for one in screen.button
        if str(one.key).startswith(f"topic-{topic_id}-") and str(one.key).endswith(f"-{what}")
    ]
    return found.click().run()


def _title(screen: AppTest, topic_id: int, title: str) -> AppTest:
    (box,) = [one for one in screen.text_input if str(one.key).startswith(f"topic-{topic_id}-")]
    box.set_value(title)
    return _press(screen, topic_id, "save")


def _topic(word: str) -> Topic:
    with database.reading() as session:
        found = [one for one in session.scalars(select(Topic)) if word in one.words]
        session.expunge_all()
    return found[0]


def test_before_anything_was_said_it_says_so_and_what_comes(open_as: Open) -> None:
    told = _told(open_as())
    assert "还没有 5 人以上都说到的主题" in told and "这段时间还没有归出主题" in told and "<table" not in told


def test_the_topic_most_spoken_of_is_on_top_and_four_are_no_number(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT)
    book.says(*LAMP)
    told = _told(open_as())
    assert "公共设施" in told and "近 90 天有 6 人说到" in told and "说得最多的是“电梯" in told
    cells = [row.split("<td")[1:] for row in told.split("<tr>")[2:]]
    counts = {row[0].split("、")[0].split(">")[1]: row[2] for row in cells}
    assert any("6" in cell for cell in counts.values()) and any("不到 5" in cell for cell in counts.values())
    assert "不到 5 人说到" in told and "4 人说到" not in told and ">4<" not in told
    assert any(said in told for said in LIFT) and "待起标题" in told and "原文" not in told


def test_how_many_say_the_same_is_a_number_from_five_on(book: TopicBook, open_as: Open) -> None:
    book.says(*["电梯又坏了没人修"] * 5)
    told = _told(open_as())
    assert "另有几条差不多的" in told and "另有 4" not in told
    st.cache_resource.clear()
    book.says(*["电梯又坏了没人修"] * 2)
    assert "另有 6 条差不多的" in _told(open_as())


def test_a_difference_chance_could_make_is_no_change(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT, *QUIET)
    book.says(*LIFT[:5], *QUIET, days_ago=120)
    told = _told(open_as())
    assert "没有明显变化" in told and "增多" not in told and "新出现" not in told


def test_a_change_beyond_chance_is_told(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT * 2, *QUIET * 2)
    book.says(*QUIET * 2, days_ago=120)
    # 12 of 28 voices now and none of 16 before: p = (28 / 44) ** 12 = 0.004, far below one in ten.
    assert "<b>新出现</b>" in _told(open_as())


def test_the_period_decides_what_counts(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT, days_ago=45)
    screen = open_as()
    assert "近 90 天有 6 人说到" in _told(screen) and screen.text_input
    days = next(one for one in screen.selectbox if one.key == "topics.days")
    screen = days.set_value(30).run()
    told = _told(screen)
    assert "近 30 天还没有" in told and "没有可比的时期" in told and not screen.text_input


def test_another_area_shows_its_own_topics(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT, *LIFT[:2])
    book.says(*LAMP, *LAMP, area="safety")
    screen = open_as()
    area = next(one for one in screen.selectbox if one.key == "topics.area")
    options = list(area.options)
    assert len(options) == len(set(options)) and "电梯" in _told(screen)
    told = _told(area.set_value("safety").run())
    assert "路灯" in told and "电梯" not in told


def test_a_title_is_saved_with_who_gave_it_and_shown(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT)
    screen = open_as()
    lift = _topic("电梯")
    screen = _title(screen, lift.id or 0, "电梯常坏")
    assert "标题已保存" in screen.success[0].value and "说得最多的是“电梯常坏”" in _told(screen)
    saved = _topic("电梯")
    assert (saved.title, saved.state) == ("电梯常坏", "approved") and saved.titled_by


@pytest.mark.parametrize(
    ("title", "why"), [(" ", "请给主题起一个标题"), ("电梯" * 11, "太长了"), (LIFT[2], "一位居民的原话")]
)
def test_a_title_that_cannot_be_is_told_with_what_to_do(
    book: TopicBook, open_as: Open, title: str, why: str
) -> None:
    book.says(*LIFT)
    screen = open_as()
    screen = _title(screen, _topic("电梯").id or 0, title)
    assert why in _told(screen) and _topic("电梯").title == ""


def test_a_topic_is_hidden_and_comes_back(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT)
    screen = open_as()
    lift = _topic("电梯").id or 0
    screen = _press(screen, lift, "hide")
    assert _topic("电梯").state == "hidden" and "不再给居民看" in screen.success[0].value
    screen = _press(screen, lift, "restore")
    assert _topic("电梯").state == "found" and "已恢复" in screen.success[0].value


def _unfold(screen: AppTest) -> AppTest:
    return screen.toggle(key="topics.merge").set_value(True).run()


def _choose(screen: AppTest, which: str, topic_id: int) -> None:
    (found,) = [one for one in screen.selectbox if str(one.key).endswith(f"-{which}")]
    found.set_value(topic_id)


def _push(screen: AppTest, what: str) -> AppTest:
    (found,) = [
        one
        for one in screen.button
        if str(one.key).startswith("topic-merge-") and str(one.key).endswith(f"-{what}")
    ]
    return found.click().run()


def _merge(screen: AppTest, one: int, into: int) -> AppTest:
    _choose(screen, "this", one)
    _choose(screen, "into", into)
    return _push(screen, "save")


def test_two_topics_are_said_to_be_one_matter_and_parted_again(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT)
    book.says(*LAMP)
    screen = _unfold(open_as())
    lift, lamp = (_topic(word).id or 0 for word in ("电梯", "路灯"))
    screen = _title(screen, lift, "楼里设施")
    screen = _merge(screen, lamp, lift)
    told = _told(screen)
    assert "合并，留下“楼里设施”" in screen.success[0].value and len(screen.success) == 1
    assert "近 90 天有 10 人说到" in told and "并入了：路灯" in told and "不到 5 人说到" not in told
    assert (_topic("路灯").state, _topic("路灯").merged_into_id) == ("merged", lift)
    (which,) = [one for one in screen.selectbox if str(one.key).endswith("-which")]
    assert len(which.options) == 1 and which.options[0].endswith(" → 楼里设施")
    screen = _push(screen, "part")
    told = _told(screen)
    assert "又单独算一个主题" in screen.success[0].value and _topic("路灯").state == "found"
    assert "近 90 天有 6 人说到" in told and "并入了" not in told


def test_it_is_told_that_the_topic_kept_has_no_title_yet(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT)
    book.says(*LAMP)
    screen = _unfold(open_as())
    screen = _merge(screen, _topic("路灯").id or 0, _topic("电梯").id or 0)
    assert "留下的主题还没有标题" in screen.success[1].value


def test_what_cannot_be_merged_is_told_with_what_to_do(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT)
    book.says(*LAMP)
    screen = _unfold(open_as())
    lift, lamp = (_topic(word).id or 0 for word in ("电梯", "路灯"))
    assert "请在两个框里各选一个主题" in _told(_push(screen, "save"))
    screen = _merge(screen, lift, lift)
    assert "两个框里是同一个主题" in _told(screen)
    screen = screen.run()
    with database.writing() as session:
        session.execute(delete(CommentTopic).where(col(CommentTopic.topic_id) == lamp))
        session.delete(session.get_one(Topic, lamp))
    screen = _merge(screen, lamp, lift)
    assert "没有找到这个主题" in _told(screen) and not screen.success
    # The next run no longer offers what is gone: one topic is left, and nothing to merge it with.
    assert not screen.run().toggle


def test_only_what_is_of_the_area_looked_at_is_offered(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT * 2)
    book.says(*LAMP, "停水两天了", "停水也不说一声", "又停水", area="safety")
    rebuild_topics(book.here)
    with database.writing() as session:
        where = {"community_id": book.here, "by": book.clerk}
        merge_topics(session, _topic("停水").id or 0, _topic("路灯").id or 0, **where)
    screen = open_as()
    assert "说得最多的是“电梯" in _told(screen)
    assert not screen.toggle


def test_what_was_merged_can_be_parted_when_nobody_spoke_of_it_lately(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT, *LAMP, days_ago=500)
    rebuild_topics(book.here)
    with database.writing() as session:
        where = {"community_id": book.here, "by": book.clerk}
        merge_topics(session, _topic("路灯").id or 0, _topic("电梯").id or 0, **where)
    screen = open_as()
    area = next(one for one in screen.selectbox if one.key == "topics.area")
    screen = _push(_unfold(area.set_value("facilities").run()), "part")
    assert _topic("路灯").state == "found" and "又单独算一个主题" in screen.success[0].value


def test_two_topics_of_one_title_are_told_apart_in_the_list() -> None:
    columns = ["topic", "state", "title", "words"]
    rows = [
        (1, "approved", "电梯", "电梯、坏"),
        (2, "hidden", "电梯", "电梯、慢"),
        (3, "found", "", "停水、天"),
    ]
    found = merging(pd.DataFrame(rows, columns=columns), [])
    assert found.topics == {1: "电梯（电梯、坏）", 2: "电梯（电梯、慢）（不公开）", 3: "停水、天"}
    assert found.untitled == {3} and found.merged == found.inside == {}


def test_what_a_resident_wrote_is_read_and_never_obeyed(book: TopicBook, open_as: Open) -> None:
    book.says(*[f"电梯<script>alert({i})</script>坏" for i in range(6)])
    screen = open_as()
    raw = "\n".join(getattr(one.proto, "body", "") or "" for one in screen.get("html"))
    assert "<script>alert" not in raw and "&lt;script&gt;" in raw


def test_the_words_that_mark_an_area_are_drawn_with_their_table(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT * 5)
    book.says(*LAMP * 8, area="safety")
    screen = open_as()
    told = _told(screen)
    assert "最有特点的词是" in told and screen.get("vega_lite_chart") and "是其他意见的几倍" in told


@pytest.mark.parametrize("role", ["", "purchaser"])
def test_the_gate_is_shut_to_others(open_as: Open, role: str) -> None:
    screen = open_as(role)
    assert not screen.button and not screen.selectbox
    assert ("没有看这一页的权限" if role else "请先登录") in _told(screen)


def test_the_committee_may_too(book: TopicBook, open_as: Open) -> None:
    book.says(*LIFT)
    assert open_as("committee").text_input

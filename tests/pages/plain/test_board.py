"""/b: area by area what was said, answered, needed and is to come; nothing that is not public."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from starlette.testclient import TestClient

from core import database
from core.actions import round_cache
from core.actions.rounds import publish_snapshot
from models.base import now
from models.comment import AnswerToResidents, Comment
from models.programme import Activity, Enrolment
from models.taxonomy import AREA_LABELS
from models.topic import CommentTopic, Topic
from tests.core.conftest import Small, make_small

DAY = timedelta(days=1)


@pytest.fixture
def place(knock: Callable[..., TestClient]) -> Iterator[Small]:
    round_cache.forget()
    yield make_small()
    round_cache.forget()


@pytest.fixture
def phone(knock: Callable[..., TestClient], place: Small) -> TestClient:
    return knock()


def _add(*rows: Any) -> None:
    with database.writing() as session:
        session.add_all(rows)


def _activity(place: Small, code: str, area: str = "culture", days: float = 1, **fields: Any) -> None:
    _add(
        Activity(
            **{"code": code, "community_id": place.community, "name": f"活动{code}", "area": area,
               "starts_at": now() + days * DAY, "venue": "小广场"} | fields
        )
    )  # fmt: skip


def _answer(place: Small, area: str, topic: str, **fields: Any) -> None:
    _add(
        AnswerToResidents(
            **{"community_id": place.community, "area": area, "topic": topic, "state": "doing",
               "reason": "正在办", "answered_at": now(), "published": True} | fields
        )
    )  # fmt: skip


def _topic(place: Small, title: str, voices: int, state: str = "approved") -> None:
    with database.writing() as session:
        topic = Topic(
            community_id=place.community, area="facilities", state=state, title=title, words=["电梯"],
            centre={}, found_at=now(),
        )  # fmt: skip
        session.add(topic)
        session.flush()
        for _ in range(voices):
            said = Comment(
                community_id=place.community, channel="sentence", original="原话", redacted="电梯坏了原话",
                said_at=now() - DAY, received_at=now(), state="classified",
            )  # fmt: skip
            session.add(said)
            session.flush()
            id_ = said.id or 0
            session.add(CommentTopic(comment_id=id_, topic_id=topic.id or 0, nearness=1, repeats_id=id_))


def _section(page: str, area: str) -> str:
    found = re.search(rf'<section class="area" id="{area}".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def _sections(page: str) -> list[str]:
    return re.findall(r'<section class="area" id="(\w+)"', page)


def test_the_bought_areas_lead_and_are_there_even_when_nothing_is(phone: TestClient, place: Small) -> None:
    page = phone.get("/b").text
    assert _sections(page) == ["elderly", "children_youth", "culture"]
    for told in ("还没有公开的答复", "近期没有活动", "还没有 5 人以上都说到的事", "还没有公布的结果"):
        assert told in _section(page, "elderly")
    _activity(place, "clean", "environment")
    _answer(place, "facilities", "电梯维修")
    found = _sections(phone.get("/b").text)
    assert found == ["elderly", "children_youth", "culture", "environment", "facilities"]


def test_each_area_can_be_reached_by_its_anchor(phone: TestClient, place: Small) -> None:
    _answer(place, "health", "降压药缺货")
    page = phone.get("/b").text
    links = re.findall(r'<li><a href="#(\w+)">([^<]+)</a>', page)
    assert links == [(code, AREA_LABELS[code]) for code in _sections(page)]


def test_only_public_answers_stand_there_escaped(phone: TestClient, place: Small) -> None:
    _answer(place, "culture", "<b>加座椅</b>", reason="树根<script>alert(1)</script>", voices=37)
    _answer(place, "culture", "没公开的", published=False)
    found = _section(phone.get("/b").text, "culture")
    assert escape("<b>加座椅</b>") in found and escape("<script>") in found
    assert "<script" not in found and "没公开的" not in found and "37 位居民提到" in found


@pytest.mark.parametrize(("voices", "state"), [(5, "approved"), (4, "approved"), (9, "found"), (9, "hidden")])
def test_topics_need_a_title_and_five_voices_and_nobodys_words_are_shown(
    phone: TestClient, place: Small, voices: int, state: str
) -> None:
    _topic(place, "电梯常坏", voices, state)
    page = phone.get("/b").text
    assert ("电梯常坏" in _section(page, "facilities")) is (voices == 5 and state == "approved")
    assert "原话</" not in page and "电梯坏了原话" not in page


def test_the_last_published_round_is_told_with_ranges_in_its_areas(phone: TestClient, place: Small) -> None:
    rows = [
        {"need": "E1", "area": "elderly", "n": 590, "persons": 319, "low": 281.6, "high": 358.2},
        {"need": "E9", "area": "elderly", "n": None, "persons": None, "low": None, "high": None},
        {"need": "G6", "area": "environment", "n": 44, "persons": 90, "low": 60, "high": 131},
    ]
    with database.writing() as session:
        publish_snapshot(session, place.round, rows, "")
    page = phone.get("/b").text
    assert "调查结果：2026 年秋，" in page and "答的人越多越准" in page
    elderly = _section(page, "elderly")
    assert "助餐：有地方吃午饭" in elderly
    assert "大约 282–358 人需要" in elderly and "590 人回答了这一题" in elderly
    assert "人数太少，不显示，保护隐私" in elderly
    assert "大约 60–131 人需要" in _section(page, "environment")


def test_what_is_to_come_leads_to_its_sign_up(phone: TestClient, place: Small) -> None:
    _activity(place, "walk", capacity=2)
    _activity(place, "full", capacity=1)
    _activity(place, "far", days=61)
    _activity(place, "off", cancelled=True)
    with database.writing() as session:
        session.add(Enrolment(activity_id=2, enrolled_at=now()))
    page = phone.get("/b?c=t&g=1")
    found = _section(page.text, "culture")
    assert 'href="/b/join/walk?c=t&amp;g=1">我要报名<' in found and "还有 2 个名额" in found
    assert 'href="/b/join/full?c=t&amp;g=1">报候补<' in found and "名额已满" in found
    assert "活动far" not in page.text and "活动off" not in page.text


def test_three_are_shown_and_the_others_on_a_tap(phone: TestClient, place: Small) -> None:
    for i in range(5):
        _activity(place, f"a{i}", days=1 + i)
    found = _section(phone.get("/b").text, "culture")
    before, more = found.split("<details>")
    assert [f"活动a{i}</h4>" in before for i in range(5)] == [True, True, True, False, False]
    assert "其余 2 项" in more and "活动a4" in more


def test_how_the_data_are_handled_is_one_tap_away(phone: TestClient, place: Small) -> None:
    page = phone.get("/b?c=t").text
    assert 'href="/notice?c=t"' in page and 'href="/b/cancel?c=t"' in page


def test_another_communitys_things_stay_there(phone: TestClient, place: Small) -> None:
    from models.place import Community

    _add(Community(code="u", name="别的社区"))
    _add(
        AnswerToResidents(
            community_id=place.community + 1, area="culture", topic="别处的事", state="done",
            answered_at=now(), published=True,
        )
    )  # fmt: skip
    assert "别处的事" not in phone.get("/b").text
    assert "别处的事" in phone.get("/b?c=u").text


def test_it_is_short_and_needs_no_script(phone: TestClient, place: Small) -> None:
    answer = phone.get("/b")
    assert "<script" not in answer.text and answer.headers["cache-control"] == "no-store"
    assert len(answer.content) < 30_000


def test_an_empty_record_is_told(knock: Callable[..., TestClient]) -> None:
    answer = knock().get("/b")
    assert answer.status_code == 503 and "社区" in answer.text

"""The notice as a page, and the ways that lead to it: the first step of every questionnaire, every foot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from core import database
from core.actions import round_cache
from core.actions.rounds import publish_questionnaire
from core.notice import notice
from core.questionnaires.load import load_shipped
from core.settings import settings
from models.base import now
from models.place import Community
from models.programme import Activity
from models.questionnaire import Round
from tests.core.conftest import Small, make_small

LINK = '<a class="back" href="{}" target="_blank" rel="noopener">您的信息怎么用（打开新页面）</a>'


@pytest.fixture
def place(knock: Callable[..., TestClient]) -> Iterator[Small]:
    round_cache.forget()
    yield make_small()
    round_cache.forget()


@pytest.fixture
def phone(knock: Callable[..., TestClient], place: Small) -> TestClient:
    return knock()


def test_it_says_everything_with_this_communitys_name_phone_and_periods(
    phone: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINSHENG_CONTACT_DAYS", "90")
    monkeypatch.setenv("LINSHENG_DRAFT_DAYS", "7")
    settings.cache_clear()
    with database.writing() as session:
        session.execute(update(Community).values(phone="0531-88776655"))
    page = phone.get("/notice?c=t").text
    figures = {"community": "测试社区", "phone": "0531-88776655", "contact_days": 90, "draft_days": 7}
    told = notice(**figures)
    said = [*told.short, *(line for part in (*told.parts, *told.keeps) for line in part.lines)]
    said += [words for group in told.kept for words in (group.title, group.why, *group.items)]
    assert [words for words in said if words not in page] == []
    assert "90 天后自动删除" in page and "7 天没有接着填" in page and "测试社区居民委员会" in page
    assert "告知书版本：2026-11" in page


def test_without_a_phone_it_says_where_to_find_it(phone: TestClient) -> None:
    assert "号码贴在居委会门口" in phone.get("/notice").text


def test_there_is_no_other_version(phone: TestClient) -> None:
    assert phone.get("/notice?v=2026-11").status_code == 200
    answer = phone.get("/notice?v=2020-01")
    assert (answer.status_code, "没有这一版告知书" in answer.text) == (404, True)


def test_consent_to_the_needs_survey_leads_to_it_and_only_that_step_does(
    phone: TestClient, place: Small
) -> None:
    first = phone.get("/f/2026-autumn?c=t").text
    assert first.count(LINK.format("/notice?c=t")) == 1
    phone.cookies.set("ls_elder", "1")
    assert phone.get("/f/2026-autumn?c=t").text.count(LINK.format("/notice?c=t")) == 1
    phone.cookies.clear()
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', first))
    second = phone.post("/f/2026-autumn/consent", data=form | {"consent": "1", "do": "next"})
    assert "您填写的是谁的需要" in second.text and "target=" not in second.text


def test_the_first_step_of_feedback_leads_to_it(phone: TestClient, place: Small) -> None:
    feedback = load_shipped("feedback-v1")
    with database.writing() as session:
        asked = publish_questionnaire(session, feedback)
        session.add(
            Round(
                code="rate", community_id=place.community, questionnaire_id=asked, name="评服务",
                opens_at=now() - timedelta(days=1),
            )
        )  # fmt: skip
        session.add(
            Activity(
                code="sing", community_id=place.community, name="合唱", area="culture",
                starts_at=now() - timedelta(days=1),
            )
        )  # fmt: skip
    assert LINK.format("/notice?a=sing") in phone.get("/f/rate?a=sing").text


@pytest.mark.parametrize("path", ["/f", "/f/say", "/f/2026-autumn", "/notice"])
def test_every_foot_leads_to_it(phone: TestClient, path: str) -> None:
    foot = phone.get(path).text.split("<footer>")[1]
    assert 'href="/notice"' in foot

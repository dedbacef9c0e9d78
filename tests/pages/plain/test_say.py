"""一句话 as a browser without a script sends it: open without a round, kept once, nothing typed is lost."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from core import database
from core.actions import round_cache
from core.actions.alerts import Desk
from core.actions.contacts import reveal
from core.actions.withdraw import withdraw
from core.errors import Unavailable
from core.security import normalise_receipt, receipt_hash
from core.words import say
from models.account import Contact
from models.base import now
from models.comment import Comment
from models.questionnaire import Round
from pages.plain import say as say_page
from tests.core.conftest import Small, make_small

WORDS = "广场舞太吵，孩子写不了作业"
FIRE = "楼道里着火了，到处冒烟"
CALL = {"reach": "1", "phone": "１３９ 1234-5678", "called": "王阿姨", "agree": "1"}


@pytest.fixture
def place(knock: Callable[..., TestClient]) -> Iterator[Small]:
    round_cache.forget()
    yield make_small()
    round_cache.forget()


@pytest.fixture
def phone(knock: Callable[..., TestClient], place: Small) -> TestClient:
    return knock()


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def send(phone: TestClient, text: str = WORDS, /, *, path: str = "/f/say", **more: Any) -> Any:
    """Open the box and send it."""
    return phone.post("/f/say", data=hidden(phone.get(path).text) | {"text": text} | more)


def stored() -> list[Comment]:
    with database.reading() as session:
        return list(session.scalars(select(Comment).order_by(Comment.id)))


def code_on(page: str) -> str:
    found = re.search(r'class="code">([^<]+)<', page)
    assert found is not None
    return found[1]


def kept(page: str) -> str:
    """What the box holds, as a browser shows it."""
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def problem(page: str, name: str) -> str:
    """What is told beside a field."""
    found = re.search(rf'<p class="problem" id="q-{name}-wrong">([^<]+)</p>', page)
    return html.unescape(found[1]) if found else ""


def summary(page: str) -> list[tuple[str, str]]:
    """(field, sentence) of the list above the form."""
    found = re.findall(r'<li><a href="#q-(\w+)">[^<]*</a> ([^<]*)</li>', page)
    return [(name, html.unescape(sentence)) for name, sentence in found]


def test_it_is_open_also_when_no_round_is(phone: TestClient, place: Small) -> None:
    with database.writing() as session:
        session.execute(update(Round).values(closes_at=now() - timedelta(days=1)))
    answer = send(phone)
    assert answer.status_code == 200 and "收到了" in answer.text
    (said,) = stored()
    assert (said.original, said.channel, said.state) == (WORDS, "sentence", "waiting")
    assert (said.response_id, said.round_id, said.activity_id) == (None, None, None)
    assert (said.grid_id, said.building_id, said.contact) == (None, None, None)
    assert said.receipt_hash == receipt_hash(normalise_receipt(code_on(answer.text)))


def test_it_needs_no_cookie_and_sets_none(phone: TestClient) -> None:
    answer = send(phone)
    assert "set-cookie" not in answer.headers and not phone.cookies


@pytest.mark.parametrize(
    ("chosen", "grid", "building"),
    [("b", "grid", "building"), ("g", "other_grid", None), ("0", None, None), ("", None, None)],
)
def test_the_place_is_a_building_a_grid_or_not_known(
    phone: TestClient, place: Small, chosen: str, grid: str | None, building: str | None
) -> None:
    value = {"b": f"b{place.building}", "g": f"g{place.other_grid}"}.get(chosen, chosen)
    send(phone, place=value)
    (said,) = stored()
    assert said.grid_id == (getattr(place, grid) if grid else None)
    assert said.building_id == (getattr(place, building) if building else None)


def test_a_qr_code_chooses_the_place(phone: TestClient, place: Small) -> None:
    page = phone.get("/f/say?c=t&g=1&b=1").text
    assert f'<option value="b{place.building}" selected>' in page
    assert {"c": "t", "g": "1", "b": "1"}.items() <= hidden(page).items()
    assert f'<option value="g{place.other_grid}" selected>' in phone.get("/f/say?g=2&b=77").text
    assert "selected" not in phone.get("/f/say?g=9").text


def test_a_place_nobody_has_is_told_beside_it_and_the_words_stay(phone: TestClient, place: Small) -> None:
    for value, told in (("b99", "没有找到这栋楼"), ("g99", "没有找到这个网格")):
        answer = send(phone, place=value)
        assert answer.status_code == 422
        assert told in problem(answer.text, "place") and kept(answer.text) == WORDS
    assert stored() == []


def test_a_form_sent_twice_stores_one_and_shows_the_same_receipt(phone: TestClient) -> None:
    form = hidden(phone.get("/f/say").text) | {"text": WORDS}
    first, again = (phone.post("/f/say", data=form) for _ in range(2))
    assert code_on(first.text) == code_on(again.text)
    assert "没有重复保存" in again.text and "没有重复保存" not in first.text
    assert len(stored()) == 1


def test_whoever_goes_back_and_says_something_else_has_said_two_things(phone: TestClient) -> None:
    form = hidden(phone.get("/f/say").text)
    codes = {
        code_on(phone.post("/f/say", data=form | {"text": text}).text) for text in (WORDS, "还有路灯坏了")
    }
    assert [said.original for said in stored()] == [WORDS, "还有路灯坏了"] and len(codes) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "还没有写内容"), (" \r\n　", "还没有写内容"), ("长" * 501, "写得太长了（501 字），最多 500 字")],
)
def test_what_cannot_be_taken_is_told_beside_the_box_and_above_and_stays(
    phone: TestClient, text: str, told: str
) -> None:
    answer = send(phone, text)
    assert answer.status_code == 422 and stored() == []
    assert told in problem(answer.text, "text")
    assert [(name, told in sentence) for name, sentence in summary(answer.text)] == [("text", True)]
    assert kept(answer.text).strip() == text.strip()
    assert "<title>还有 1 处要看" in answer.text


def test_five_hundred_characters_are_taken_however_lines_end(phone: TestClient) -> None:
    assert send(phone, "长\r\n" * 250).status_code == 200
    assert stored()[0].original == "\n".join("长" * 250)


def test_whatever_it_holds_is_only_ever_text(phone: TestClient) -> None:
    hostile = '</textarea><script>alert(1)</script>"&😀'
    answer = send(phone, hostile, place="b99", phone='"><b>')
    assert "<script>" not in answer.text and "<b>" not in answer.text.split("<main")[1]
    assert kept(answer.text) == hostile


def test_a_busy_record_loses_no_word_and_still_says_whom_to_call(
    phone: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _busy(_sentence: object) -> None:
        raise Unavailable.say("record_busy")

    monkeypatch.setattr(say_page, "say_sentence", _busy)
    answer = send(phone, FIRE, **CALL)
    assert answer.status_code == 503 and "请稍等几秒" in answer.text
    assert kept(answer.text) == FIRE and 'value="１３９ 1234-5678"' in answer.text
    assert 'href="tel:119"' in answer.text


def test_a_larger_look_or_another_language_keeps_what_is_typed(phone: TestClient) -> None:
    answer = send(phone, WORDS, do="elder", reach="1", phone="139", place="0")
    assert answer.status_code == 200 and 'class="elder"' in answer.text
    assert kept(answer.text) == WORDS and 'value="139"' in answer.text and 'value="0" selected' in answer.text
    assert summary(answer.text) == [] and stored() == []
    assert phone.cookies["ls_elder"] == "1"
    again = phone.post("/f/say", data=hidden(answer.text) | {"text": WORDS, "do": "english"})
    assert '<html lang="en">' in again.text and kept(again.text) == WORDS
    assert 'class="elder"' not in send(phone, "", do="normal").text


def test_a_number_is_left_with_its_own_consent_and_opened_by_staff_only(
    phone: TestClient, place: Small
) -> None:
    answer = send(phone, WORDS, **CALL)
    assert "会打 139 1234 5678 联系您" in answer.text
    (said,) = stored()
    with database.writing() as session:
        found = reveal(session, said.id or 0, Desk(place.community, 1))
    assert (found.phone, found.called) == ("13912345678", "王阿姨")


def test_without_the_tick_no_number_is_kept(phone: TestClient) -> None:
    send(phone, WORDS, phone="13912345678", agree="1")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 0
    assert stored()[0].contact is None


def test_what_is_wrong_with_the_number_is_told_all_at_once(phone: TestClient) -> None:
    answer = send(phone, "", reach="1", phone="1391234567", called="字" * 21)
    assert answer.status_code == 422 and stored() == []
    assert [name for name, _ in summary(answer.text)] == ["text", "phone", "called", "agree"]
    assert "您写了 10 位" in problem(answer.text, "phone")
    assert "最多 20 个字" in problem(answer.text, "called")
    assert "去掉“请联系我”的勾" in problem(answer.text, "agree")
    assert 'value="1391234567"' in answer.text and 'name="reach" value="1" checked' in answer.text
    empty = send(phone, WORDS, reach="1", agree="1")
    assert [name for name, _ in summary(empty.text)] == ["phone"] and stored() == []


def test_what_its_author_withdrew_does_not_come_back_by_going_back(phone: TestClient) -> None:
    form = hidden(phone.get("/f/say").text) | {"text": WORDS}
    code = code_on(phone.post("/f/say", data=form).text)
    with database.writing() as session:
        withdraw(session, receipt_hash(normalise_receipt(code)))
    answer = phone.post("/f/say", data=form)
    assert answer.status_code == 422 and "已按您的意愿删除" in answer.text
    assert stored() == []


def test_a_forged_key_and_a_missing_one_are_replaced(phone: TestClient) -> None:
    for key in ("", "x" * 32, "0" * 9_000):
        assert phone.post("/f/say", data={"key": key, "text": WORDS}).status_code == 200
    assert len(stored()) == 3


def test_no_address_and_no_log_holds_words_number_or_code(
    phone: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = send(phone, WORDS, **CALL)
    assert "location" not in answer.headers
    told = caplog.text + str(answer.url)
    for secret in (WORDS, "13912345678", code_on(answer.text), code_on(answer.text).replace(" ", "")):
        assert secret not in told


def test_another_sites_form_is_refused(phone: TestClient) -> None:
    answer = phone.post("/f/say", data={"text": WORDS}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403 and stored() == []


def test_the_page_says_how_long_and_what_for(phone: TestClient) -> None:
    page = phone.get("/f/say?c=t").text
    assert say("door.contact.terms", days=180) in page and 'href="/notice?c=t"' in page

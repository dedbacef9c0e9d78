"""/b/join and /b/cancel by hand: forms as a browser without a script sends them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from core import database
from core.actions import round_cache
from core.actions.enrolments import sign_up
from core.errors import Unavailable
from models.account import Consent, Contact
from models.base import now
from models.programme import Activity, Enrolment
from pages.plain import signup
from tests.core.conftest import Small, make_small

DAY = timedelta(days=1)
REACH = {"called": "王阿姨", "phone": "138 0000 0000", "agree": "1"}


@pytest.fixture
def place(knock: Callable[..., TestClient]) -> Iterator[Small]:
    round_cache.forget()
    made = make_small()
    facts = {"community_id": made.community, "area": "culture", "venue": "小广场"}
    with database.writing() as session:
        session.add_all(
            [
                Activity(code="walk", name="健步走<b>", capacity=1, starts_at=now() + DAY, **facts),
                Activity(code="trip", name="陪诊日", needs_contact=True, starts_at=now() + DAY, **facts),
                Activity(code="past", name="昨天的", starts_at=now() - DAY, **facts),
                Activity(code="off", name="取消的", starts_at=now() + DAY, cancelled=True, **facts),
            ]
        )
    yield made
    round_cache.forget()


@pytest.fixture
def phone(knock: Callable[..., TestClient], place: Small) -> TestClient:
    return knock()


def _key(page: str) -> dict[str, str]:
    found = re.search(r'name="key" value="([0-9a-f]{32})"', page)
    assert found is not None
    return {"key": found[1]}


def _send(door: TestClient, activity: str, **more: str) -> Any:
    page = door.get(f"/b/join/{activity}")
    return door.post(f"/b/join/{activity}", data=_key(page.text) | more)


def _code(page: str) -> str:
    found = re.search(r'class="code">([^<]+)<', page)
    assert found is not None
    return found[1]


def _rows() -> list[Enrolment]:
    with database.reading() as session:
        return list(session.scalars(select(Enrolment).order_by(Enrolment.id)))


def _kept() -> tuple[int, int]:
    with database.reading() as session:
        return len(session.scalars(select(Contact)).all()), len(session.scalars(select(Consent)).all())


def test_where_no_contact_is_needed_none_is_asked_for(phone: TestClient) -> None:
    page = phone.get("/b/join/walk").text
    assert "还有 1 个名额" in page and "不用填姓名和电话" in page
    assert not re.search(r'name="(phone|called|agree)"', page)
    assert "健步走&lt;b&gt;" in page and "<b>）" not in page


def test_signing_up_gives_a_code_and_the_code_finds_it_again(phone: TestClient) -> None:
    page = _send(phone, "walk")
    assert page.status_code == 200 and "<h1>报上名了</h1>" in page.text
    again = phone.post("/b/cancel", data={"code": _code(page.text).lower()})
    assert "<h1>报上名了</h1>" in again.text and _code(again.text) == _code(page.text)
    assert [row.state for row in _rows()] == ["enrolled"] and _kept() == (0, 0)


def test_a_contact_sent_where_none_is_needed_is_not_kept(phone: TestClient) -> None:
    _send(phone, "walk", **REACH)
    assert _kept() == (0, 0) and len(_rows()) == 1


def test_the_same_form_twice_is_one_sign_up_and_says_so(phone: TestClient) -> None:
    data = _key(phone.get("/b/join/walk").text)
    first, again = (phone.post("/b/join/walk", data=data) for _ in range(2))
    assert _code(first.text) == _code(again.text) and len(_rows()) == 1
    assert "没有重复报" in again.text and "没有重复报" not in first.text


def test_a_form_without_a_proper_key_signs_up_once_for_each_sending(phone: TestClient) -> None:
    for key in ("", "", "x" * 32, "<script>", "a" * 64):
        phone.post("/b/join/walk", data={"key": key})
    keys = {row.idempotency_key or "" for row in _rows()}
    assert len(keys) == 5 and all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)


def test_when_it_is_full_one_waits_and_sees_the_place_in_the_line(phone: TestClient) -> None:
    first = _send(phone, "walk")
    page = phone.get("/b/join/walk").text
    assert "名额已满" in page and "报候补" in page and "前面有" not in page
    second, third = _send(phone, "walk"), _send(phone, "walk")
    assert "<h1>已经排上候补</h1>" in third.text and "候补第 2 位" in third.text
    assert "前面有 2 人候补" in phone.get("/b/join/walk").text
    phone.post("/b/cancel", data={"code": _code(first.text), "do": "cancel"})
    found = [phone.post("/b/cancel", data={"code": _code(one.text)}).text for one in (second, third)]
    assert "<h1>报上名了</h1>" in found[0] and "候补第 1 位" in found[1]


def test_what_is_missing_is_told_beside_its_field_and_on_top_and_nothing_is_lost(phone: TestClient) -> None:
    page = _send(phone, "trip", called="王阿姨", phone="138")
    assert page.status_code == 422 and _rows() == [] and _kept() == (0, 0)
    assert "还有 2 处" in page.text and 'value="王阿姨"' in page.text and 'value="138"' in page.text
    assert 'href="#phone"' in page.text and 'id="q-phone-wrong"' in page.text
    assert "要您同意" in page.text and 'id="q-called-wrong"' not in page.text
    bare = _send(phone, "trip")
    assert "还没有写姓名" in bare.text and "还没有写电话" in bare.text and "还有 3 处" in bare.text


def test_without_consent_nothing_is_kept(phone: TestClient) -> None:
    page = _send(phone, "trip", called="王阿姨", phone="13800000000")
    assert page.status_code == 422 and _rows() == [] and _kept() == (0, 0)
    assert "不愿意，可以打居委会电话" in page.text


def test_a_contact_is_kept_sealed_and_never_comes_back_to_a_page(phone: TestClient) -> None:
    page = _send(phone, "trip", **REACH)
    assert "<h1>报上名了</h1>" in page.text and _kept() == (1, 1)
    shown = phone.post("/b/cancel", data={"code": _code(page.text)}).text
    assert not re.search("王阿姨|138 ?0000 ?0000", page.text + shown)
    phone.post("/b/cancel", data={"code": _code(page.text), "do": "cancel"})
    assert _kept() == (0, 1) and [row.state for row in _rows()] == ["withdrawn"]


@pytest.mark.parametrize(("code", "told"), [("past", "已经开始"), ("off", "取消了")])
def test_what_is_over_or_off_takes_nobody_even_by_force(phone: TestClient, code: str, told: str) -> None:
    page = phone.get(f"/b/join/{code}")
    assert told in page.text and "<button>" not in page.text
    forced = phone.post(f"/b/join/{code}", data={"key": "a" * 32})
    assert forced.status_code == 409 and told in forced.text and _rows() == []


@pytest.mark.parametrize("path", ["/b/join/nowhere", "/b/join/%3Cscript%3E"])
def test_an_activity_that_never_was_is_not_found(phone: TestClient, path: str) -> None:
    for answer in (phone.get(path), phone.post(path, data={"key": "a" * 32})):
        assert answer.status_code == 404 and "没有找到这次活动" in answer.text
    assert _rows() == []


def test_cancelling_says_so_and_offers_to_sign_up_again(phone: TestClient) -> None:
    page = _send(phone, "walk")
    for _ in range(2):
        gone = phone.post("/b/cancel", data={"code": _code(page.text), "do": "cancel"})
        assert "<h1>报名已经取消</h1>" in gone.text and 'href="/b/join/walk"' in gone.text
        assert 'value="cancel"' not in gone.text
    assert [row.state for row in _rows()] == ["withdrawn"]


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [("  ", 400, "请先填写报名码"), ("AAA", 404, "没有找到这个报名码"), ("7K3 M9PX", 404, "没有找到")],
)
def test_a_code_that_is_none_is_told_and_stays_in_its_field(
    phone: TestClient, typed: str, status: int, told: str
) -> None:
    page = phone.post("/b/cancel", data={"code": typed, "do": "cancel"})
    assert page.status_code == status and told in page.text and f'value="{typed}"' in page.text


def test_the_code_never_stands_in_an_address(phone: TestClient) -> None:
    page = _send(phone, "walk")
    code = _code(page.text)
    addresses = re.findall(r'(?:href|action)="([^"]*)"', page.text)
    assert addresses and not any(code.replace(" ", "") in one or code in one for one in addresses)


def test_another_look_loses_nothing_typed_and_stores_nothing(phone: TestClient) -> None:
    page = _send(phone, "trip", called="王阿姨", do="elder")
    assert 'class="elder"' in page.text and 'value="王阿姨"' in page.text
    assert page.cookies["ls_elder"] == "1" and _rows() == []
    done = _send(phone, "walk")
    looked = phone.post("/b/cancel", data={"code": _code(done.text), "do": "normal"})
    assert 'class="elder"' not in looked.text and _code(looked.text) == _code(done.text)
    assert [row.state for row in _rows()] == ["enrolled"]


def test_a_record_that_cannot_be_written_loses_nothing_typed(
    phone: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _busy(*_: Any, **__: Any) -> None:
        raise Unavailable.say("record_busy")

    data = _key(phone.get("/b/join/trip").text) | REACH
    with monkeypatch.context() as patch:
        patch.setattr(signup, "sign_up", _busy)
        page = phone.post("/b/join/trip", data=data)
    assert page.status_code == 503 and 'value="王阿姨"' in page.text and _key(page.text)["key"] == data["key"]
    assert "<h1>报上名了</h1>" in phone.post("/b/join/trip", data=data).text


def test_a_form_used_for_another_activity_gets_a_new_key(phone: TestClient) -> None:
    data = _key(phone.get("/b/join/walk").text)
    phone.post("/b/join/walk", data=data)
    page = phone.post("/b/join/trip", data=data | REACH)
    assert page.status_code == 422 and "已经用过" in page.text and _key(page.text) != data
    assert len(_rows()) == 1


def test_a_foreign_page_cannot_cancel(phone: TestClient, place: Small) -> None:
    with database.reading() as session:
        walk = session.scalar(select(Activity.id).where(Activity.code == "walk")) or 0
    code = sign_up(walk, "key").code
    answer = phone.post(
        "/b/cancel", data={"code": code, "do": "cancel"}, headers={"Origin": "https://other.example"}
    )
    assert answer.status_code == 403 and [row.state for row in _rows()] == ["enrolled"]


def test_codes_cannot_be_tried_without_end(phone: TestClient) -> None:
    found = [phone.post("/b/cancel", data={"code": "AAA"}).status_code for _ in range(61)]
    assert found[0] == 404 and found[-1] == 429

"""In danger: the numbers to call, the alert before anything is shown, and a number left to be called back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from starlette.responses import Response
from starlette.testclient import TestClient

from core import database
from core.actions import round_cache
from core.actions.alerts import Desk
from core.actions.contacts import Reach, reveal
from core.actions.drafts import DraftSheet, save_draft
from core.errors import Unavailable
from models.account import Contact
from models.alert import Alert
from models.base import now
from models.comment import Comment
from models.questionnaire import Round
from pages.plain import contact, visit
from tests.core.conftest import Small, make_small
from tests.pages.plain.test_say import FIRE, WORDS, code_on, hidden, problem, send, summary

KEY = "ab" * 16
NUMBER = {"phone": "0531-88776655", "agree": "1"}


@pytest.fixture
def place(knock: Callable[..., TestClient]) -> Iterator[Small]:
    round_cache.forget()
    yield make_small()
    round_cache.forget()


@pytest.fixture
def phone(knock: Callable[..., TestClient], place: Small) -> TestClient:
    return knock()


def alerts() -> int:
    with database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(Alert)) or 0)


def reached(place: Small) -> list[Reach]:
    """The numbers left, by comment."""
    with database.writing() as session:
        ids = session.scalars(select(Comment.id).where(Comment.contact.is_not(None)).order_by(Comment.id))
        return [reveal(session, id_ or 0, Desk(place.community, 1)) for id_ in list(ids)]


def answer_needs(phone: TestClient, place: Small, words: str, **more: str) -> Any:
    """Send the last step of a needs form whose other steps are done."""
    given = {"slot": [1], "tenure": 1} | place.answers(open=None, overall=None)
    save_draft(DraftSheet(KEY, place.round, answers=given, at="overall"))
    sent = {"key": KEY, "q": "overall,open", "overall": "4", "open": words, "do": "send"}
    return phone.post("/f/2026-autumn/overall", data=sent | more)


@pytest.fixture
def shown_alerts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many alerts there are at the moment each page is put together."""
    found: list[int] = []

    def _page(*given: Any, **fields: Any) -> Response:
        found.append(alerts())
        return kept(*given, **fields)

    kept = visit.page
    monkeypatch.setattr(visit, "page", _page)
    return found


def test_danger_in_a_sentence_raises_the_alert_before_the_page_is_there(
    phone: TestClient, shown_alerts: list[int]
) -> None:
    answer = send(phone, FIRE)
    assert shown_alerts == [0, 1]
    assert "这里不是报警电话" in answer.text and 'href="tel:119"' in answer.text
    assert 'action="/f/contact"' in answer.text and hidden(answer.text)["code"] == code_on(answer.text)


def test_danger_in_a_questionnaire_does_the_same(
    phone: TestClient, place: Small, shown_alerts: list[int]
) -> None:
    answer = answer_needs(phone, place, "孩子被他爸打得满身是血")
    assert "收到了" in answer.text and shown_alerts[-1] == 1
    assert 'href="tel:110"' in answer.text and 'action="/f/contact"' in answer.text
    phone.post("/f/contact", data=hidden(answer.text) | NUMBER)
    assert reached(place) == [Reach("0531-88776655")]


def test_every_kind_of_danger_has_its_number(phone: TestClient) -> None:
    for words, number in (
        ("我不想活了，今晚就跳下去", "12356"),
        ("老人突然晕倒没呼吸了", "120"),
        (FIRE, "119"),
    ):
        assert f'href="tel:{number}"' in send(phone, words).text


def test_no_danger_no_numbers_and_no_question_for_yours(phone: TestClient) -> None:
    answer = send(phone, WORDS)
    assert "tel:1" not in answer.text and "/f/contact" not in answer.text


def test_whoever_left_a_number_is_not_asked_again(phone: TestClient) -> None:
    answer = send(phone, FIRE, reach="1", **NUMBER)
    assert 'href="tel:119"' in answer.text and "/f/contact" not in answer.text
    assert "会打 0531-88776655 联系您" in answer.text


def test_a_sheet_that_came_too_late_still_says_whom_to_call(phone: TestClient, place: Small) -> None:
    with database.writing() as session:
        session.execute(update(Round).values(closes_at=now() - timedelta(minutes=1)))
    answer = answer_needs(phone, place, FIRE)
    assert answer.status_code == 409 and 'href="tel:119"' in answer.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Alert)) == 1  # nobody waits for the round


def test_a_step_that_is_not_in_order_or_is_put_off_still_says_whom_to_call(
    phone: TestClient, place: Small
) -> None:
    wrong = answer_needs(phone, place, FIRE, overall="99")
    assert wrong.status_code == 422 and 'href="tel:119"' in wrong.text
    stopped = phone.post(
        "/f/2026-autumn/overall", data={"key": KEY, "q": "overall,open", "open": FIRE, "do": "stop"}
    )
    assert 'href="tel:119"' in stopped.text


def test_a_number_is_left_under_the_receipt_and_can_be_deleted_there(phone: TestClient, place: Small) -> None:
    thanks = send(phone, FIRE)
    kept = phone.post("/f/contact", data=hidden(thanks.text) | NUMBER | {"called": "老李"})
    assert kept.status_code == 200 and "电话存好了" in kept.text and 'href="tel:119"' in kept.text
    assert code_on(kept.text) == code_on(thanks.text)
    assert reached(place) == [Reach("0531-88776655", "老李")]
    gone = phone.post("/f/contact", data=hidden(kept.text) | {"do": "forget"})
    assert "电话已经删掉了" in gone.text and reached(place) == []
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 0
        assert session.scalar(select(func.count()).select_from(Comment)) == 1


def test_whoever_comes_back_with_the_receipt_can_delete_the_number(phone: TestClient, place: Small) -> None:
    code = code_on(send(phone, FIRE, reach="1", **NUMBER).text)
    life = phone.post("/r", data={"code": code})
    assert "您留了电话，请我们联系您" in life.text and "88776655" not in life.text
    gone = phone.post("/f/contact", data={"code": code, "do": "forget"})
    assert "电话已经删掉了" in gone.text and reached(place) == []
    assert "您留了电话" not in phone.post("/r", data={"code": code}).text


def test_sent_twice_keeps_one_number_and_another_one_takes_its_place(phone: TestClient, place: Small) -> None:
    form = hidden(send(phone, FIRE).text)
    for number in (NUMBER, NUMBER, NUMBER | {"phone": "13912345678"}):
        phone.post("/f/contact", data=form | number)
    assert reached(place) == [Reach("13912345678")]


def test_what_is_wrong_is_told_and_code_numbers_and_typing_stay(phone: TestClient) -> None:
    thanks = send(phone, FIRE)
    answer = phone.post("/f/contact", data=hidden(thanks.text) | {"phone": "12", "called": "老李"})
    assert answer.status_code == 422
    assert [name for name, _ in summary(answer.text)] == ["phone", "agree"]
    assert "这个号码好像不对" in problem(answer.text, "phone")
    assert "您的话已经收到了" in problem(answer.text, "agree")
    assert 'value="老李"' in answer.text and 'href="tel:119"' in answer.text
    assert code_on(answer.text) == code_on(thanks.text) == hidden(answer.text)["code"]
    empty = phone.post("/f/contact", data=hidden(thanks.text) | {"agree": "1"})
    assert problem(empty.text, "phone") == "还没有写电话。"


def test_a_busy_record_keeps_the_number_in_its_field(
    phone: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = hidden(send(phone, FIRE).text)

    def _busy(*_given: object) -> None:
        raise Unavailable.say("record_busy")

    monkeypatch.setattr(contact, "attach", _busy)
    answer = phone.post("/f/contact", data=form | NUMBER)
    assert (answer.status_code, 'value="0531-88776655"' in answer.text) == (503, True)


@pytest.mark.parametrize("code", ["", "7K3 M9PX", "2222222", "<b>"])
def test_no_such_receipt(phone: TestClient, place: Small, code: str) -> None:
    answer = phone.post("/f/contact", data={"code": code} | NUMBER)
    assert answer.status_code == 404 and "没有查到这个回执码" in answer.text and "<b>" not in answer.text

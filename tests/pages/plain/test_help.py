"""Filling in for residents: a worker at the door, on the telephone, from paper; and a kiosk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col
from starlette.testclient import TestClient

from core import database
from core.actions import round_cache
from core.actions.accounts import create_account
from core.actions.drafts import draft_of_code, draft_of_key
from core.security import normalise_receipt
from models.account import Account, AuditEntry, StaffSession
from models.base import now
from models.place import Community
from models.questionnaire import Round
from models.response import Draft, Response
from pages.plain import manner
from tests.core.conftest import Small, make_small
from tests.pages.plain.conftest import PASSWORD
from tests.pages.plain.test_door import ROUND, WALK, code_on, fields, follow, hidden, walk

AUTUMN = "2026-autumn"


@pytest.fixture
def place(knock: Callable[..., TestClient]) -> Iterator[Small]:
    round_cache.forget()
    yield make_small()
    round_cache.forget()


@pytest.fixture
def worker(knock: Callable[..., TestClient], place: Small) -> TestClient:
    """A browser in which somebody of the committee is signed in."""
    return signed_in(knock())


def signed_in(client: TestClient, name: str = "wang", **more: str) -> TestClient:
    answer = client.post("/signin", data={"name": name, "password": PASSWORD} | more)
    assert answer.status_code == 303
    return client


def start(worker: TestClient, way: str, **more: str) -> Any:
    return worker.post("/f/assist", data={"do": "start", "round": AUTUMN, "way": way} | more)


@pytest.fixture
def kiosk(worker: TestClient) -> TestClient:
    answer = worker.post("/f/kiosk", data={"do": "start", "round": AUTUMN})
    assert answer.headers["location"] == "/f/kiosk"
    return worker


def stored() -> list[Response]:
    with database.reading() as session:
        return list(session.scalars(select(Response).order_by(col(Response.id))))


def saved_by() -> list[int | None]:
    with database.reading() as session:
        query = select(col(AuditEntry.account_id)).where(col(AuditEntry.deed) == "response.saved")
        return list(session.scalars(query.order_by(col(AuditEntry.id))))


def account(name: str = "wang") -> int | None:
    with database.reading() as session:
        return session.scalar(select(col(Account.id)).where(col(Account.name) == name))


@pytest.mark.parametrize(
    ("way", "mode", "collector"),
    [("worker", "plain", "worker"), ("phone", "phone", "phone"), ("paper", "paper", "paper")],
)
def test_each_way_of_helping_is_stored_with_whoever_helped(
    worker: TestClient, place: Small, way: str, mode: str, collector: str
) -> None:
    assert start(worker, way).headers["location"] == ROUND
    page = walk(worker, place)
    (row,) = stored()
    assert (row.mode, row.collector) == (mode, collector)
    assert (row.seconds is None) == (way == "paper")
    assert saved_by() == [account()]
    assert "下一份" in page.text and "打印回执小条" in page.text


def test_the_next_sheet_is_a_fresh_one_in_the_same_way(worker: TestClient, place: Small) -> None:
    start(worker, "phone")
    first = hidden(worker.get(ROUND).text)["key"]
    page = walk(worker, place)
    again = dict(re.findall(r'name="(way|round)" value="([^"]+)"', page.text))
    assert again == {"way": "phone", "round": AUTUMN}
    page = follow(worker, worker.post("/f/assist", data=again | {"do": "start"}))
    assert hidden(page.text)["key"] != first and "checked" not in page.text.split("<main", 1)[1]
    walk(worker, place)
    assert [row.collector for row in stored()] == ["phone", "phone"]


def test_a_sheet_left_half_filled_is_not_the_next_persons(worker: TestClient, place: Small) -> None:
    start(worker, "phone")
    half = walk(worker, place, until="need_elder")
    page = follow(worker, start(worker, "worker"))
    assert hidden(page.text)["key"] != hidden(half.text)["key"]
    kept = draft_of_code(normalise_receipt(code_on(half.text)))
    assert kept is not None and (kept.collector, kept.answers["sex"]) == ("phone", "2")


def test_the_next_one_of_a_household_does_not_inherit_its_ticket(worker: TestClient, place: Small) -> None:
    start(worker, "paper")
    page = worker.get(f"{ROUND}?g=1")
    assert hidden(page.text)["g"] == "1"
    # Whatever a step carried, the page of thanks carries on; a ticket is one household's.
    sent = hidden(walk(worker, place, until="overall").text) | {"g": "1", "t": "x"}
    page = worker.post(f"{ROUND}/overall", data=sent | WALK[-1][1] | {"do": "send"})
    form = page.text.split('action="/f/assist"', 1)[1].split("</form>")[0]
    assert 'name="g" value="1"' in form and 'name="t"' not in form


def test_only_those_who_may_help_and_are_signed_in_do(
    knock: Callable[..., TestClient], place: Small, worker: TestClient
) -> None:
    stranger = knock()
    for answer in (stranger.get("/f/assist"), start(stranger, "phone"), stranger.get("/f/kiosk")):
        assert answer.headers["location"].startswith("/signin?next=")
        assert "ls_assist" not in stranger.cookies
    with database.writing() as session:
        create_account(
            session, name="li", display="李", password=PASSWORD, roles=[("purchaser", "all", None)]
        )
    buyer = signed_in(knock(), "li")
    assert buyer.get("/f/assist").status_code == 400
    assert start(buyer, "phone").status_code == 400 and "ls_assist" not in buyer.cookies
    # A cookie alone makes nobody a worker.
    stranger.cookies.set("ls_assist", "worker")
    walk(stranger, place)
    assert stored() == []
    stranger.cookies.delete("ls_assist")
    walk(stranger, place)
    assert [row.collector for row in stored()] == ["self"] and saved_by() == [None]


def test_a_worker_of_another_community_fills_in_for_themselves_there(
    knock: Callable[..., TestClient], place: Small
) -> None:
    with database.writing() as session:
        elsewhere = Community(code="else", name="别处社区")
        session.add(elsewhere)
        session.flush()
        theirs = [("committee", "community", elsewhere.id)]
        create_account(session, name="zhao", display="赵", password=PASSWORD, roles=theirs)
    zhao = signed_in(knock(), "zhao")
    assert AUTUMN not in zhao.get("/f/assist").text
    assert start(zhao, "phone").status_code == 400
    zhao.cookies.set("ls_assist", "phone")
    walk(zhao, place)
    assert [(row.mode, row.collector) for row in stored()] == [("plain", "self")] and saved_by() == [None]


def test_whoever_was_signed_out_meanwhile_signs_in_before_another_sheet(
    worker: TestClient, place: Small
) -> None:
    start(worker, "phone")
    page = worker.get(ROUND)
    with database.writing() as session:
        session.execute(update(StaffSession).values(seen_at=now() - timedelta(hours=2)))
    late = worker.post(f"{ROUND}/consent", data=hidden(page.text) | {"consent": "1", "do": "next"})
    assert late.headers["location"] == "/signin?next=assist" and "ls_assist" not in worker.cookies
    assert draft_of_key(hidden(page.text)["key"]) is None


def test_a_sheet_under_way_keeps_its_way_when_the_sign_in_runs_out(worker: TestClient, place: Small) -> None:
    start(worker, "phone")
    page = walk(worker, place, until="overall")
    with database.writing() as session:
        session.execute(update(StaffSession).values(seen_at=now() - timedelta(hours=2)))
    sent = fields(page.text, WALK[-1][1], place) | {"do": "send"}
    assert "收到了" in worker.post(f"{ROUND}/overall", data=sent).text
    assert [row.collector for row in stored()] == ["phone"] and saved_by() == [None]


def test_ending_and_signing_out_end_the_help(worker: TestClient, place: Small) -> None:
    for deed in (("/f/assist", {"do": "end"}), ("/signout", {})):
        start(worker, "phone")
        assert worker.cookies.get("ls_assist") == "phone"
        worker.post(deed[0], data=deed[1])
        assert "ls_assist" not in worker.cookies


def test_no_way_or_no_round_is_refused_in_a_sentence(worker: TestClient) -> None:
    for wrong in ({"way": "kiosk"}, {"way": "x", "round": "nothing"}, {"way": ""}):
        answer = start(worker, wrong.pop("way"), **wrong)
        assert answer.status_code == 400 and "请选" in answer.text


def test_signing_in_leads_to_helping_where_that_was_wanted(
    knock: Callable[..., TestClient], place: Small
) -> None:
    for wanted, leads in (("assist", "/f/assist"), ("kiosk", "/f/kiosk"), ("//evil.example", "/overview")):
        answer = knock().post("/signin", data={"name": "wang", "password": PASSWORD, "next": wanted})
        assert answer.headers["location"] == leads


@pytest.mark.parametrize(("who", "collector"), [("1", "self"), ("2", "family"), ("4", "family")])
def test_whoever_answers_for_another_of_the_family_is_stored_so(
    knock: Callable[..., TestClient], place: Small, who: str, collector: str
) -> None:
    phone = knock()
    page = phone.get(ROUND)
    for step, answers in WALK:
        given = {"who": who} if step == "who" else answers
        deed = {"do": "send" if step == "overall" else "next"}
        page = follow(phone, phone.post(f"{ROUND}/{step}", data=fields(page.text, given, place) | deed))
    assert [(row.mode, row.collector, row.who) for row in stored()] == [("plain", collector, int(who))]


def test_a_kiosk_stores_its_way_and_signs_its_worker_out(kiosk: TestClient, place: Small) -> None:
    assert set(kiosk.cookies) == {"ls_kiosk"}
    with database.reading() as session:
        assert session.scalars(select(StaffSession)).all() == []
        deeds = session.scalars(select(col(AuditEntry.deed)).where(col(AuditEntry.account_id) == account()))
        assert "kiosk.started" in set(deeds)
    assert kiosk.get("/f").headers["location"] == "/f/kiosk"
    page = walk(kiosk, place)
    (row,) = stored()
    assert (row.mode, row.collector) == ("kiosk", "kiosk")
    assert "下一位居民" in page.text and 'action="/r"' not in page.text and saved_by() == [None]


def test_the_next_person_finds_nothing_of_the_one_before(kiosk: TestClient, place: Small) -> None:
    page = walk(kiosk, place, until="overall")
    sent = fields(page.text, WALK[-1][1], place) | {"do": "send"}
    done = kiosk.post(f"{ROUND}/overall", data=sent)
    code = code_on(done.text)
    assert done.headers["cache-control"] == "no-store"
    # Tapping twice is still the same person.
    assert code_on(kiosk.post(f"{ROUND}/overall", data=sent).text) == code

    kiosk.get("/f/look?as=elder&as=english")
    assert len(kiosk.cookies) > 2
    answer = kiosk.post("/f/kiosk", data={"do": "next"})
    assert answer.headers["location"] == "/f/kiosk" and set(kiosk.cookies) == {"ls_kiosk"}
    # Back, and sending the form of before once more, as a browser offers to.
    again = kiosk.post(f"{ROUND}/overall", data=sent)
    assert again.headers["location"] == "/f/kiosk/next" and code not in again.text
    assert kiosk.get(f"{ROUND}/overall").headers["location"] == ROUND
    fresh = kiosk.get(ROUND)
    assert fresh.headers["cache-control"] == "no-store"
    assert hidden(fresh.text)["key"] != sent["key"] and "checked" not in fresh.text.split("<main", 1)[1]
    assert len(stored()) == 1


def test_a_sheet_left_alone_is_kept_under_its_code(kiosk: TestClient, place: Small) -> None:
    page = walk(kiosk, place, until="grid")
    key = hidden(page.text)["key"]
    assert 'data-after="180"' in page.text
    left = kiosk.post(f"{ROUND}/grid", data=fields(page.text, {"sex": "2"}, place) | {"do": "aside"})
    assert left.headers["location"] == "/f/kiosk"
    aside = kiosk.get("/f/kiosk").text
    code = code_on(aside)
    assert f'href="{ROUND}"' in aside and 'data-after="60"' in aside
    assert kiosk.get("/f/kiosk/next").headers["location"] == "/f/kiosk" and set(kiosk.cookies) == {"ls_kiosk"}
    begin = kiosk.get("/f/kiosk").text
    assert "开始填写" in begin and code not in begin
    draft = draft_of_code(normalise_receipt(code))
    assert draft is not None and (draft.key, draft.mode) == (key, "kiosk") and draft.answers["sex"] == "2"


def test_a_sheet_nothing_was_sent_of_leaves_nothing(kiosk: TestClient, place: Small) -> None:
    page = kiosk.get(ROUND)
    left = kiosk.post(f"{ROUND}/consent", data=hidden(page.text) | {"consent": "1", "do": "aside"})
    assert left.headers["location"] == "/f/kiosk/next"
    with database.reading() as session:
        assert session.scalars(select(Draft)).all() == []


def test_saying_no_at_a_kiosk_leads_to_the_next_person(kiosk: TestClient, place: Small) -> None:
    page = kiosk.get(ROUND)
    refused = kiosk.post(f"{ROUND}/consent", data=hidden(page.text) | {"consent": "2", "do": "next"}).text
    assert "下一位居民" in refused and "/f/say" not in refused


def test_a_kiosk_ends_by_a_worker_alone_or_after_its_hours(
    kiosk: TestClient, place: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = kiosk.post("/f/kiosk", data={"do": "end"})
    assert answer.headers["location"] == "/signin?next=kiosk" and "ls_kiosk" in kiosk.cookies
    signed_in(kiosk)
    assert "结束自助填写" in kiosk.get("/f/kiosk").text
    kiosk.post("/f/kiosk", data={"do": "stay"})
    assert set(kiosk.cookies) == {"ls_kiosk"} and "开始填写" in kiosk.get("/f/kiosk").text
    monkeypatch.setattr(manner, "now", lambda: now() + timedelta(hours=11, minutes=59))
    assert manner.kiosk_round(kiosk.cookies["ls_kiosk"]) == place.round
    monkeypatch.setattr(manner, "now", lambda: now() + timedelta(hours=12, minutes=1))
    assert manner.kiosk_round(kiosk.cookies["ls_kiosk"]) == 0
    monkeypatch.undo()


def test_a_worker_ends_a_kiosk(kiosk: TestClient) -> None:
    signed_in(kiosk)
    answer = kiosk.post("/f/kiosk", data={"do": "end"})
    assert answer.headers["location"] == "/f/assist" and "ls_kiosk" not in kiosk.cookies


@pytest.mark.parametrize(
    "cookie", ["", "1", "1.2.3", "1.99999999999." + "0" * 64, "-1.1.x", "١.2." + "a" * 64]
)
def test_a_made_up_cookie_makes_no_kiosk(knock: Callable[..., TestClient], place: Small, cookie: str) -> None:
    assert manner.kiosk_round(cookie) == 0


def test_a_kiosk_of_a_round_that_is_over_says_so(kiosk: TestClient) -> None:
    with database.writing() as session:
        session.execute(update(Round).values(closes_at=now() - timedelta(minutes=1)))
    assert "已经结束" in kiosk.get("/f/kiosk").text


def test_in_danger_at_a_kiosk_nobody_is_asked_for_a_telephone_number(kiosk: TestClient, place: Small) -> None:
    page = walk(kiosk, place, until="overall")
    sent = fields(page.text, {"overall": "1", "open": "楼道里着火了"}, place) | {"do": "send"}
    done = kiosk.post(f"{ROUND}/overall", data=sent).text
    assert "119" in done and 'action="/f/contact"' not in done and "旁边有工作人员" in done

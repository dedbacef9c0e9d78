"""QR codes at the plain door: tickets that count, and codes nobody knows, without which the page works."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from starlette.testclient import TestClient

from core import database
from core.actions import round_cache
from core.actions.drafts import draft_of_key
from core.actions.rounds import publish_questionnaire
from core.questionnaires.load import load_shipped
from core.tickets import Slips
from models.base import now
from models.place import Community
from models.programme import Activity
from models.questionnaire import Round
from models.response import Response
from pages.parts import places
from tests.core.conftest import Small, make_small

ROUND = "/f/2026-autumn"
SLIPS = Slips("2026-autumn", "1")
FOREIGN = "不是这次调查的"
ANSWERS: dict[str, dict[str, Any]] = {
    "consent": {"consent": "1"},
    "who": {"who": "1"},
    "grid": {"sex": "2", "age": "8", "tenure": "1"},
    "need_elder": {"need_elder": ["E1", "E5"], "need_cult": "K1"},
    "top1": {"top1": "E1"},
    "used": {"used": "0"},
    "slot": {"slot": ["1", "3"]},
    "overall": {"overall": "4"},
}


@pytest.fixture
def place(knock: Callable[..., TestClient]) -> Iterator[Small]:
    round_cache.forget()
    places._kept.clear()
    yield make_small()
    round_cache.forget()
    places._kept.clear()


@pytest.fixture
def phone(knock: Callable[..., TestClient], place: Small) -> TestClient:
    return knock()


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def _chosen(page: str) -> str:
    """The place that is chosen on a step."""
    found = re.search(r'<option value="(\w+)" selected', page)
    return found[1] if found else ""


def _note(page: str) -> str:
    found = re.search(r'<p class="note" role="status">([^<]*)</p>', page)
    return unescape(found[1]) if found else ""


def _send(phone: TestClient, address: str, **more: str) -> None:
    """Follow a link and fill in the short form to its end."""
    page = phone.get(address, follow_redirects=True)
    for step, answers in ANSWERS.items():
        given: dict[str, Any] = _hidden(page.text) | answers | (more if step == "grid" else {})
        if step == "grid" and "grid" not in given:
            given["grid"] = _chosen(page.text)
        deed = "send" if step == "overall" else "next"
        page = phone.post(f"{ROUND}/{step}", data=given | {"do": deed}, follow_redirects=True)
    assert "收到了" in page.text


def _tickets() -> list[tuple[str | None, str]]:
    query = select(col(Response.ticket), col(Response.flags)).order_by(col(Response.id))
    with database.reading() as session:
        return [(ticket, flags) for ticket, flags in session.execute(query)]


def test_a_ticket_is_kept_as_a_hash_and_fills_in_the_place(phone: TestClient, place: Small) -> None:
    ticket = SLIPS.ticket(place.building * 1000 + 1)
    page = phone.get(f"{ROUND}?g=1&b=1&t={ticket}")
    assert _note(page.text) == ""
    _send(phone, f"{ROUND}?g=1&b=1&t={ticket}")
    with database.reading() as session:
        (row,) = session.scalars(select(Response))
    assert row.ticket == SLIPS.kept(ticket) and len(row.ticket or "") == 64
    assert (row.grid_id, row.building_id) == (place.grid, place.building)
    assert ticket.partition("-")[2] not in str(row)


def test_a_household_beyond_its_allowance_is_flagged_and_thanked_all_the_same(
    knock: Callable[..., TestClient], place: Small
) -> None:
    address = f"{ROUND}?g=1&b=1&t={SLIPS.ticket(1)}"
    for n in range(3):
        _send(knock(f"10.0.0.{n + 2}"), address)
    flags = [flags for _, flags in _tickets()]
    assert ["ticket" in each.split(";") for each in flags] == [False, False, True]


@pytest.mark.parametrize(
    "ticket",
    [
        "1-AAAAAAAA",
        Slips("2025-autumn", "1").ticket(1),
        Slips("2026-autumn", "2").ticket(1),
        "x" * 300,
        "<script>",
        "%00",
        "1",
    ],
)
def test_a_forged_or_replayed_ticket_is_told_kindly_and_counts_nothing(
    phone: TestClient, place: Small, ticket: str
) -> None:
    page = phone.get(f"{ROUND}?g=1&b=1&t={ticket}")
    assert page.status_code == 200 and FOREIGN in _note(page.text) and "<script>" not in _note(page.text)
    assert "t" not in _hidden(page.text)
    _send(phone, f"{ROUND}?g=1&b=1&t={ticket}")
    assert [kept for kept, _ in _tickets()] == [None]


def test_a_ticket_forged_into_the_form_counts_nothing(phone: TestClient, place: Small) -> None:
    page = phone.get(ROUND)
    given = _hidden(page.text) | {"consent": "1", "t": "1-AAAAAAAA", "g": "1", "do": "next"}
    phone.post(f"{ROUND}/consent", data=given)
    draft = draft_of_key(given["key"])
    assert draft is not None and draft.ticket == ""


def test_without_its_grid_a_ticket_is_none(phone: TestClient, place: Small) -> None:
    assert FOREIGN in _note(phone.get(f"{ROUND}?t={SLIPS.ticket(1)}").text)


def test_a_sheet_begun_without_a_ticket_takes_the_one_that_is_scanned_later(
    phone: TestClient, place: Small
) -> None:
    page = phone.get(ROUND)
    sent = _hidden(page.text) | {"consent": "1", "do": "next"}
    phone.post(f"{ROUND}/consent", data=sent)
    phone.get(f"{ROUND}?g=1&t={SLIPS.ticket(1)}")
    draft = draft_of_key(sent["key"])
    assert draft is not None and draft.ticket == SLIPS.kept(SLIPS.ticket(1))


def test_the_next_households_ticket_begins_a_sheet_of_its_own(phone: TestClient, place: Small) -> None:
    first = phone.get(f"{ROUND}?g=1&t={SLIPS.ticket(1)}")
    key = _hidden(first.text)["key"]
    phone.post(f"{ROUND}/consent", data=_hidden(first.text) | {"consent": "1", "do": "next"})
    second = phone.get(f"{ROUND}?g=1&t={SLIPS.ticket(2)}")
    assert second.status_code == 200 and _hidden(second.text)["key"] != key
    # The first household's answers are not lost: its code still finds them.
    draft = draft_of_key(key)
    assert draft is not None and draft.answers["consent"] == "1"
    # And going on with one's own ticket goes on with one's own sheet.
    phone.post(f"{ROUND}/consent", data=_hidden(second.text) | {"consent": "1", "do": "next"})
    assert phone.get(f"{ROUND}?g=1&t={SLIPS.ticket(2)}").status_code == 303


@pytest.mark.parametrize(
    ("query", "told"),
    [("g=9", "网格"), ("g=9&b=1", "网格"), ("b=1", "楼"), ("g=1&b=9", "楼"), ("g=%3Cb%3E", "网格")],
)
def test_an_unknown_place_is_told_in_one_line_and_one_chooses(
    phone: TestClient, place: Small, query: str, told: str
) -> None:
    page = phone.get(f"{ROUND}?{query}")
    assert page.status_code == 200 and told in _note(page.text)
    assert page.text.count('class="note"') == 1 and "<b>" not in _note(page.text)
    _send(phone, f"{ROUND}?{query}", grid="")


def test_a_grid_that_is_known_is_kept_when_its_building_is_not(phone: TestClient, place: Small) -> None:
    _send(phone, f"{ROUND}?g=1&b=9")
    with database.reading() as session:
        (row,) = session.scalars(select(Response))
    assert (row.grid_id, row.building_id) == (place.grid, None)


@pytest.mark.parametrize("query", ["c=nowhere", "g=9", "c=nowhere&g=1"])
def test_the_front_page_works_with_an_unknown_code(phone: TestClient, place: Small, query: str) -> None:
    page = phone.get(f"/f?{query}")
    assert page.status_code == 200 and _note(page.text) and f'href="{ROUND}' in page.text
    assert "nowhere" not in page.text and "g=9" not in page.text


def test_the_front_page_with_codes_that_are_known_tells_nothing(phone: TestClient, place: Small) -> None:
    page = phone.get("/f?c=t&g=1&b=1")
    assert _note(page.text) == "" and f"{ROUND}?c=t&amp;g=1&amp;b=1" in page.text


@pytest.mark.parametrize(("words", "known"), [("一号楼", True), ("菜市场后面", False)])
def test_a_place_in_words_is_matched_or_kept_for_staff(
    phone: TestClient, place: Small, words: str, known: bool
) -> None:
    _send(phone, ROUND, grid="0", grid_other=words)
    with database.reading() as session:
        (row,) = session.scalars(select(Response))
    assert row.building_id == (place.building if known else None)
    assert row.answers.get("grid_other") == (None if known else words)


def test_one_sentence_can_be_said_with_an_unknown_code(phone: TestClient, place: Small) -> None:
    page = phone.get("/f/say?c=nowhere&g=1&b=9")
    assert page.status_code == 200 and "社区这里没有" in _note(page.text)
    assert _chosen(page.text) == f"g{place.grid}"


@pytest.fixture
def feedback(place: Small) -> Small:
    with database.writing() as session:
        asked = publish_questionnaire(session, load_shipped("feedback-v1"))
        opened = Round(
            code="fb",
            community_id=place.community,
            questionnaire_id=asked,
            name="评",
            opens_at=now() - timedelta(days=1),
        )
        other = Community(code="other", name="别处")
        session.add_all([opened, other])
        session.flush()
        for code, id_ in (("lunch", place.community), ("far", other.id)):
            at = now() - timedelta(days=2)
            session.add(Activity(code=code, community_id=id_, name=code, area="elderly", starts_at=at))
    return place


@pytest.mark.parametrize("code", ["gone", "far"])
def test_an_unknown_activity_is_told_and_one_chooses(phone: TestClient, feedback: Small, code: str) -> None:
    page = phone.get(f"/f/fb?a={code}")
    assert page.status_code == 200 and "活动没有找到" in _note(page.text)
    assert "/f/fb?a=lunch" in page.text


def test_a_ticket_on_the_way_to_another_survey_is_no_matter(phone: TestClient, feedback: Small) -> None:
    page = phone.get(f"/f/fb?a=lunch&g=1&t={SLIPS.ticket(1)}")
    assert page.status_code == 200 and _note(page.text) == "" and "t" not in _hidden(page.text)

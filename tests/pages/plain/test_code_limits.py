"""Trying receipt codes is bounded: per browser, and per address whatever cookies come with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from core.actions import round_cache
from core.words import say
from pages.plain.limits import VISITOR
from tests.core.conftest import Small, make_small

Knock = Callable[..., TestClient]


@pytest.fixture(autouse=True)
def place(knock: Knock) -> Iterator[Small]:
    round_cache.forget()
    yield make_small()
    round_cache.forget()


def browser(knock: Knock, address: str = "10.0.0.1") -> TestClient:
    """A browser that has been at the form."""
    found = knock(address)
    assert found.get("/r").status_code == 200 and len(found.cookies[VISITOR]) == 32
    return found


def tries(phone: TestClient, n: int, path: str = "/r") -> list[int]:
    return [phone.post(path, data={"code": "222 2223"}).status_code for _ in range(n)]


def test_the_twenty_first_try_of_a_browser_waits_and_others_do_not(knock: Knock) -> None:
    mine, neighbour = browser(knock), browser(knock)
    assert tries(mine, 21) == [404] * 20 + [429]
    refused = mine.post("/r", data={"code": "222 2223"})
    assert say("door.receipt.too_many", seconds=60) in refused.text
    assert refused.headers["retry-after"] == "60"
    assert tries(neighbour, 2) == [404, 404], "the same address, another browser"
    assert tries(browser(knock, "10.0.0.2"), 2) == [404, 404]


def test_every_way_to_try_a_code_counts(knock: Knock) -> None:
    phone = browser(knock)
    for path in ("/f/resume", "/r/answers", "/r/change", "/r/verdict"):
        assert tries(phone, 5, path) == [404] * 5
    for path in ("/r", "/f/resume", "/r/withdraw"):
        assert tries(phone, 1, path) == [429]


def test_throwing_the_cookie_away_helps_up_to_sixty_tries_an_address(knock: Knock) -> None:
    found = []
    for _ in range(7):
        found += tries(browser(knock), 10)
    assert found == [404] * 60 + [429] * 10
    assert tries(browser(knock, "10.0.0.2"), 1) == [404]


def test_filling_in_a_sheet_is_not_counted_as_trying_codes(knock: Knock) -> None:
    phone = browser(knock)
    tries(phone, 21)
    page = phone.post("/f/2026-autumn/consent", data={"q": "consent", "consent": "1", "do": "next"})
    assert page.status_code in (200, 303) and phone.get("/r").status_code == 200


def test_who_keeps_no_cookie_is_counted_with_others_of_the_address_alone(knock: Knock) -> None:
    assert tries(knock(), 21) == [404] * 20 + [429]
    assert tries(knock("10.0.0.2"), 1) == [404]

"""The review screen in a real browser: by keys alone, on a desk and on a phone."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NotYet

from tests.browser.conftest import DESK, PHONE, OpenPage, enter
from tests.browser.fit import axe
from tests.browser.hands import at_rest, settle

CARD, SCREEN = ".rv-card", "[data-testid=stMain]"
# What a reviewer types: mostly the first suggestion, sometimes another area, none, or a change on the way.
TYPED = ("1", "1", "2", "q1", "1", "3k", "0", "1", "e1", "2")
THIRTY = 30


def _review(open_page: OpenPage, size: tuple[int, int] = DESK) -> Page:
    """Signed in, with a comment to review; the classifier of a first start may take a minute."""
    page = open_page("/signin?next=review", size=size)
    enter(page, "shegong")
    for _ in range(30):
        try:
            page.wait_for_selector(CARD, timeout=8_000)
            return at_rest(page)
        except NotYet:
            page.goto("/review")
    raise AssertionError("nothing was read")


def _comment(page: Page) -> str:
    return page.get_attribute(CARD, "data-comment") or ""


def _today(page: Page) -> int:
    found = re.search(r"今天复核了 (\d+) 条", page.inner_text(".st-top h1"))
    assert found
    return int(found[1])


def _type(page: Page, keys: str) -> None:
    """Press the keys of one comment, each when the screen is drawn; then the next comment is there."""
    before = _comment(page)
    for key in keys:
        settle(page)
        shown = page.inner_text(SCREEN)
        page.keyboard.press(key)
        changed = "([where, then]) => document.querySelector(where).innerText !== then"
        page.wait_for_function(changed, arg=[SCREEN, shown])
    page.wait_for_function("then => document.querySelector('.rv-card')?.dataset.comment !== then", arg=before)


def _wait_for_today(page: Page, n: int) -> None:
    told = "n => document.querySelector('.st-top h1').innerText.includes(`复核了 ${n} 条`)"
    page.wait_for_function(told, arg=n)


def test_thirty_comments_are_labelled_by_keys_alone(open_page: OpenPage) -> None:
    page = _review(open_page)
    before = _today(page)
    begun = time.monotonic()
    for n in range(THIRTY):
        _type(page, TYPED[n % len(TYPED)])
    print(f"{THIRTY} comments in {time.monotonic() - begun:.1f} s")
    _wait_for_today(page, before + THIRTY)
    _type(page, "u")
    _wait_for_today(page, before + THIRTY - 1)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_comment_and_suggestions_are_seen_at_once(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = _review(open_page, size)
    buttons = page.locator(".st-key-review-suggest button")
    buttons.nth(1).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for place in range(2):
        box = buttons.nth(place).bounding_box()
        assert box is not None and box["height"] >= 56 and box["y"] + box["height"] <= size[1]


def test_no_barrier_is_found_in_the_screen(open_page: OpenPage) -> None:
    page = _review(open_page)
    page.wait_for_selector(".st-key-review-details button")
    found = axe(page, where=SCREEN)
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []

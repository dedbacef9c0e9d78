"""A resident without a script says one sentence, comes back with the receipt, and takes it back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from core.words import say
from tests.browser import fit
from tests.browser.sheet import follow, press
from tests.serving import Served

WORDS = "三号楼后面那条路没有灯，晚上摔过人"


def _phone(chromium: Browser, served: Served, *, elder: bool = False, script: bool = False) -> Page:
    return fit.phone(chromium, served, elder=elder, script=script).new_page()


def _say_it(page: Page) -> str:
    """Say the sentence; its receipt."""
    page.goto("/f/say")
    page.fill("textarea", WORDS)
    follow(page.locator("main form button:not(.first):not(.quiet):not(.link)").last)
    code = page.locator(".receipt .code").first.inner_text()
    assert re.fullmatch(r"[0-9A-Z]{3} [0-9A-Z]{4}", code)
    return code


def test_one_sentence_from_saying_it_to_taking_it_back(chromium: Browser, served: Served) -> None:
    page = _phone(chromium, served)
    code = _say_it(page)
    later = _phone(chromium, served)
    later.goto("/r")
    later.fill("#code", code.lower().replace(" ", ""))
    press(later, say("resident.receipt.look"))
    expect(later.locator("blockquote")).to_have_text(WORDS)
    expect(later.locator(".life li").first).to_contain_text(say("resident.receipt.received", day=""))
    assert "code" not in later.url and code.replace(" ", "") not in later.url
    press(later, say("door.receipt.take_back"))
    expect(later.locator("h1")).to_have_text(say("door.receipt.withdraw.title"))
    press(later, say("door.receipt.withdraw.sure"))
    expect(later.locator("h1")).to_have_text(say("door.receipt.withdraw.done"))
    later.goto("/r")
    later.fill("#code", code)
    press(later, say("resident.receipt.look"))
    expect(later.locator("h1")).to_contain_text("已按本人的意愿")


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
def test_the_receipts_pages_are_for_everybody(chromium: Browser, served: Served, elder: bool) -> None:
    page = _phone(chromium, served, elder=elder, script=True)
    code = _say_it(page)
    page.goto("/r")
    assert fit.faults(page) == []
    page.fill("#code", "222 2223")
    press(page, say("resident.receipt.look"))
    assert fit.faults(page) == []
    page.fill("#code", code)
    press(page, say("resident.receipt.look"))
    assert fit.faults(page) == []
    press(page, say("door.receipt.take_back"))
    assert fit.faults(page) == []
    press(page, say("door.receipt.withdraw.sure"))
    assert fit.faults(page) == []

"""One sentence, a number to be called at, and the notice in a real browser: no script, both looks, axe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PHONE
from tests.serving import Served

NARROW = (320, 640)
FIRE, CALM = "楼道里着火了，到处冒烟", "小广场的路灯坏了两个月"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SEND = "#sheet > button:last-of-type"
LEAVE = "form[action='/f/contact'] button:not([value])"
# What is meant to be tapped and is lower than it must be, as "height HTML".
LOW = """least => [...document.querySelectorAll(`header .look, main :is(a.button, a.back, a.call, summary,
        select, button:not(.first), textarea, input:not([type=hidden], [type=checkbox]), .option > label)`)]
    .filter(one => one.getClientRects().length)
    .map(one => [Math.round(one.getBoundingClientRect().height), one.outerHTML.slice(0, 90)])
    .filter(([height]) => height < least).map(String)"""
SMALL_PRINT = """least => [...document.querySelectorAll('main *')]
    .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
    .filter(one => one.getClientRects().length && parseFloat(getComputedStyle(one).fontSize) < least)
    .map(one => getComputedStyle(one).fontSize + ' ' + one.outerHTML.slice(0, 90))"""


def _context(chromium: Browser, served: Served, *, elder: bool, script: bool) -> BrowserContext:
    context = chromium.new_context(
        base_url=served.url,
        viewport={"width": PHONE[0], "height": PHONE[1]},
        locale="zh-CN",
        java_script_enabled=script,
    )
    if elder:
        context.add_cookies([{"name": "ls_elder", "value": "1", "url": served.url}])
    return context


@pytest.fixture(params=["normal", "elder"])
def page(request: pytest.FixtureRequest, chromium: Browser, served: Served) -> Iterator[Page]:
    """A visitor's tab in either look; axe needs scripts, the pages have none."""
    context = _context(chromium, served, elder=request.param == "elder", script=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(chromium: Browser, served: Served) -> Iterator[Page]:
    """A tab that runs no script."""
    context = _context(chromium, served, elder=False, script=False)
    yield context.new_page()
    context.close()


def _fit(page: Page) -> None:
    """No violation; nothing to scroll sideways; large enough to tap and to read in this look."""
    elder = "elder" in (page.locator("body").get_attribute("class") or "")
    found: list[dict[str, Any]] = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    for width, height in (NARROW, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(LOW, 60 if elder else 44) == []
        assert page.evaluate(SMALL_PRINT, 24 if elder else 17.5) == []


def test_every_page_on_the_way_is_fit_in_both_looks(page: Page) -> None:
    page.goto("/f/say")
    _fit(page)
    page.check("#reach")
    page.fill("#q-text-in", FIRE)
    page.fill("#phone", "1391234567")
    page.click(SEND)
    assert page.locator(".problem").count() == 2
    _fit(page)
    page.uncheck("#reach")
    page.click(SEND)
    _fit(page)
    page.click(LEAVE)
    _fit(page)
    page.fill("#phone", "13912345678")
    page.check("#agree")
    page.click(LEAVE)
    assert "139 1234 5678" in page.inner_text("main")
    _fit(page)
    page.click("button[value=forget]")
    _fit(page)
    page.goto("/notice")
    page.locator("summary").first.click()
    _fit(page)


def test_without_a_script_words_are_said_once_and_back_brings_them(plain: Page) -> None:
    plain.goto("/f/say?g=3")
    assert not plain.locator("#phone").is_visible()
    plain.fill("#q-text-in", CALM)
    plain.check("#reach")
    plain.click(SEND)
    assert plain.input_value("#q-text-in") == CALM and plain.locator("#phone").is_visible()
    plain.fill("#phone", "0531-88776655")
    plain.check("#agree")
    plain.click(SEND)
    code = plain.inner_text(".receipt .code")
    assert "0531-88776655" in plain.inner_text("main")
    plain.go_back()
    assert plain.input_value("#q-text-in") == CALM
    plain.click(SEND)
    assert plain.inner_text(".receipt .code") == code


def test_leaving_by_mistake_loses_nothing(plain: Page) -> None:
    plain.goto("/f/say")
    plain.fill("#q-text-in", CALM)
    plain.click("footer a[href='/notice']")
    plain.go_back()
    assert plain.input_value("#q-text-in") == CALM


def test_the_notice_opens_beside_the_form_and_reads_without_a_script(plain: Page) -> None:
    plain.goto("/f/say")
    plain.fill("#q-text-in", CALM)
    plain.check("#reach")
    with plain.context.expect_page() as opened:
        plain.click("#q-agree a")
    notice = opened.value
    assert plain.input_value("#q-text-in") == CALM
    assert "180 天后自动删除" in notice.inner_text("main")
    group = notice.locator("details").first
    assert "每道题选了什么" not in group.inner_text()
    group.locator("summary").click()
    assert "每道题选了什么" in group.inner_text()

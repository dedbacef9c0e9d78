"""The plain board and sign-up in a real browser: axe, sizes, 320 pixels, both looks, and without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE
from tests.serving import Served

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW = {"width": 320, "height": 640}
# Links inside a sentence are exempt (WCAG 2.5.8); what one taps to go on is not.
SMALL = """least => [...document.querySelectorAll('main :is(button, input, summary, .areas a, .go, .button)')]
    .filter(one => one.checkVisibility() && !one.matches('.first, [type=hidden], .option > input'))
    .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
    .filter(([, box]) => box.height < least || box.width < 44)
    .map(([html, box]) => `${Math.round(box.width)} x ${Math.round(box.height)} ${html}`)"""
PRINT = """least => [...document.querySelectorAll('main *')]
    .filter(one => one.checkVisibility() && [...one.childNodes].some(
        node => node.nodeType === 3 && node.textContent.trim()))
    .filter(one => parseFloat(getComputedStyle(one).fontSize) < least)
    .map(one => getComputedStyle(one).fontSize + ' ' + one.outerHTML.slice(0, 80))"""


@pytest.fixture(params=["normal", "elder"])
def phone(request: pytest.FixtureRequest, chromium: Browser, served: Served) -> Iterator[tuple[Page, bool]]:
    """A phone's page in one of the two looks."""
    elder = request.param == "elder"
    context = chromium.new_context(base_url=served.url, locale="zh-CN")
    context.add_cookies([{"name": "ls_elder", "value": str(int(elder)), "url": served.url}])
    page = context.new_page()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    yield page, elder
    context.close()


def _fit(page: Page, elder: bool) -> None:
    """No violation of WCAG 2.2 A and AA, large enough to tap and to read, nothing to scroll sideways."""
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate(SMALL, 60 if elder else 44) == []
    assert page.evaluate(PRINT, 20 if elder else 16) == []
    size = page.viewport_size
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.lang") == "zh-CN" and page.locator("h1").count() == 1


def _go(page: Page) -> None:
    page.locator("form#sheet button:not(.first)").first.click()


def test_every_page_of_the_board_is_fit(phone: tuple[Page, bool]) -> None:
    page, elder = phone
    page.goto("/b")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    _fit(page, elder)
    free = page.locator(".go", has_text="我要报名")
    asking = page.locator(".items li", has_text="陪诊日").locator(".go").first.get_attribute("href") or ""
    full = page.locator(".go", has_text="报候补").first.get_attribute("href") or ""
    page.goto(free.first.get_attribute("href") or "")
    _fit(page, elder)
    _go(page)
    page.locator(".code").wait_for()
    _fit(page, elder)
    page.click("button[value=cancel]")
    _fit(page, elder)
    page.goto(asking)
    _go(page)
    assert page.locator(".problem").count() == 3
    _fit(page, elder)
    page.goto(full)
    _go(page)
    assert re.search("候补第 [3-9] 位", page.inner_text("main"))
    _fit(page, elder)
    page.goto("/b/cancel")
    _go(page)
    assert page.locator("[role=alert]").count() == 1
    _fit(page, elder)


def test_without_a_script_one_signs_up_looks_and_cancels(chromium: Browser, served: Served) -> None:
    context = chromium.new_context(base_url=served.url, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto("/f")
    page.click("text=看回应")
    page.locator(".items li", has_text="陪诊日").locator(".go").first.click()
    page.fill("#called", "王阿姨")
    page.fill("#phone", "138 0000 0003")
    page.click("text=长辈版")
    assert page.input_value("#called") == "王阿姨" and page.locator("body.elder").count() == 1
    page.check("#agree")
    _go(page)
    code = page.inner_text(".code")
    page.goto("/b")
    page.click("text=看或取消报名")
    page.fill("#code", code.lower())
    _go(page)
    assert page.inner_text(".code") == code and "陪诊日" in page.inner_text("main")
    page.click("button[value=cancel]")
    assert page.inner_text("h1") == "报名已经取消"
    context.close()

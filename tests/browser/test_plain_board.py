"""The plain board and sign-up in a real browser: axe, sizes, 320 pixels, both looks, and without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import fit
from tests.browser.sheet import follow
from tests.serving import Served


@pytest.fixture(params=["normal", "elder"])
def phone(request: pytest.FixtureRequest, chromium: Browser, served: Served) -> Iterator[Page]:
    """A phone's page in one of the two looks."""
    with fit.phone(chromium, served, elder=request.param == "elder") as context:
        yield context.new_page()


def _fit(page: Page) -> None:
    assert fit.faults(page) == [], page.url


def _go(page: Page) -> None:
    follow(page.locator("form#sheet button:not(.first)").first)


def test_every_page_of_the_board_is_fit(phone: Page) -> None:
    page = phone
    page.goto("/b")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    _fit(page)
    free = page.locator(".go", has_text="我要报名")
    asking = page.locator(".items li", has_text="陪诊日").locator(".go").first.get_attribute("href") or ""
    full = page.locator(".go", has_text="报候补").first.get_attribute("href") or ""
    page.goto(free.first.get_attribute("href") or "")
    _fit(page)
    _go(page)
    _fit(page)
    follow(page.locator("button[value=cancel]"))
    _fit(page)
    page.goto(asking)
    _go(page)
    assert page.locator(".problem").count() == 3
    _fit(page)
    page.goto(full)
    _go(page)
    assert re.search("候补第 [3-9] 位", page.inner_text("main"))
    _fit(page)
    page.goto("/b/cancel")
    _go(page)
    assert page.locator("[role=alert]").count() == 1
    _fit(page)


def test_without_a_script_one_signs_up_looks_and_cancels(chromium: Browser, served: Served) -> None:
    context = chromium.new_context(base_url=served.url, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto("/f")
    follow(page.locator("text=看回应"))
    follow(page.locator(".items li", has_text="陪诊日").locator(".go").first)
    page.fill("#called", "王阿姨")
    page.fill("#phone", "138 0000 0003")
    follow(page.locator("text=长辈版"))
    assert page.input_value("#called") == "王阿姨" and page.locator("body.elder").count() == 1
    page.check("#agree")
    _go(page)
    code = page.inner_text(".code")
    page.goto("/b")
    follow(page.locator("text=看或取消报名"))
    page.fill("#code", code.lower())
    _go(page)
    assert page.inner_text(".code") == code and "陪诊日" in page.inner_text("main")
    follow(page.locator("button[value=cancel]"))
    assert page.inner_text("h1") == "报名已经取消"
    context.close()

"""One sentence, a number to be called at, and the notice in a real browser: no script, both looks, axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import fit
from tests.browser.sheet import follow
from tests.serving import Served

FIRE, CALM = "楼道里着火了，到处冒烟", "小广场的路灯坏了两个月"
SEND = "#sheet > button:last-of-type"
LEAVE = "form[action='/f/contact'] button:not([value])"


@pytest.fixture(params=["normal", "elder"])
def page(request: pytest.FixtureRequest, chromium: Browser, served: Served) -> Iterator[Page]:
    """A visitor's tab in either look; axe needs scripts, the pages have none."""
    with fit.phone(chromium, served, elder=request.param == "elder") as context:
        yield context.new_page()


@pytest.fixture
def plain(chromium: Browser, served: Served) -> Iterator[Page]:
    """A tab that runs no script."""
    with fit.phone(chromium, served, elder=False, script=False) as context:
        yield context.new_page()


def _fit(page: Page) -> None:
    assert fit.faults(page) == [], page.url


def test_every_page_on_the_way_is_fit_in_both_looks(page: Page) -> None:
    page.goto("/f/say")
    _fit(page)
    page.check("#reach")
    page.fill("#q-text-in", FIRE)
    page.fill("#phone", "1391234567")
    follow(page.locator(SEND))
    assert page.locator(".problem").count() == 2
    _fit(page)
    page.uncheck("#reach")
    follow(page.locator(SEND))
    _fit(page)
    follow(page.locator(LEAVE))
    _fit(page)
    page.fill("#phone", "13912345678")
    page.check("#agree")
    follow(page.locator(LEAVE))
    assert "139 1234 5678" in page.inner_text("main")
    _fit(page)
    follow(page.locator("button[value=forget]"))
    _fit(page)
    page.goto("/notice")
    page.locator("summary").first.click()
    _fit(page)


def test_without_a_script_words_are_said_once_and_back_brings_them(plain: Page) -> None:
    plain.goto("/f/say?g=3")
    assert not plain.locator("#phone").is_visible()
    plain.fill("#q-text-in", CALM)
    plain.check("#reach")
    follow(plain.locator(SEND))
    assert plain.input_value("#q-text-in") == CALM and plain.locator("#phone").is_visible()
    plain.fill("#phone", "0531-88776655")
    plain.check("#agree")
    follow(plain.locator(SEND))
    code = plain.inner_text(".receipt .code")
    assert "0531-88776655" in plain.inner_text("main")
    plain.go_back()
    assert plain.input_value("#q-text-in") == CALM
    follow(plain.locator(SEND))
    assert plain.inner_text(".receipt .code") == code


def test_leaving_by_mistake_loses_nothing(plain: Page) -> None:
    plain.goto("/f/say")
    plain.fill("#q-text-in", CALM)
    follow(plain.locator("footer a[href='/notice']"))
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

"""Every screen for those who cannot see, or tap small things, or read small print: axe, and our own sizes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from core.access import PERMISSIONS
from core.words import say
from pages.parts.screens import SCREENS, Screen
from tests.browser.conftest import DESK, PHONE, sign_in
from tests.browser.fit import NARROW, axe
from tests.browser.hands import NEXT, look_up, press, receipt_code, settle, tap, turn, visit
from tests.serving import Served

SERIOUS = ("serious", "critical")
RESIDENTS = [screen for screen in SCREENS if screen.right is None]
# What Streamlit draws so by itself: rule → where (a CSS selector the element lies in), and why it stays.
STREAMLITS = {
    # Its menu puts a heading's items into a <div> inside the <ul>: read out as links all the same.
    "list": "[data-testid=stSidebarNav]",
    "listitem": "[data-testid=stSidebarNav]",
}
# Scripts that list what is too small to tap, too small to read (under 18 pixels), or a group without a name.
SMALL_TARGETS = """() => [...document.querySelectorAll(
        '[data-testid=stMainBlockContainer] :is(a, button, input, textarea, summary)')]
    .filter(one => one.checkVisibility() && one.type !== 'checkbox')
    .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
    .filter(([, box]) => box.height < 44 || box.width < 44)
    .map(([html, box]) => `${Math.round(box.width)} x ${Math.round(box.height)} ${html}`)"""
SMALL_PRINT = """() => [...document.querySelectorAll('[data-testid=stMainBlockContainer] *')]
    .filter(one => one.checkVisibility() && [...one.childNodes].some(
        node => node.nodeType === 3 && node.textContent.trim()))
    .filter(one => !one.matches('style, script, [translate=no]'))
    .filter(one => parseFloat(getComputedStyle(one).fontSize) < 17.5)
    .map(one => getComputedStyle(one).fontSize + ' ' + one.outerHTML.slice(0, 90))"""
UNNAMED_GROUPS = """() => [...document.querySelectorAll(
        '.stButtonGroup :is([role=radiogroup], [role=toolbar])')]
    .filter(one => !(one.ariaLabel || one.getAttribute('aria-labelledby')))
    .map(one => one.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def tabs(chromium: Browser, served: Served) -> Iterator[dict[str, Page]]:
    """One tab of a resident, one of the committee, one of an administrator."""
    contexts = {
        name: chromium.new_context(base_url=served.url, locale="zh-CN") for name in ("", "juwei", "guanli")
    }
    pages = {name: context.new_page() for name, context in contexts.items()}
    for name, page in pages.items():
        page.set_default_timeout(30_000)
        if name:
            sign_in(page, name)
            settle(page)
    yield pages
    for context in contexts.values():
        context.close()


def _tab(tabs: dict[str, Page], screen: Screen) -> Page:
    if screen.right is None:
        return tabs[""]
    return tabs["juwei" if screen.right in PERMISSIONS["committee"] else "guanli"]


def _violations(page: Page) -> list[tuple[str, str, str]]:
    """Serious and critical violations as (rule, selector, HTML)."""
    return [
        (rule["id"], str(node["target"][0]), str(node["html"])[:160])
        for rule in axe(page)
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def _streamlits(page: Page, rule: str, selector: str) -> bool:
    """Whether this is one of those Streamlit itself draws."""
    where = STREAMLITS.get(rule)
    return bool(
        where
        and page.evaluate("([one, where]) => !!document.querySelector(one).closest(where)", [selector, where])
    )


def _ours(page: Page) -> list[tuple[str, str, str]]:
    return [one for one in _violations(page) if not _streamlits(page, *one[:2])]


def _resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(200)
    settle(page)


def _open(tabs: dict[str, Page], screen: Screen, size: tuple[int, int]) -> Page:
    page = _tab(tabs, screen)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    return visit(page, f"/{screen.name}")


@pytest.mark.parametrize("screen", [one for one in SCREENS if one.right], ids=lambda screen: screen.name)
def test_axe_finds_nothing_serious_for_those_at_a_desk(tabs: dict[str, Page], screen: Screen) -> None:
    assert _ours(_open(tabs, screen, DESK)) == []


@pytest.mark.parametrize("screen", RESIDENTS, ids=lambda screen: screen.name)
def test_a_residents_screen_is_for_everybody(tabs: dict[str, Page], screen: Screen) -> None:
    """At a desk and on a phone for axe; 320 pixels and unsteady hands; one heading, a title of its own."""
    page = _open(tabs, screen, DESK)
    found = _ours(page)
    _resize(page, PHONE)
    assert found + _ours(page) == []
    _resize(page, NARROW)
    _fit_for_a_resident(page)
    assert page.locator("h1").count() == 1
    assert page.title() == say("menu.title", screen=say(f"menu.screen.{screen.name}"))


def test_what_is_streamlits_is_still_so(tabs: dict[str, Page]) -> None:
    """An exception that is no longer needed must go."""
    page = visit(tabs["juwei"], "/overview")
    assert {rule for rule, selector, _ in _violations(page) if _streamlits(page, rule, selector)} == set(
        STREAMLITS
    )


def _fit_for_a_resident(page: Page) -> None:
    """Nothing to scroll sideways, nothing too small to tap or to read, every group of choices named."""
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(SMALL_PRINT) == []
    assert page.evaluate(UNNAMED_GROUPS) == []


def test_no_two_screens_have_the_same_title() -> None:
    assert len({say(f"menu.screen.{screen.name}") for screen in SCREENS}) == len(SCREENS)


def _look(page: Page) -> None:
    _fit_for_a_resident(page)
    assert _ours(page) == []


def test_each_step_is_as_fit_as_its_first_screen(tabs: dict[str, Page]) -> None:
    """Choices, faces, the place picker, mistakes, thanks, a receipt: what one meets on the way."""
    page = tabs[""]
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    visit(page, "/needs")
    tap(page, "我看明白了，愿意参加")
    turn(page)
    press(page, NEXT)  # nothing answered yet: every question says so
    for label, below in (("我自己", "who"), ("第 3 网格", "grid-grid"), ("女", "sex"), ("70–79 岁", "age")):
        tap(page, label, below=below)
    _look(page)
    turn(page)
    tap(page, "其他", below="need_cult")
    _look(page)
    visit(page, "/feedback")
    page.locator(".st-key-activities button").first.click()
    page.locator("[class*=st-key-faces-]").first.wait_for()
    _look(settle(page))
    visit(page, "/sentence")
    page.locator("textarea").fill("楼道里着火了，到处冒烟")
    press(page, say("resident.sentence.send"))
    code = receipt_code(page)
    _look(page)
    look_up(page, code)
    _look(page)

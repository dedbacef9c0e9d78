"""The checks of accessibility a residents' page must pass, in one place: every story makes them as it goes.

Numbers are those of the list the project keeps to (docs/accessibility.md); its sources are the Chinese norms
for ageing-friendly websites and apps (工信部, 2021-04), GB/T 37668-2019 and WCAG 2.2 A/AA.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PHONE
from tests.serving import Served

NARROW = (320, 640)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE = Axe().axe_script
# All that is right would be written out too, element by element: that takes longer than to look.
_RUN = """([where, rules]) => axe.run(where ?? document,
    {resultTypes: ['violations'], ...(rules ? {runOnly: rules} : {})}).then(found => found.violations)"""
_LOOK = (Path(__file__).parent / "fit.js").read_text("utf-8")
# What a reader may set for the text by themselves (WCAG 1.4.12).
_SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important }
* { word-spacing: .16em !important } p { margin-bottom: 2em !important }"""


def is_elder(page: Page) -> bool:
    """Whether the page is in 长辈版."""
    return "elder" in (page.locator("body").get_attribute("class") or "")


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, on a phone and a narrow one; each by its check's number."""
    return seen(page) + violations(page)


def seen(page: Page) -> list[str]:
    """The same without axe: what one can see."""
    found: list[str] = []
    for width, height in (NARROW, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width} px, {one}" for one in page.evaluate(_LOOK, is_elder(page))]
    return found


def axe(page: Page, *, where: str | None = None, rules: list[str] | None = None) -> list[dict[str, Any]]:
    """The violations axe finds on the page or within a selector, by all its rules or those of some tags."""
    page.evaluate(_AXE)
    found: list[dict[str, Any]] = page.evaluate(_RUN, [where, rules])
    return found


def violations(page: Page) -> list[str]:
    """What axe finds, as check 17."""
    return [f"17: {one['id']} {node['html'][:120]}" for one in axe(page, rules=WCAG) for node in one["nodes"]]


def spaced(page: Page) -> list[str]:
    """What no longer fits a narrow phone when its owner has spread the text."""
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    added = page.add_style_tag(content=_SPACED)
    try:
        return [one for one in page.evaluate(_LOOK, is_elder(page)) if one.startswith("11:")]
    finally:
        added.evaluate("one => one.remove()")


def phone(chromium: Browser, served: Served, *, elder: bool, script: bool = True) -> BrowserContext:
    """A phone in one of both looks, with or without scripts."""
    context = chromium.new_context(
        base_url=served.url,
        viewport={"width": PHONE[0], "height": PHONE[1]},
        locale="zh-CN",
        java_script_enabled=script,
    )
    context.add_cookies([{"name": "ls_elder", "value": str(int(elder)), "url": served.url}])
    return context

"""What a visitor's hands and eyes do: tap a choice, press a button, wait until the screen has settled."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from core.questionnaires.load import load_shipped
from core.words import say

NEXT, SEND = say("resident.step.next"), say("resident.step.send")


def settle(page: Page) -> Page:
    """Wait until a screen has been drawn and no run is under way."""
    page.wait_for_selector(".stApp[data-test-script-state=notRunning]")
    page.wait_for_selector("[data-testid=stMainBlockContainer] h1, .ls-fail, .ls-note")
    page.wait_for_function("!document.querySelector('[data-stale=true]')")
    return page


def at_rest(page: Page) -> Page:
    """Wait as long as a hand does: Streamlit forgets what is tapped in the first tenths of a second."""
    settle(page)
    page.wait_for_timeout(700)
    return settle(page)


def visit(page: Page, path: str) -> Page:
    """Open an address in this tab."""
    page.goto(path)
    return settle(page)


def choice(page: Page, label: str, *, below: str = "") -> Locator:
    """The choice of this label; `below` narrows to the question whose widget key ends so."""
    group = page.locator(f"[class*='-{below}']") if below else page
    return group.locator(".stButtonGroup button").filter(has_text=re.compile(rf"^{re.escape(label)}$"))


def tap(page: Page, label: str, *, below: str = "") -> None:
    """Tap a choice until the page shows it as taken."""
    take(page, choice(page, label, below=below).first)


def take(page: Page, found: Locator) -> None:
    """Tap this choice until the page shows it as taken."""
    found.click()
    settle(page)
    until(page, lambda: found.evaluate("one => one.ariaChecked ?? one.ariaPressed") == "true", seconds=10)


def press(page: Page, label: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=label, exact=True).click()
    settle(page)


def turn(page: Page) -> None:
    """Press "next", and stand on the step it leads to; a press alone returns while the old one is there."""
    top = page.locator('[id^="ls-top-"]').get_attribute("id")
    press(page, NEXT)
    page.wait_for_selector(f'[id^="ls-top-"]:not(#{top})', state="attached")
    settle(page)


def at_the_top(page: Page) -> bool:
    """Whether the step's heading is in sight, and its first words are read out."""
    return bool(
        page.evaluate(
            """() => {
                const top = document.querySelector('[id^="ls-top-"]')
                const box = top.getBoundingClientRect()
                return box.top >= 0 && box.bottom <= innerHeight && top.contains(document.activeElement)
            }"""
        )
    )


def main(page: Page) -> str:
    """All that can be read on a screen, the sidebar left out."""
    return page.inner_text("[data-testid=stMainBlockContainer]")


def until(page: Page, look: Callable[[], bool], *, seconds: float) -> None:
    """Wait until something is so that happens behind the scenes; looks again and again."""
    for turn in range(int(seconds * 2) + 5):
        if look():
            return
        page.wait_for_timeout(100 if turn < 5 else 500)
    raise AssertionError(f"not within {seconds:g} s:\n{main(page)}")


def fill_in_needs(page: Page, grid: str, words: str) -> None:
    """The short needs survey of a woman of 70 to 79 for herself, up to its last screen."""
    tap(page, "我看明白了，愿意参加")
    turn(page)
    for label, below in (("我自己", "who"), (grid, "grid-grid"), ("女", "sex"), ("70–79 岁", "age")):
        tap(page, label, below=below)
    turn(page)
    until(page, lambda: at_the_top(page), seconds=5)
    tap(page, "助餐：有地方吃午饭", below="need_elder")
    tap(page, "上门看看、帮着打扫", below="need_elder")
    tap(page, "文艺演出", below="need_cult")
    tap(page, "助餐：有地方吃午饭", below="top1")
    turn(page)
    tap(page, nothing_used(), below="used")
    turn(page)
    take(page, page.locator("[class*=st-key-faces-] .stButtonGroup button").nth(3))
    if words:
        page.locator("textarea").first.fill(words)


def nothing_used() -> str:
    """The label of the choice "none of these" of the question what one has used."""
    return load_shipped("needs-v1").by_code["used"].choices[-1].label


def receipt_code(page: Page) -> str:
    """The receipt code on the thanks screen."""
    until(page, lambda: say("resident.thanks.title") in main(page), seconds=20)
    return page.inner_text(".ls-receipt strong").strip()


def look_up(page: Page, code: str) -> str:
    """What the receipt screen says of a code."""
    visit(page, "/receipt")
    page.get_by_label(say("resident.receipt.label")).fill(code)
    press(page, say("resident.receipt.look"))
    expect(page.locator(".ls-card, .ls-fail")).to_be_visible()
    return main(page)

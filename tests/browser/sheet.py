"""A visitor's hands on a questionnaire of the plain door."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def follow(one: Locator) -> None:
    """Press what leads to another page, and stand on it; a click alone returns while the old one is there."""
    with one.page.expect_navigation():
        one.click()


def press(page: Page, words: str) -> None:
    """Press the button of these words, and stand on the page it leads to."""
    follow(page.get_by_role("button", name=words, exact=True))


def onward(page: Page) -> None:
    """下一步, or 提交 on the last step."""
    follow(page.locator("#sheet > button:not(.first)").first)


def tick(page: Page, code: str, value: object) -> None:
    """Take a choice of a question."""
    page.locator(f"input[name={code}][value='{value}'] + label").click()


def to_the_end(page: Page, *, words: str = "") -> str:
    """Take the first choice of whatever is not answered yet; the code on the page of thanks."""
    while page.locator("#sheet").count():
        for group in page.locator("fieldset.q").all():
            if not group.locator("input:checked").count():
                group.locator(".option > label").first.click()
        if words and page.locator("textarea").count():
            page.locator("textarea").first.fill(words)
        onward(page)
    return page.locator(".receipt .code").inner_text()

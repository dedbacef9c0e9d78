"""A visitor's hands on a questionnaire of the plain door."""

from __future__ import annotations

from playwright.sync_api import Page


def onward(page: Page) -> None:
    """下一步, or 提交 on the last step."""
    page.locator("#sheet > button:not(.first)").first.click()
    # A page on its way has neither: to count then would end a loop over the steps too early.
    page.wait_for_load_state("load")
    page.locator("#sheet, .receipt").first.wait_for()


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

"""Residents from beginning to end: without a script, for a child, on a line that breaks, read wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from playwright.sync_api import Browser, Error, Page, expect

from core.words import say
from models.taxonomy import AREA_LABELS
from tests.browser import fit
from tests.serving import Served

ROUND = "/f/d-needs-2026"
WORDS = "楼道里的灯坏了一个月，晚上下楼全靠摸"


def _onward(page: Page) -> None:
    """下一步, or 提交 on the last step."""
    page.locator("#sheet > button:not(.first)").first.click()
    page.wait_for_load_state("load")
    page.locator("#sheet, .receipt").first.wait_for()


def _take(page: Page, code: str, value: object) -> None:
    page.locator(f"input[name={code}][value='{value}'] + label").click()


def _to_the_end(page: Page, *, words: str = "") -> str:
    """Take the first choice of whatever is not answered yet; the code on the page of thanks."""
    while page.locator("#sheet").count():
        for group in page.locator("fieldset.q").all():
            if not group.locator("input:checked").count():
                group.locator(".option > label").first.click()
        if words and page.locator("textarea").count():
            page.locator("textarea").first.fill(words)
        _onward(page)
    return page.locator(".receipt .code").inner_text()


def _look_up(page: Page, code: str) -> None:
    page.goto("/r")
    page.fill("#code", code)
    page.get_by_role("button", name=say("resident.receipt.look"), exact=True).click()
    page.locator(".life, .fail").first.wait_for()


def _newest(served: Served) -> list[tuple[Any, ...]]:
    """Mode, collector, who and age band of the newest response."""
    query = "SELECT mode, collector, who, age_band FROM response ORDER BY id DESC LIMIT 1"
    with closing(sqlite3.connect(f"file:{served.var / 'linsheng.db'}?mode=ro", uri=True)) as record:
        return list(record.execute(query))


def _count(served: Served) -> int:
    with closing(sqlite3.connect(f"file:{served.var / 'linsheng.db'}?mode=ro", uri=True)) as record:
        return int(record.execute("SELECT count(*) FROM response").fetchone()[0])


def test_an_old_person_without_a_script_in_large_print(chromium: Browser, served: Served) -> None:
    with fit.phone(chromium, served, elder=False, script=False) as mine:
        page = mine.new_page()
        page.goto("/f")
        page.get_by_role("link", name=say("door.frame.elder")).click()
        page.locator(".doors a").first.click()
        _take(page, "consent", 1)
        _onward(page)
        # One thing at a time, and back again without losing it.
        assert page.locator(".q").count() == 1
        _take(page, "who", 1)
        _onward(page)
        page.locator("#sheet button[value=back]").click()
        page.wait_for_load_state("load")
        expect(page.locator("input[name=who][value='1']")).to_be_checked()
        code = _to_the_end(page, words=WORDS)
        _look_up(page, code)
        expect(page.locator("blockquote")).to_have_text(WORDS)


def test_a_parent_for_a_child(chromium: Browser, served: Served) -> None:
    with fit.phone(chromium, served, elder=False) as mine:
        page = mine.new_page()
        page.goto(ROUND)
        _take(page, "consent", 1)
        _onward(page)
        _take(page, "who", 3)
        _onward(page)
        # Without the guardian's word it does not go on, and says so.
        assert page.locator(".problem").count() == 1 and page.url.endswith("/who")
        page.check("#guardian")
        _onward(page)
        _take(page, "sex", 1)
        _take(page, "age", 2)
        _onward(page)
        _to_the_end(page)
        assert _newest(served) == [("plain", "family", 3, 2)]


def test_a_line_that_breaks_twice_loses_nothing(chromium: Browser, served: Served) -> None:
    before = _count(served)
    with fit.phone(chromium, served, elder=False) as mine, fit.phone(chromium, served, elder=False) as other:
        page = mine.new_page()
        page.goto(ROUND)
        _take(page, "consent", 1)
        _onward(page)
        _take(page, "who", 1)
        mine.set_offline(True)
        try:
            page.locator("#sheet > button:not(.first)").first.click()
            page.wait_for_timeout(300)
        except Error:
            pass  # the browser says that it has no line
        mine.set_offline(False)
        page.goto(ROUND)
        _take(page, "who", 1)
        _onward(page)
        code = page.locator(".kept .code").inner_text()
        _take(page, "sex", 2)
        _take(page, "age", 8)
        _onward(page)
        mine.set_offline(True)  # and this phone never comes back
        page = other.new_page()
        page.goto("/f")
        page.fill("#code", code)
        page.get_by_role("button", name=say("door.home.go_on"), exact=True).click()
        page.locator("#sheet").wait_for()
        assert "need" in page.url
        assert _to_the_end(page) == code
        assert _count(served) == before + 1
        assert _newest(served) == [("plain", "self", 1, 8)]


def test_a_sentence_read_wrong_is_corrected_and_then_taken_back(chromium: Browser, served: Served) -> None:
    with fit.phone(chromium, served, elder=False) as mine:
        page = mine.new_page()
        page.goto("/f/say")
        page.fill("textarea", WORDS)
        page.locator("main form button:not(.first):not(.quiet):not(.link)").last.click()
        code = page.locator(".receipt .code").first.inner_text()
        ask = page.get_by_role("button", name=say("door.receipt.correct.ask"), exact=True)

        def _read() -> bool:
            _look_up(page, code)
            return ask.count() == 1

        # A portal whose classifier was never trained trains it first.
        for _ in range(400):
            if _read():
                break
            page.wait_for_timeout(1000)
        ask.click()
        page.locator("button[name=area]").first.wait_for()
        assert fit.faults(page) == []
        meant = page.locator("button[name=area]").first
        told = say("door.receipt.correct.done", area=AREA_LABELS[meant.get_attribute("value") or ""])
        meant.click()
        expect(page.locator("[role=status]")).to_have_text(told)
        page.get_by_role("button", name=say("door.receipt.take_back"), exact=True).click()
        page.get_by_role("button", name=say("door.receipt.withdraw.sure"), exact=True).click()
        expect(page.locator("h1")).to_have_text(say("door.receipt.withdraw.done"))

"""Residents from beginning to end: without a script, for a child, on a line that breaks, read wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from playwright.sync_api import Browser, Error, Page, expect

from core.words import say
from models.taxonomy import AREA_LABELS
from tests.browser import fit
from tests.browser.sheet import follow, onward, press, tick, to_the_end
from tests.serving import Served

ROUND = "/f/d-needs-2026"
WORDS = "楼道里的灯坏了一个月，晚上下楼全靠摸"


def _look_up(page: Page, code: str) -> None:
    page.goto("/r")
    page.fill("#code", code)
    press(page, say("resident.receipt.look"))


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
        follow(page.get_by_role("link", name=say("door.frame.elder")))
        follow(page.locator(".doors a").first)
        tick(page, "consent", 1)
        onward(page)
        # One thing at a time, and back again without losing it.
        assert page.locator(".q").count() == 1
        tick(page, "who", 1)
        onward(page)
        follow(page.locator("#sheet button[value=back]"))
        expect(page.locator("input[name=who][value='1']")).to_be_checked()
        code = to_the_end(page, words=WORDS)
        _look_up(page, code)
        expect(page.locator("blockquote")).to_have_text(WORDS)


def test_a_parent_for_a_child(chromium: Browser, served: Served) -> None:
    with fit.phone(chromium, served, elder=False) as mine:
        page = mine.new_page()
        page.goto(ROUND)
        tick(page, "consent", 1)
        onward(page)
        tick(page, "who", 3)
        onward(page)
        # Without the guardian's word it does not go on, and says so.
        assert page.locator(".problem").count() == 1 and page.url.endswith("/who")
        page.check("#guardian")
        onward(page)
        tick(page, "sex", 1)
        tick(page, "age", 2)
        onward(page)
        to_the_end(page)
        assert _newest(served) == [("plain", "family", 3, 2)]


def test_a_line_that_breaks_twice_loses_nothing(chromium: Browser, served: Served) -> None:
    before = _count(served)
    with fit.phone(chromium, served, elder=False) as mine, fit.phone(chromium, served, elder=False) as other:
        page = mine.new_page()
        page.goto(ROUND)
        tick(page, "consent", 1)
        onward(page)
        tick(page, "who", 1)
        mine.set_offline(True)
        try:
            page.locator("#sheet > button:not(.first)").first.click()
            page.wait_for_timeout(300)
        except Error:
            pass  # the browser says that it has no line
        mine.set_offline(False)
        page.goto(ROUND)
        tick(page, "who", 1)
        onward(page)
        code = page.locator(".kept .code").inner_text()
        tick(page, "sex", 2)
        tick(page, "age", 8)
        onward(page)
        mine.set_offline(True)  # and this phone never comes back
        page = other.new_page()
        page.goto("/f")
        page.fill("#code", code)
        press(page, say("door.home.go_on"))
        assert "need" in page.url
        assert to_the_end(page) == code
        assert _count(served) == before + 1
        assert _newest(served) == [("plain", "self", 1, 8)]


def test_a_sentence_read_wrong_is_corrected_and_then_taken_back(chromium: Browser, served: Served) -> None:
    with fit.phone(chromium, served, elder=False) as mine:
        page = mine.new_page()
        page.goto("/f/say")
        page.fill("textarea", WORDS)
        follow(page.locator("main form button:not(.first):not(.quiet):not(.link)").last)
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
        follow(ask)
        assert fit.faults(page) == []
        meant = page.locator("button[name=area]").first
        told = say("door.receipt.correct.done", area=AREA_LABELS[meant.get_attribute("value") or ""])
        follow(meant)
        expect(page.locator("[role=status]")).to_have_text(told)
        press(page, say("door.receipt.take_back"))
        press(page, say("door.receipt.withdraw.sure"))
        expect(page.locator("h1")).to_have_text(say("door.receipt.withdraw.done"))

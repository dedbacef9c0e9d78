"""Bad days in a real browser: killed processes, double taps, hostile words, a locked record, a cut line."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core import database
from core.actions import round_cache
from core.actions.accounts import create_account
from core.actions.drafts import DraftSheet, save_draft
from core.actions.rounds import close_round
from core.queries.check_data import findings
from core.settings import ROOT, settings
from core.words import say
from tests.browser.conftest import DESK, PHONE
from tests.browser.hands import (
    SEND,
    choice,
    look_up,
    main,
    press,
    receipt_code,
    settle,
    tap,
    turn,
    until,
    visit,
)
from tests.core.conftest import Small, make_small
from tests.postgres import free_port
from tests.serving import Served, _wait, command, environment

PASSWORD = "long-enough-1"
# A portal waits for a locked record as long as a resident would; a test need not.
IMPATIENT = {"LINSHENG_BUSY_SECONDS": "2"}
HOSTILE = (
    "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"> "
    "**粗** [链接](javascript:alert(1)) $x^2$ :red[红] 😀 \u202etfel ot thgir\u202c 完"
)
Enter = Callable[..., Page]


@dataclass
class Portal:
    """A portal of the small community that can be killed and started again on its record."""

    var: Path
    port: int
    made: Small
    child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, the same after every start."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = self.var / "log"
        with log.open("ab") as out:
            self.child = subprocess.Popen(
                command(self.port), cwd=ROOT, env=environment(self.var, **IMPATIENT), stdout=out, stderr=out
            )
        _wait(Served(self.url, self.var, log), self.child)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.child is not None
        os.kill(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def stop(self) -> None:
        """End it in order."""
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()
            self.child.wait(timeout=40)

    def count(self, table: str) -> int:
        """Rows of a table, seen from outside the process."""
        with closing(sqlite3.connect(self.var / "linsheng.db", timeout=20)) as record:
            return int(record.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.fixture(scope="module")
def portal(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, portals_classifier: Path
) -> Iterator[Portal]:
    """The small community served by a process of its own; one account of the committee."""
    var = tmp_path_factory.mktemp("rough")
    (var / "linsheng.db").write_bytes(sqlite_template.read_bytes())
    (var / "classifier").symlink_to(portals_classifier)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(var).items():
            patch.setenv(name, value) if name.startswith("LINSHENG_") else None
        settings.cache_clear()
        round_cache.forget()
        made = make_small()
        with database.writing() as session:
            everywhere = [("committee", "all", None)]
            create_account(session, name="wang", display="王", password=PASSWORD, roles=everywhere)
        found = Portal(var, free_port(), made)
        found.start()
        yield found
        found.stop()
        database.dispose()
    settings.cache_clear()
    round_cache.forget()


@pytest.fixture
def enter(chromium: Browser, portal: Portal) -> Iterator[Enter]:
    """`enter("/needs")` → a page of a visitor of its own; no page may run what somebody wrote."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def _enter(path: str, *, size: tuple[int, int] = PHONE) -> Page:
        view = {"width": size[0], "height": size[1]}
        contexts.append(chromium.new_context(base_url=portal.url, viewport=view, locale="zh-CN"))
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(dialog.message))
        return visit(page, path)

    yield _enter
    for context in contexts:
        context.close()
    assert errors == []


def _filled_in(page: Page, portal: Portal, words: str) -> Page:
    """The needs survey taken up at its last screen as from plain pages: all answered, these words said."""
    draft = DraftSheet(uuid4().hex, portal.made.round, at="overall", answers=portal.made.answers(open=words))
    save_draft(draft)
    cookie = f"ls_sheet_{portal.made.round}"
    page.context.add_cookies([{"name": cookie, "value": draft.key, "url": portal.url}])
    visit(page, "/needs")
    expect(page.locator("textarea").first).to_have_value(words)
    return page


def _agrees() -> bool:
    """Whether the record agrees with itself: nothing half-written."""
    with database.snapshot() as session:
        return findings(session) == []


def test_two_tabs_of_one_browser_are_two_sheets(enter: Enter, portal: Portal) -> None:
    before = portal.count("draft")
    first = enter("/needs")
    second = visit(first.context.new_page(), "/needs")
    codes = []
    for tab in (first, second):
        tab.bring_to_front()  # a browser lets the tabs behind wait
        tap(tab, "我看明白了，愿意参加")
        turn(tab)
        tab.locator(".ls-hint b[translate=no]").wait_for()
        codes.append(tab.locator(".ls-hint b[translate=no]").inner_text())
    assert codes[0] != codes[1] and portal.count("draft") == before + 2


def test_a_double_tap_stores_one_and_each_sheet_is_its_own(enter: Enter, portal: Portal) -> None:
    before, said = portal.count("response"), portal.count("comment")
    first = _filled_in(enter("/sentence"), portal, "路太黑")
    second = _filled_in(first.context.new_page(), portal, "灯不亮")
    first.bring_to_front()  # a browser lets the tabs behind wait
    first.get_by_role("button", name=SEND, exact=True).dblclick()
    codes = {receipt_code(first)}
    second.bring_to_front()
    press(second, SEND)
    codes.add(receipt_code(second))
    assert len(codes) == 2 and portal.count("response") == before + 2
    first.bring_to_front()
    visit(first, "/sentence")
    first.locator("textarea").fill("路灯不亮")
    first.get_by_role("button", name=say("resident.sentence.send"), exact=True).dblclick()
    receipt_code(first)
    first.wait_for_timeout(500)
    assert portal.count("comment") == said + 3


def test_hostile_words_are_read_and_never_obeyed(enter: Enter, portal: Portal) -> None:
    resident = enter("/sentence")
    resident.locator("textarea").fill(HOSTILE)
    press(resident, say("resident.sentence.send"))
    code = receipt_code(resident)
    assert HOSTILE.split("\u202e")[0] in look_up(resident, code.lower())
    staff = enter("/comments", size=DESK)
    staff.goto("/signin?next=comments")
    staff.fill("#name", "wang")
    staff.fill("#password", PASSWORD)
    staff.click("main > form button")
    staff.wait_for_url("**/comments")
    settle(staff)
    item = staff.locator(".cm-item", has_text="javascript:alert(1)")
    until(staff, lambda: bool(item.count()), seconds=5)
    shown = item.locator(".cm-text").inner_text()
    assert HOSTILE.split("\u202e")[0].strip() in shown and "\u202e" not in shown
    for page in (resident, staff):
        assert "taken" not in page.title()
        assert page.locator(".ls-card a, .cm-item a, .ls-card img, .cm-item img").count() == 0


def test_a_locked_record_is_told_and_works_again_when_free(enter: Enter, portal: Portal) -> None:
    before = portal.count("response")
    resident = _filled_in(enter("/needs"), portal, "楼道太黑")
    with closing(sqlite3.connect(portal.var / "linsheng.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        resident.get_by_role("button", name=SEND, exact=True).click()
        resident.locator(".ls-fail").wait_for()
        assert resident.inner_text(".ls-fail") == say("errors.record_busy")
        assert resident.locator("textarea").input_value() == "楼道太黑"
        other.execute("ROLLBACK")
    assert portal.count("response") == before
    press(settle(resident), SEND)
    receipt_code(resident)
    assert portal.count("response") == before + 1


def test_a_connection_that_is_lost_comes_back_with_every_answer(enter: Enter, portal: Portal) -> None:
    resident = enter("/needs")
    tap(resident, "我看明白了，愿意参加")
    turn(resident)
    tap(resident, "我自己", below="who")
    resident.context.set_offline(True)
    choice(resident, "女", below="sex").first.click()
    resident.wait_for_timeout(1_000)
    resident.context.set_offline(False)
    until(resident, lambda: resident.locator(".stConnectionStatus").count() == 0, seconds=20)
    settle(resident)
    for label, below in (("我自己", "who"), ("女", "sex")):
        taken = choice(resident, label, below=below).first
        until(
            resident,
            lambda taken=taken: taken.evaluate("one => one.ariaChecked ?? one.ariaPressed") == "true",
            seconds=10,
        )


def test_a_killed_portal_leaves_nothing_half_written(enter: Enter, portal: Portal) -> None:
    before = portal.count("response")
    resident = enter("/sentence")
    resident.locator("textarea").fill("楼道灯又坏了")
    press(resident, say("resident.sentence.send"))
    code = receipt_code(resident)
    _filled_in(resident, portal, "楼上漏水")
    resident.get_by_role("button", name=SEND, exact=True).click(no_wait_after=True)
    portal.kill()  # while it is being stored: the whole sheet is there or none of it
    portal.start()
    assert portal.count("response") in (before, before + 1) and _agrees()
    assert "楼道灯又坏了" in look_up(resident, code), "what has a receipt is there"


def test_a_round_that_closes_meanwhile_is_told_and_the_answers_stay(enter: Enter, portal: Portal) -> None:
    before = portal.count("response")
    resident = _filled_in(enter("/needs"), portal, "路太黑")
    with database.writing() as session:
        close_round(session, portal.made.round)
    press(resident, SEND)
    told = resident.inner_text(".ls-fail")
    assert told.startswith(say("errors.closed_round", closed="X").split("X")[0])
    assert resident.locator("textarea").input_value() == "路太黑" and portal.count("response") == before
    assert say("resident.needs.none") in main(enter("/needs"))

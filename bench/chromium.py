"""Both doors in headless Chromium: bytes and requests of a page, and when it can be used on a poor line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from bench.form import StepForm, receipt_on, step_form

PHONE = {"width": 360, "height": 740}
# 400 kbit/s both ways, 400 ms, and a processor four times slower.
LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 4
MOST_STEPS = 60
QUIET_MS = 1500
# Fields as a person's hand would fill them in; then the button. Nothing of it is in the page itself.
FILL = """([values, deed]) => {
  for (const each of document.querySelectorAll('#sheet [name]')) {
    const given = values[each.name];
    if (given === undefined || each.type === 'hidden' || each.type === 'submit') continue;
    if (each.type === 'radio' || each.type === 'checkbox') each.checked = given.includes(each.value);
    else each.value = given[0];
  }
  document.querySelector(`#sheet button[name=do][value=${deed}]:not(.first)`).click();
}"""
USABLE = """() => {
  const [at] = performance.getEntriesByType('navigation');
  return Math.max(at.domInteractive, at.loadEventEnd) / 1000;
}"""


@dataclass
class Traffic:
    """What a page took: requests, bytes over the line as they came, and as they are when unpacked."""

    requests: int = 0
    packed: float = 0
    unpacked: float = 0

    def listen(self, session: CDPSession) -> None:
        """Count what this browser tab fetches from now on, what comes through sockets included."""
        session.on("Network.responseReceived", lambda _: self._add(requests=1))
        session.on("Network.dataReceived", lambda told: self._add(unpacked=told["dataLength"]))
        session.on("Network.loadingFinished", lambda told: self._add(packed=told["encodedDataLength"]))
        session.on("Network.webSocketFrameReceived", lambda told: self._frame(told["response"]))
        session.send("Network.enable")

    def _frame(self, frame: Mapping[str, Any]) -> None:
        # A binary frame is told in base64.
        size = len(frame["payloadData"]) * (3 / 4 if frame["opcode"] == 2 else 1)
        self._add(packed=size, unpacked=size)

    def _add(self, *, requests: int = 0, packed: float = 0, unpacked: float = 0) -> None:
        self.requests += requests
        self.packed += packed
        self.unpacked += unpacked


@contextmanager
def chromium(program: str | None = None) -> Iterator[Browser]:
    """A headless Chromium: the one of playwright, or the program of that path."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _fresh(browser: Browser) -> Iterator[tuple[BrowserContext, Page, CDPSession]]:
    """A tab of a browser that has never been here: nothing cached, no cookie."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    try:
        page = context.new_page()
        yield context, page, context.new_cdp_session(page)
    finally:
        context.close()


def first_view(browser: Browser, address: str, *, shown: str) -> Traffic:
    """What the first view of an address takes until `shown` (a selector) is there and the line is quiet."""
    found = Traffic()
    with _fresh(browser) as (_, page, session):
        found.listen(session)
        page.goto(address, wait_until="load")
        page.locator(shown).first.wait_for(state="visible", timeout=60_000)
        page.wait_for_timeout(QUIET_MS)
    return found


def usable(browser: Browser, address: str, *, shown: str) -> float:
    """Seconds from opening an address on a poor line and phone until all of it, scripts too, is there."""
    with _fresh(browser) as (_, page, session):
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", LINE)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(address, wait_until="load", timeout=120_000)
        page.locator(shown).first.wait_for(state="visible", timeout=60_000)
        return float(page.evaluate(USABLE))


def whole_survey(browser: Browser, address: str, sheet: Mapping[str, Any]) -> tuple[Traffic, int]:
    """What the full questionnaire takes from the first view to the receipt, and its steps.

    Raises RuntimeError when it doesn't come to an end.
    """
    found = Traffic()
    with _fresh(browser) as (_, page, session):
        found.listen(session)
        page.goto(address, wait_until="load")
        for n in range(MOST_STEPS):
            if receipt_on(page.content()):
                return found, n
            form = step_form(page.content())
            if form is None:
                break
            _go_on(page, form, sheet)
    raise RuntimeError("the questionnaire does not come to an end")


def _go_on(page: Page, form: StepForm, sheet: Mapping[str, Any]) -> None:
    values: dict[str, list[str]] = {}
    for name, value in form.answers(sheet):
        values.setdefault(name, []).append(value)
    deed = "more" if form.more else "send" if form.last else "next"
    with page.expect_navigation(wait_until="load"):
        page.evaluate(FILL, [values, deed])

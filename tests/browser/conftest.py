"""A real browser at the served portal; skipped where Chromium is not installed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.serving import Served

PHONE, DESK = (360, 740), (1280, 900)
OpenPage = Callable[..., Page]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Chromium takes one list of what it shall leave out, the last: so Playwright's again, and Chromium's own
# menus below the address line, for which it would start a process with every window.
LEFT_OUT = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
)
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    f"--disable-features={','.join(LEFT_OUT)}",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium as the system has it; packaged without windows of its own it is a fifth lighter."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, served: Served) -> Iterator[OpenPage]:
    """`open_page("/path", size=PHONE)` → a page of a visitor of its own.

    At the end: no page said an error on the console, failed to load a thing, or asked another host for one.
    """
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    def _open(path: str, *, size: tuple[int, int] = DESK) -> Page:
        context = chromium.new_context(
            base_url=served.url, viewport={"width": size[0], "height": size[1]}, locale="zh-CN"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda told: trouble.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda asked: trouble.append(asked.url) if _outside(asked.url) else None)
        page.goto(path)
        return page

    def _outside(url: str) -> bool:
        return not url.startswith((served.url, served.url.replace("http", "ws", 1), "data:", "blob:"))

    yield _open
    for context in contexts:
        context.close()
    assert trouble == []


def sign_in(page: Page, name: str) -> None:
    """Sign in as an account of the demo, from wherever the page is."""
    page.goto("/signin")
    enter(page, name)


def enter(page: Page, name: str) -> None:
    """Sign in as an account of the demo on the page that asks for it; it goes on to where one wanted."""
    page.fill("#name", name)
    page.fill("#password", "linsheng01")
    with page.expect_navigation():
        page.click("main > form button")

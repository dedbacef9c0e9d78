"""The front door in a real browser: residents come in at once, staff stay signed in, nobody sees an error."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE, OpenPage, sign_in

MENU = "[data-testid=stSidebarNav]"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_resident_sees_the_doors_the_banner_and_no_menu(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page("/", size=size)
    page.wait_for_selector(".st-key-doors")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert "示范数据（合成）" in page.inner_text(".ls-banner")
    assert page.locator(MENU).count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("a[href='/signin']")
    page.wait_for_url("**/signin")


def test_no_font_is_fetched_for_text(open_page: OpenPage) -> None:
    page = open_page("/")
    page.wait_for_selector(".st-key-doors")
    fetched = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert [name for name in fetched if "SourceSans" in name] == []
    assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).fontFamily").startswith(
        '"PingFang SC"'
    )


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_staff_stay_signed_in_over_a_reload_and_leave_for_good(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page("/comments", size=size)
    page.get_by_role("link", name="去登录").click()
    page.wait_for_url("**/signin?next=comments")
    page.get_by_role("button", name="以居委会工作人员登录").click()
    page.wait_for_url("**/comments")
    page.wait_for_selector("a[href='/signout']", state="attached")
    page.reload()
    page.wait_for_selector("a[href='/signout']", state="attached")
    assert "居民意见" in page.title()
    page.goto("/signout")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/signin?out")
    page.goto("/comments")
    page.get_by_role("link", name="去登录").wait_for()


def test_the_menu_shows_what_the_role_may_see(open_page: OpenPage) -> None:
    page = open_page("/signin")
    sign_in(page, "shegong")
    page.wait_for_selector(MENU)
    shown = page.inner_text(MENU)
    assert "居民意见" in shown and "账号" not in shown
    page.goto("/accounts")
    page.get_by_text("没有看这一页的权限").wait_for()


def test_the_sign_in_page_fits_a_phone_and_reads_at_18_pixels(open_page: OpenPage) -> None:
    page = open_page("/signin", size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "18px"
    low = page.evaluate(
        "[...document.querySelectorAll('button,input:not([type=hidden])')].map(one => one.offsetHeight)"
    )
    assert min(low) >= 48

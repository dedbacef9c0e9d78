"""The main job from end to end in a real browser: a word is said, staff see it, its answer comes back."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page

from core.words import say
from models.taxonomy import AREA_LABELS
from tests.browser.conftest import DESK, PHONE, OpenPage, sign_in
from tests.browser.hands import (
    SEND,
    at_rest,
    fill_in_needs,
    look_up,
    main,
    press,
    receipt_code,
    settle,
    take,
    tap,
    until,
    visit,
)

WORDS = "腿脚不好，四楼下不来，中午饭能不能有人送上来"
ELDERLY = AREA_LABELS["elderly"]


def _staff(open_page: OpenPage, name: str) -> Page:
    page = open_page("/signin", size=DESK)
    sign_in(page, name)
    return settle(page)


def _number(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    assert found, text
    return int(found[1].replace(",", ""))


def _row(page: Page, first: str) -> dict[str, str]:
    """The first table row that begins so, by heading; folded tables are read as well."""
    found: dict[str, str] = page.evaluate(
        """first => {
            for (const row of document.querySelectorAll('tbody tr'))
                if (row.cells[0].textContent == first) {
                    const heads = row.closest('table').querySelectorAll('thead th')
                    return Object.fromEntries([...heads].map((head, i) =>
                        [head.textContent, row.cells[i].textContent]))
                }
            return {}
        }""",
        first,
    )
    assert found, first
    return found


def _figures(committee: Page, worker: Page) -> tuple[int, int, int]:
    """Responses on the overview, those of grid 3 on the demand map, those asked on the gap screen."""
    answers = _number(main(visit(committee, "/overview")), r"已收到 ([\d,]+) 份答卷")
    assert "截至" in main(committee)
    grid = int(_row(visit(committee, "/demand_map?need=E1"), "第 3 网格")["答卷"])
    asked = int(_row(visit(worker, "/gap"), "老人助餐")["答的人数"].replace(",", ""))
    return answers, grid, asked


def _answer(open_page: OpenPage) -> tuple[Page, str]:
    resident = open_page("/", size=PHONE)
    settle(resident)
    resident.locator(".st-key-doors a").first.click()
    resident.wait_for_url("**/needs")
    settle(resident)
    fill_in_needs(resident, "第 3 网格", WORDS)
    press(resident, SEND)
    return resident, receipt_code(resident)


def _rate(resident: Page) -> None:
    visit(resident, "/feedback")
    resident.locator(".st-key-activities button").first.click()
    resident.locator("[class*=st-key-faces-]").first.wait_for()
    at_rest(resident)
    groups = resident.locator("[class*=st-key-faces-] .stButtonGroup")
    for place in range(groups.count()):
        take(resident, groups.nth(place).locator("button").nth(4))
    tap(resident, "愿意", below="again")
    press(resident, SEND)
    receipt_code(resident)


def _until_another_page(committee: Page, deed: Callable[[], object]) -> None:
    """Do what shows another page of the list, and stand on it."""
    listed = committee.locator(".cm-list")
    before = listed.inner_text()
    deed()
    until(committee, lambda: listed.inner_text() != before, seconds=20)
    settle(committee)


def _in_the_list(committee: Page) -> str:
    """The committee's list narrowed to the area and paged until the words are found; their line of facts."""
    visit(committee, "/comments")
    committee.get_by_role("combobox", name=re.compile(say("comments.filter.area"))).click()
    option = committee.get_by_role("option", name=ELDERLY, exact=True)
    _until_another_page(committee, option.click)
    item = committee.locator(".cm-item", has_text=WORDS)
    while not item.count():
        _until_another_page(committee, lambda: press(committee, say("comments.list.next")))
    return item.locator(".cm-meta").inner_text()


def test_from_a_word_to_its_answer(open_page: OpenPage) -> None:
    committee, worker = _staff(open_page, "juwei"), _staff(open_page, "shegong")
    before = _figures(committee, worker)
    resident, code = _answer(open_page)
    _rate(resident)
    after = tuple(n + 1 for n in before)
    until(committee, lambda: _figures(committee, worker) == after, seconds=60)
    # A portal whose classifier was never trained trains it first.
    until(resident, lambda: say("resident.receipt.read_as", areas="") in look_up(resident, code), seconds=400)
    told = main(resident)
    assert say("resident.receipt.read_as", areas=ELDERLY) in told and WORDS in told
    assert ELDERLY in _in_the_list(committee)

    visit(committee, "/publish")
    press(committee, say("publish.button"))
    until(committee, lambda: say("publish.done") in main(committee), seconds=20)
    visit(resident, "/board")
    resident.locator(".ls-more summary").click()
    board = main(resident)
    asked = after[2]  # as the gap screen counted before, and one more
    found = rf"助餐：有地方吃午饭\s+大约 [\d,]+–[\d,]+ 人需要\s+{asked:,} 人回答了这一题"
    assert re.search(found, board), board

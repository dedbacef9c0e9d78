"""The seventeen checks: each sees what it is for; then what one page at a time does not show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.words import say
from tests.browser import fit
from tests.browser.sheet import follow, onward, press, to_the_end
from tests.serving import Served

ROUND = "/f/d-needs-2026"
OPEN = ("/f", ROUND, "/f/say", "/r", "/b", "/b/cancel", "/notice")
FIT = """<html lang="zh-CN"><title>邻声</title><style>
    * { font-size: 24px; line-height: 1.6 } p { margin: 0 0 1em }
    button, input { min-width: 60px; min-height: 60px; border: 2px solid #333; background: #fff; color: #111 }
    .problem::before { content: "!" }</style><main><h1>看</h1>%s</main>"""
# Check → something that must not pass it.
UNFIT = {
    "1": "<p style='font-size: 19px'>小字</p>",
    "2": "<p style='line-height: 1.1'>挤在一起</p>",
    "2 of paragraphs": "<p style='margin: 0'>一</p><p style='margin: 0'>二</p>",
    "3": "<button style='border-color: #eee'>看不见边</button>",
    "4": "<button style='min-height: 40px; height: 40px; padding: 0'>小</button>",
    "5": "<dialog open>关注我们</dialog>",
    "5 over the page": "<p style='position: fixed; inset: 0'>下载</p>",
    "6": "<div class='fail' style='width: 9px; height: 9px; background: red'></div>",
    "6 of a field": "<div class='wrong'><label for=a>名</label><input id=a autocomplete=off></div>",
    "6 of a button": "<button>→</button>",
    "7": "<canvas></canvas>",
    "8": "<label for=a>几分</label><input id=a type=range autocomplete=off>",
    "10": "<h1>两个标题</h1>",
    "11": "<div style='width: 900px; height: 1px'></div>",
    "11 of words": "<p style='overflow: hidden; width: 4em; white-space: nowrap'>这一行太长了看不全</p>",
    "13": "<input autocomplete=off>",
    "13 of choices": "<label for=a>是</label><input id=a type=radio>",
    "13 of a mistake": "<p class='problem' id='w'>没有填</p>",
    "14": "<label for=a>码</label><input id=a autocomplete=off onpaste='return false'>",
    "17": "<p style='color: #bbb'>淡得看不清</p>",
}
# Tab by tab: what has the focus, unless one sees that it has, and that nothing lies over it.
FOCUSED = """() => {
    const one = document.activeElement
    if (!one || one === document.body) return null
    const drawn = one.matches('.option > input') ? one.nextElementSibling : one
    const edge = getComputedStyle(drawn)
    const box = drawn.getBoundingClientRect()
    const faults = []
    if (edge.outlineStyle === 'none' || parseFloat(edge.outlineWidth) < 2) faults.push('no outline')
    if (box.bottom < 0 || box.top > innerHeight) faults.push('out of sight')
    const middle = Math.min(box.top + box.height / 2, innerHeight - 1)
    const above = document.elementFromPoint(box.left + box.width / 2, middle)
    if (above && !drawn.contains(above) && !above.contains(drawn)) faults.push('covered')
    return [one.outerHTML.slice(0, 90), faults.join(', ')]
}"""
REACHABLE = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
    .filter(one => one.checkVisibility() && !one.matches('.first, [type=hidden], [type=radio]')).length
    + new Set([...document.querySelectorAll('[type=radio]')].filter(one => one.checkVisibility())
        .map(one => one.name)).size"""


@pytest.fixture(params=[False, True], ids=["normal", "elder"])
def page(request: pytest.FixtureRequest, chromium: Browser, served: Served) -> Iterator[Page]:
    """A visitor's phone in either look."""
    with fit.phone(chromium, served, elder=request.param) as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("number", UNFIT)
def test_each_check_sees_what_it_is_for(blank: Page, number: str) -> None:
    check = number.split()[0]
    blank.set_content(FIT % UNFIT[number])
    blank.evaluate("document.body.className = 'elder'")
    found = fit.violations(blank) if check == "17" else fit.seen(blank)
    assert any(f"{check}: " in one for one in found)


def test_what_is_fit_has_no_fault(blank: Page) -> None:
    blank.set_content(FIT % "")
    blank.evaluate("document.body.className = 'elder'")
    assert fit.faults(blank) == []


def test_what_is_open_to_everybody_is_fit_and_stays_so_when_its_text_is_spread(page: Page) -> None:
    titles = set()
    for path in OPEN:
        page.goto(path)
        assert fit.faults(page) == [], path
        assert fit.spaced(page) == [], path
        titles.add(page.title())
    assert len(titles) == len(OPEN)


def test_the_large_look_is_offered_at_once_and_kept(page: Page) -> None:
    was = fit.is_elder(page) if page.goto("/f") else False
    for size in (fit.NARROW, fit.PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        box = page.locator(".look").first.bounding_box()
        assert box is not None and box["y"] >= 0 and box["y"] + box["height"] <= size[1]
    follow(page.locator(".look").first)
    for path in OPEN:
        page.goto(path)
        assert fit.is_elder(page) is not was, path


def test_every_control_is_reached_by_keys_and_seen_to_be(page: Page) -> None:
    for path in ("/f", ROUND, "/f/say", "/r"):
        page.goto(path)
        wanted, seen = page.evaluate(REACHABLE), []
        for _ in range(wanted + 2):
            page.keyboard.press("Tab")
            found = page.evaluate(FOCUSED)
            if found is None:
                break
            seen.append(found)
        assert [one for one in seen if one[1]] == [], path
        assert len(seen) >= wanted, (path, seen)


def test_help_is_in_the_same_place_on_every_page(page: Page) -> None:
    for path in OPEN:
        page.goto(path)
        last = page.locator("footer a").first
        assert (last.get_attribute("href") or "").startswith("tel:"), path


def test_nothing_runs_out_while_one_thinks_or_has_no_line(page: Page) -> None:
    page.clock.install()
    page.goto(ROUND)
    page.locator(".option > label").first.click()
    page.context.set_offline(True)
    page.clock.fast_forward("10:00")
    page.locator("#sheet > button").first.click(no_wait_after=True)
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    page.goto(ROUND)
    page.clock.fast_forward("10:00")
    page.locator(".option > label").first.click()
    onward(page)
    # What was kept is there again, however long one was away.
    page.context.set_offline(True)
    page.clock.fast_forward("10:00")
    page.context.set_offline(False)
    page.goto(ROUND)
    expect(page.locator("main")).to_contain_text(say("door.step.began"))


def test_what_lies_beside_the_usual_way_is_fit_too(page: Page) -> None:
    """Put off, in English, a code nobody has, a round there is not, what one sent, changing it."""
    page.goto(ROUND)
    page.locator("input[name=consent][value='1'] + label").click()
    onward(page)
    press(page, say("door.step.stop"))
    assert fit.faults(page) == [], "put off"
    page.goto("/f/look?as=english&to=/f")
    for path in OPEN if fit.is_elder(page) else ():  # the longer words in the larger letters
        page.goto(path)
        assert fit.faults(page) == [], ("in English", path)
    page.goto("/f/look?as=chinese&to=/f")
    page.fill("#code", "222 2223")
    press(page, say("door.home.go_on"))
    assert page.locator(".fail").count() == 1
    assert fit.faults(page) == [], "a code nobody has"
    page.goto("/f/nothing")
    assert fit.faults(page) == [], "a round there is not"
    page.goto(ROUND)
    code = to_the_end(page)
    page.goto("/r")
    page.fill("#code", code)
    press(page, say("resident.receipt.look"))
    assert fit.faults(page) == [], "a receipt without words"
    press(page, say("door.receipt.see_answers"))
    assert fit.faults(page) == [], "what one sent"
    page.goto("/r")
    page.fill("#code", code)
    press(page, say("resident.receipt.look"))
    press(page, say("door.receipt.change_it"))
    page.locator("#sheet").wait_for()
    assert fit.faults(page) == [], "changing it"

"""One sheet, two doors, and whoever helps: changing doors, a kiosk, listening, 长辈版, in a real browser."""

from __future__ import annotations

import re
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as Gone

from core.questionnaires.load import load_shipped
from core.words import say
from tests.browser import fit
from tests.browser.conftest import DESK, PHONE, OpenPage, enter
from tests.browser.hands import at_rest, choice, main, settle, tap, turn
from tests.browser.sheet import follow, onward, tick, to_the_end
from tests.serving import Served

ROUND = "/f/d-needs-2026"
ASKED = load_shipped("needs-v1")
# A browser that can speak: what it is given to say is written down.
VOICES = """() => {
    window.spoken = []
    const voice = lang => ({ lang, name: lang })
    Object.defineProperty(window, 'speechSynthesis', { value: {
        getVoices: () => [voice('en-US'), voice('LANGUAGE')], addEventListener: () => {},
        speak: one => window.spoken.push(one.text), cancel: () => window.spoken.push('|') } })
    window.SpeechSynthesisUtterance = function (text) { this.text = text }
}"""


def _ticked(page: Page, code: str) -> list[str]:
    return [str(one.get_attribute("value")) for one in page.locator(f"input[name={code}]:checked").all()]


def _begin(page: Page, *, who: int = 1) -> None:
    """Consent and for whom; then stand at the step of the place."""
    tick(page, "consent", 1)
    onward(page)
    tick(page, "who", who)
    onward(page)
    page.wait_for_url("**/grid")


def _count(served: Served, table: str) -> int:
    with closing(sqlite3.connect(f"file:{served.var / 'linsheng.db'}?mode=ro", uri=True)) as record:
        return int(record.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _label(question: str, code: object) -> str:
    return next(c.label for c in ASKED.by_code[question].choices if c.code == code)


def _pressed(page: Page, question: str, code: object) -> bool:
    found = choice(page, _label(question, code), below=question).first
    return bool(found.evaluate("one => (one.ariaChecked ?? one.ariaPressed) == 'true'"))


def test_a_sheet_changes_doors_and_back_and_is_sent_once(open_page: OpenPage, served: Served) -> None:
    responses, drafts = _count(served, "response"), _count(served, "draft")
    page = open_page(ROUND, size=PHONE)
    _begin(page, who=2)
    tick(page, "sex", 2)
    code = page.locator(".kept .code").inner_text()
    page.get_by_role("button", name=say("door.frame.computer")).click()
    page.wait_for_url("**/needs")
    settle(page)
    assert _pressed(page, "who", 2) and _pressed(page, "sex", 2) and code in main(page)

    tap(page, _label("age", 9), below="age")
    at_rest(page)
    page.get_by_role("button", name=say("door.switch.plain")).click()
    page.wait_for_url(f"**{ROUND}/**")
    assert "code" not in page.url and code.replace(" ", "") not in page.url
    assert page.locator(".kept .code").inner_text() == code
    assert _ticked(page, "who") == ["2"]
    onward(page)
    assert (_ticked(page, "sex"), _ticked(page, "age")) == (["2"], ["9"])

    assert to_the_end(page) == code
    assert (_count(served, "response"), _count(served, "draft")) == (responses + 1, drafts)


def test_a_dropped_screen_goes_on_by_its_code_on_another_phone(open_page: OpenPage, served: Served) -> None:
    drafts = _count(served, "draft")
    screen = open_page("/needs", size=DESK)
    settle(screen)
    tap(screen, _label("consent", 1))
    turn(screen)
    for question, value in (("who", 1), ("sex", 1), ("age", 8)):
        tap(screen, _label(question, value), below=question)
    turn(screen)
    found = re.search(rf"{re.escape(say('door.step.code', code=''))}\s*(\w{{3}} \w{{4}})", main(screen))
    assert found and _count(served, "draft") == drafts + 1
    screen.close()

    phone = open_page("/f", size=PHONE)
    phone.fill("#code", found[1].lower())
    phone.locator("form .quiet").click()
    phone.wait_for_url(f"**{ROUND}/need_elder?back=1")
    for _ in range(2):
        follow(phone.get_by_role("button", name=say("door.step.back")))
    assert _ticked(phone, "who") == ["1"]
    onward(phone)
    assert (_ticked(phone, "sex"), _ticked(phone, "age")) == (["1"], ["8"])
    onward(phone)
    assert to_the_end(phone) == found[1] and _count(served, "draft") == drafts


@pytest.fixture
def kiosk(open_page: OpenPage) -> Iterator[Page]:
    """A browser that a worker has set up as a kiosk; its clock is the test's."""
    page = open_page("/signin?next=kiosk", size=DESK)
    page.clock.install()
    enter(page, "juwei")
    start = page.get_by_role("button", name=say("door.kiosk.start"), exact=True)
    start.wait_for()
    assert fit.faults(page) == []
    start.click()
    expect(page.get_by_role("link", name=say("door.kiosk.begin"))).to_be_visible()
    yield page


def _arrived(page: Page) -> Page:
    """Wait while the page is on its way to another one, as its content is not told then."""
    for _ in range(50):
        with suppress(Gone):
            page.content()
            return page
        page.wait_for_timeout(200)
    return page


def test_at_a_kiosk_nothing_of_a_person_is_left_for_the_next(kiosk: Page, served: Served) -> None:
    names = {cookie["name"] for cookie in kiosk.context.cookies()}
    assert names == {"ls_kiosk"}  # the worker who set it up is signed out
    follow(kiosk.get_by_role("link", name=say("door.kiosk.begin")))
    _begin(kiosk, who=2)
    key = kiosk.locator("#sheet [name=key]").get_attribute("value")
    code = to_the_end(kiosk)
    assert _last(served) == ("kiosk", "kiosk", 2)
    kiosk.get_by_role("button", name=say("door.kiosk.next")).click()
    expect(kiosk.get_by_role("link", name=say("door.kiosk.begin"))).to_be_visible()
    assert fit.faults(kiosk) == []
    assert {cookie["name"] for cookie in kiosk.context.cookies()} == {"ls_kiosk"}

    for _ in range(4):
        with suppress(Gone):  # the page may be gone before it has answered
            kiosk.evaluate("history.back()")
        kiosk.wait_for_timeout(400)
        assert code not in _arrived(kiosk).content() and not kiosk.locator("input:checked").count(), kiosk.url
    kiosk.goto("/f")
    follow(kiosk.get_by_role("link", name=say("door.kiosk.begin")))
    assert kiosk.locator("#sheet [name=key]").get_attribute("value") != key


def _last(served: Served) -> tuple[str, str, int]:
    with closing(sqlite3.connect(f"file:{served.var / 'linsheng.db'}?mode=ro", uri=True)) as record:
        query = "SELECT mode, collector, who FROM response ORDER BY id DESC LIMIT 1"
        return tuple(record.execute(query).fetchone())  # type: ignore[return-value]


def test_whoever_walks_away_from_a_kiosk_is_kept_under_a_code_and_gone_from_it(kiosk: Page) -> None:
    follow(kiosk.get_by_role("link", name=say("door.kiosk.begin")))
    _begin(kiosk)
    code = kiosk.locator(".kept .code").inner_text()
    assert fit.faults(kiosk) == []
    tick(kiosk, "sex", 2)
    kiosk.clock.run_for(170_000)
    kiosk.mouse.wheel(0, 10)  # whoever reads slowly is there
    kiosk.wait_for_timeout(100)
    kiosk.clock.run_for(170_000)
    assert kiosk.locator("#sheet").count() == 1
    kiosk.clock.run_for(15_000)
    expect(kiosk.get_by_role("heading", name=say("door.kiosk.there"))).to_be_visible()
    assert code in kiosk.content() and fit.faults(kiosk) == []
    follow(kiosk.get_by_role("link", name=say("door.kiosk.go_on")))
    assert _ticked(kiosk, "sex") == ["2"]  # also what was not sent yet

    kiosk.clock.run_for(185_000)
    expect(kiosk.get_by_role("heading", name=say("door.kiosk.there"))).to_be_visible()
    kiosk.clock.run_for(65_000)
    expect(kiosk.get_by_role("link", name=say("door.kiosk.begin"))).to_be_visible()
    follow(kiosk.get_by_role("link", name=say("door.kiosk.begin")))
    assert not kiosk.locator("input:checked").count()


def test_a_worker_fills_in_one_after_the_other(open_page: OpenPage, served: Served) -> None:
    page = open_page("/f/assist", size=PHONE)
    assert fit.faults(page) == [], "signing in"
    enter(page, "juwei")
    assert fit.faults(page) == [], "before anything is chosen"
    tick(page, "way", "paper")
    follow(page.get_by_role("button", name=say("door.assist.start")))
    first = page.locator("#sheet [name=key]").get_attribute("value")
    _begin(page, who=2)
    to_the_end(page)
    assert _last(served) == ("paper", "paper", 2)
    expect(page.get_by_role("button", name=say("door.assist.print"))).to_be_visible()
    assert fit.faults(page) == [], "a slip for the person"
    follow(page.get_by_role("button", name=say("door.assist.next")))
    assert page.locator("#sheet [name=key]").get_attribute("value") != first
    assert not page.locator("input:checked").count()
    page.goto("/f/assist")
    assert fit.faults(page) == [], "while a round is under way"
    page.goto("/signout")
    assert fit.faults(page) == [], "leaving"


@pytest.mark.parametrize("wanted", ["kind=community", "kind=slips&g=g1&b=b01&r=d-needs-2026&n=12"])
def test_what_is_put_up_on_a_wall_has_no_barrier_either(open_page: OpenPage, wanted: str) -> None:
    page = open_page("/signin", size=DESK)
    enter(page, "guanli")
    page.goto(f"/poster?c=d&{wanted}")
    assert page.locator(".code svg").count() and fit.violations(page) == []


def _wave() -> bytes:
    """A tenth of a second of silence."""
    data = struct.pack("<4sI", b"data", 1600) + bytes(1600)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


def test_a_recording_is_loaded_when_it_is_tapped(open_page: OpenPage, served: Served) -> None:
    folder = served.var / "audio" / "needs-v1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "consent.wav").write_bytes(_wave())
    try:
        page = open_page("/f/look?as=elder&to=/f", size=PHONE)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/audio/" in request.url else None)
        page.goto(ROUND)
        sound = page.locator("#q-consent audio")
        expect(sound).to_be_visible()
        assert fit.faults(page) == []
        assert asked == []
        assert sound.evaluate("one => one.play().then(() => one.duration)") == pytest.approx(0.1, abs=0.02)
        assert len(asked) >= 1
        # In the ordinary look it is there, but quiet.
        page.goto("/f/look?as=normal&to=/f")
        page.goto(ROUND)
        expect(page.locator("#q-consent summary")).to_have_text(say("door.listen.hear"))
        assert not sound.is_visible()
    finally:
        (folder / "consent.wav").unlink()


def test_a_browser_that_can_speak_reads_the_question_and_its_choices(open_page: OpenPage) -> None:
    page = open_page("/f", size=PHONE)
    page.goto(ROUND)
    button = page.locator("button.hear")
    assert button.count() == 0  # this browser has no voice: nothing shows
    page.add_init_script(f"({VOICES.replace('LANGUAGE', 'zh-CN')})()")
    page.goto(ROUND)
    asked = ASKED.by_code["consent"]
    button.click()
    said = page.evaluate("spoken")
    choices = [c.label for c in asked.choices]
    assert [text for text in said if text != "|"] == [asked.text, asked.hint, *choices]
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    assert page.evaluate("spoken").pop() == "|"
    expect(button).to_have_text(say("door.listen.hear"))


def test_a_browser_with_other_voices_only_offers_none(open_page: OpenPage) -> None:
    page = open_page("/f", size=PHONE)
    page.add_init_script(f"({VOICES.replace('LANGUAGE', 'fr-FR')})()")
    page.goto(ROUND)
    assert page.locator("button.hear").count() == 0


def _fit(page: Page) -> None:
    assert fit.faults(page) == [], page.url


def test_the_large_look_is_in_sight_at_once_fits_every_step_and_is_remembered(open_page: OpenPage) -> None:
    page = open_page("/f", size=fit.NARROW)
    switch = page.locator(".look").first
    box = switch.bounding_box()
    assert box is not None and box["y"] + box["height"] <= fit.NARROW[1]
    assert switch.inner_text() == say("door.frame.elder")
    follow(switch)
    _fit(page)
    page.goto(ROUND)
    # One question a screen, from here to the end.
    seen = 0
    while page.locator("#sheet").count():
        assert page.locator(".q").count() == 1, page.url
        _fit(page)
        for group in page.locator("fieldset.q").all():
            group.locator(".option > label").first.click()
        seen += 1
        onward(page)
    assert seen >= 10
    _fit(page)
    assert "elder" in (page.locator("body").get_attribute("class") or "")


def test_mistakes_in_the_large_look_are_told_as_large(chromium: Browser, served: Served) -> None:
    # Chromium calls the answer that tells of mistakes (422) an error: no page of `open_page`.
    with chromium.new_context(base_url=served.url) as context:
        page = context.new_page()
        page.goto(f"/f/look?as=elder&to={ROUND}")
        onward(page)
        expect(page.locator("div.fail")).to_be_visible()
        _fit(page)


def test_enter_in_a_field_goes_on_to_the_next_step(open_page: OpenPage) -> None:
    page = open_page(ROUND, size=PHONE)
    _begin(page)
    for code, value in (("sex", 2), ("age", 8)):
        tick(page, code, value)
    page.focus("[name=grid_other]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/need_elder")
    assert "elder" not in (page.locator("body").get_attribute("class") or "")

"""The plain door beside the Streamlit screens: what a first view takes, and three hundred residents at once.

Everything is asked from outside, on loopback. Residents of the crowd come from several addresses, keep their
cookies, follow redirects and send their last form twice; in a second, shorter run the portal is killed and
started again while they go on trying.
"""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.chromium import chromium, first_view, usable, whole_survey
from bench.crowd import Gone, Pace, crowd, last_response, wrongly_stored
from bench.ground import throwaway
from bench.portal import Portal
from bench.report import Bar, Line, count, least, most, ratio, report
from bench.screens import Labels, at_screens
from bench.sheets import submissions
from core.actions.demo import NEEDS
from core.errors import NotSetUp
from core.questionnaires.load import load_shipped
from core.words import say

FIRST_BYTES, FIRST_REQUESTS, FULL_BYTES = most(30_000), most(4), most(150_000)
SHARE, USABLE = most(1 / 50), most(3.0)
STEP, SCREEN_STEP, NONE = most(1.0), most(3.0), most(0)
# A five-step questionnaire at least: the short form has more, and that is seen to.
STEPS = least(5)
FORM, SCREEN = "#sheet button:not(.first)", ".ls-bar"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rounds of the browser; residents of the plain door, within how many seconds they come, and how long
    each thinks over a step; the same for the run in which the portal is killed, and for the screens."""

    rounds: int = 3
    residents: int = 300
    within: float = 60.0
    think: tuple[float, float] = (5.0, 15.0)
    restarted: int = 60
    restarted_within: float = 15.0
    restarted_think: tuple[float, float] = (1.0, 4.0)
    kills: tuple[float, ...] = (8.0, 14.0)
    at_screens: int = 40


QUICK = Sizes(
    rounds=1,
    residents=12,
    within=0.5,
    think=(0.0, 0.2),
    restarted=6,
    restarted_within=0.5,
    restarted_think=(0.1, 0.3),
    kills=(1.0,),
    at_screens=2,
)


def run(sizes: Sizes) -> dict[str, Any]:
    """The report. Raises NotSetUp where there is no Chromium."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise NotSetUp(say("bench.no_chromium"))
    with throwaway() as folder, Portal(folder / "portal") as portal:
        lines = browser_lines(portal, sizes.rounds, program)
        lines += crowd_lines(portal, sizes)
        lines += screen_lines(portal, sizes)
        lines += restart_lines(portal, sizes)
    return report("door", sizes, lines)


def _sheets(portal: Portal, n: int, *, seed: int) -> list[Mapping[str, Any]]:
    return [sheet.answers for sheet in submissions(portal.stood, n, seed=seed)]


def browser_lines(portal: Portal, rounds: int, program: str) -> list[Line]:
    """Bytes, requests and time of the first view in Chromium, plain door and screen in turn."""
    plain, screen = f"{portal.url}/f/{portal.code}", f"{portal.url}/needs"
    with chromium(program) as browser:
        usable(browser, plain, shown=FORM)  # what a first request loads once is no resident's wait
        views, seconds = [], []
        for _ in range(rounds):
            views.append((first_view(browser, plain, shown=FORM), first_view(browser, screen, shown=SCREEN)))
            seconds.append(usable(browser, plain, shown=FORM))
        (sheet,) = _sheets(portal, 1, seed=7)
        whole, n_steps = whole_survey(browser, plain, sheet)
    ours, theirs = [pair[0] for pair in views], [pair[1] for pair in views]
    sizes = {
        "plain, kB": median(each.unpacked for each in ours) / 1000,
        "screen, kB": median(each.unpacked for each in theirs) / 1000,
        "screen packed, kB": median(each.packed for each in theirs) / 1000,
        "screen requests": median(each.requests for each in theirs),
    }
    pair = [each.unpacked for each in ours], [each.unpacked for each in theirs]
    whole_beside = {"steps": n_steps, "requests": whole.requests, "unpacked, kB": whole.unpacked / 1000}
    return [
        spread("door_first_bytes", "/f", [each.packed for each in ours], bar=FIRST_BYTES),
        spread("door_first_requests", "/f", [each.requests for each in ours], bar=FIRST_REQUESTS),
        ratio("door_share", "/f ÷ /needs", pair, bar=SHARE, beside=sizes),
        count("door_full_bytes", "/f", whole.packed, bar=FULL_BYTES, beside=whole_beside),
        spread("door_usable", "/f", seconds, bar=USABLE),
    ]


def spread(
    what: str,
    on: str,
    values: Sequence[float],
    *,
    bar: Bar,
    beside: Mapping[str, float] | None = None,
) -> Line:
    """The line of one figure measured several times: the worst decides."""
    worst = max(values)
    figures = median(values), min(values), worst, len(values)
    return Line(what, on, *figures, bar.limit, bar.rule, bar.held(worst), dict(beside or {}))


def crowd_lines(portal: Portal, sizes: Sizes) -> list[Line]:
    """Many residents at the plain door, at a person's pace."""
    portal.record.use()
    after, sheets = last_response(), _sheets(portal, sizes.residents, seed=11)
    gone = asyncio.run(crowd(portal.port, sheets, code=portal.code, pace=Pace(sizes.within, sizes.think)))
    each = len(gone.steps) / sizes.residents
    return [
        *_stored("crowd", "/f", gone, sizes.residents, after=after),
        count("crowd_steps", "/f", each - 1, bar=STEPS, of=sizes.residents),  # the last is sent twice
        count("crowd_p95", "/f", gone.quantile(0.95), bar=STEP, of=len(gone.steps), beside=_pace(gone)),
    ]


def _pace(gone: Gone) -> dict[str, float]:
    return {
        "p50, ms": gone.quantile(0.5) * 1000,
        "p99, ms": gone.quantile(0.99) * 1000,
        "max, ms": gone.quantile(1.0) * 1000,
    }


def _stored(name: str, on: str, gone: Gone, n: int, *, after: int) -> list[Line]:
    """Who failed, and what isn't stored exactly once. The first reasons are told beside, by their words."""
    wrong = wrongly_stored(gone.receipts.values(), after)
    reasons = {why: float(gone.failures.count(why)) for why in dict.fromkeys(gone.failures[:3])}
    told = {"receipts": float(len(gone.receipts)), "retries": float(gone.retries)}
    return [
        count(f"{name}_failed", on, len(gone.failures), bar=NONE, of=n, beside=reasons),
        count(f"{name}_wrong", on, wrong, bar=NONE, of=n, beside=told),
    ]


def screen_lines(portal: Portal, sizes: Sizes) -> list[Line]:
    """Fewer residents with the same pace at the Streamlit screens."""
    portal.record.use()
    after, n = last_response(), sizes.at_screens
    labels, sheets = Labels(load_shipped(NEEDS)), _sheets(portal, n, seed=13)
    seen = at_screens(portal.port, sheets, labels=labels, pace=Pace(sizes.within, sizes.think))
    steps, taps = Gone(steps=seen.steps), Gone(steps=seen.taps)
    beside = _pace(steps) | {"tap p95, ms": taps.quantile(0.95) * 1000}
    wrong = wrongly_stored(seen.receipts, after)
    reasons = {why: float(seen.failures.count(why)) for why in dict.fromkeys(seen.failures[:3])}
    return [
        count("screens_failed", "/needs", len(seen.failures), bar=NONE, of=n, beside=reasons),
        count("screens_wrong", "/needs", wrong, bar=NONE, of=n, beside={"receipts": len(seen.receipts)}),
        count(
            "screens_p95",
            "/needs",
            steps.quantile(0.95),
            bar=SCREEN_STEP,
            of=len(seen.steps),
            beside=beside,
        ),
    ]


def restart_lines(portal: Portal, sizes: Sizes) -> list[Line]:
    """The portal is killed with SIGKILL and started again while residents send: patience must be enough."""
    portal.record.use()
    after, sheets = last_response(), _sheets(portal, sizes.restarted, seed=17)
    over = threading.Event()
    killer = threading.Thread(target=_kill, args=(portal, sizes.kills, over))
    killer.start()
    pace = Pace(sizes.restarted_within, sizes.restarted_think, patient=True)
    try:
        gone = asyncio.run(crowd(portal.port, sheets, code=portal.code, pace=pace, seed=2))
    finally:
        over.set()
        killer.join()
    return _stored("restart", "/f", gone, sizes.restarted, after=after)


def _kill(portal: Portal, moments: Sequence[float], over: threading.Event) -> None:
    begun = time.monotonic()
    for moment in moments:
        over.wait(max(0.0, moment - (time.monotonic() - begun)))
        if over.is_set():
            return
        portal.kill()
        # Not up again: every resident then fails, and the report says so.
        with suppress(RuntimeError):
            portal.start()

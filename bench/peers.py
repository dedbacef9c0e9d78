"""Whole questionnaires over HTTP, four clients at a time: the portal beside django-survey-and-report.

Both are asked the same questions and given the same answers. A submission to the peer is its one long page
and the form sent back. The portal shows residents one step at a time; here all answers come with one form:
the first page, that form (kept as a draft), the page it leads to, the last button. How many full forms a
second come through step by step, as residents go, stands beside.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.crowd import Pace, crowd, last_response
from bench.form import Fields, as_sent, receipt_on, step_form
from bench.ground import throwaway
from bench.peer import Asked, install, peer, send_theirs, spec_of
from bench.portal import Portal
from bench.report import Line, interleave, least, medians, ratio, report
from bench.sheets import submissions
from bench.wire import Phone
from core.actions.demo import NEEDS
from core.questionnaires.answers import check
from core.questionnaires.load import load_shipped
from core.questionnaires.schema import Definition, Question, Section
from core.questionnaires.steps import step_keys, steps
from core.words import say

CLIENTS, TIMES = 4, least(8.0)
Sheet = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Submissions of each in a round, and residents who go step by step."""

    rounds: int = 5
    each: int = 60
    walking: int = 20


QUICK = Sizes(rounds=1, each=8, walking=4)


def run(sizes: Sizes) -> dict[str, Any]:
    """The report; without the peer it has no lines, and why is told."""
    with throwaway() as folder:
        python = install(folder / "peer")
        if python is None:
            print(say("bench.no_peer", log=folder.parent / "peer.log"), file=sys.stderr)
            return report("peers", sizes, [])
        with Portal(folder / "portal") as portal:
            asked = spec_of(portal)
            with (
                peer(python, folder / "stock", asked) as stock,
                peer(python, folder / "tuned", asked, tuned=True) as tuned,
            ):
                lines = _lines(sizes, portal, asked, {"stock": stock, "tuned": tuned})
        return report("peers", sizes, lines)


def _lines(sizes: Sizes, portal: Portal, asked: Sequence[Asked], peers: Mapping[str, int]) -> list[Line]:
    """The peer as it comes has the bar, as all yardsticks here; tuned like the portal it stands beside."""
    portal.record.use()
    answered = submissions(portal.stood, sizes.each, seed=23)
    sheets, definition = [sheet.answers for sheet in answered], load_shipped(NEEDS)

    def _ours() -> float:
        return _rate(sheets, lambda sheet, i: send_ours(portal, definition, sheet, i))

    def _theirs(port: int) -> Callable[[], float]:
        return lambda: _rate(sheets, lambda sheet, _: send_theirs(port, asked, sheet))

    before = last_response()
    asking = {"ours": _ours} | {name: _theirs(port) for name, port in peers.items()}
    found = interleave(sizes.rounds, asking)
    if (stored := last_response() - before) != sizes.each * sizes.rounds:
        raise RuntimeError(f"{stored} submissions were stored")
    beside = medians(found, "1/s") | {"step by step, 1/s": _walked(portal, sheets[: sizes.walking])}
    return [
        ratio("peers_rate", "stock", (found["ours"], found["stock"]), bar=TIMES, beside=beside),
        ratio("peers_rate", "tuned", (found["ours"], found["tuned"])),
    ]


def _rate(sheets: Sequence[Sheet], send: Callable[[Sheet, int], Any]) -> float:
    """Submissions a second with so many clients, each sending one after the other."""

    async def _client(k: int) -> None:
        for i in range(k, len(sheets), CLIENTS):
            await send(sheets[i], i)

    async def _all() -> None:
        await asyncio.gather(*(_client(k) for k in range(CLIENTS)))

    started = time.perf_counter()
    asyncio.run(_all())
    return len(sheets) / (time.perf_counter() - started)


async def send_ours(portal: Portal, definition: Definition, sheet: Sheet, i: int) -> None:
    """One full sheet to the portal: the first page, all answers at once as the form that asks for the further
    questions, and the last step's button. Raises RuntimeError when it isn't stored."""
    phone = Phone(portal.port, f"127.0.0.{2 + i % 200}")
    form = step_form((await phone.get(f"/f/{portal.code}")).page)
    assert form is not None
    stored = check(definition, sheet).answers
    sections = steps(definition, stored, key=form.key, further=True)
    short = steps(definition, stored, key=form.key)
    names = [name for section in sections for each in section.questions for name in _names(each)]
    fields: Fields = [("key", form.key), ("q", ",".join(names)), ("do", "more")]
    for name in names:
        fields += [(name, value) for value in as_sent(sheet.get(name))]
    if sheet.get("guardian"):
        fields.append(("guardian", "1"))
    await phone.post(_at(portal, short[-1]), fields)
    page = await phone.post(_at(portal, sections[-1]), [("key", form.key), ("q", ""), ("do", "send")])
    if not receipt_on(page.page):
        raise RuntimeError(f"not stored: {page.status}")


def _at(portal: Portal, section: Section) -> str:
    """The address of a step."""
    return f"/f/{portal.code}/{step_keys(section)[0]}"


def _names(question: Question) -> list[str]:
    return [row.code for row in question.rows] or [question.code]


def _walked(portal: Portal, sheets: Sequence[Sheet]) -> float:
    """Full forms a second, step by step with further questions, as residents go; four at a time."""
    done, started = 0, time.perf_counter()
    for at in range(0, len(sheets), CLIENTS):
        pace = Pace(0.0, (0.0, 0.0), full=True)
        some = sheets[at : at + CLIENTS]
        gone = asyncio.run(crowd(portal.port, some, code=portal.code, pace=pace, seed=1000 + at))
        done += len(gone.receipts)
    return round(done / (time.perf_counter() - started), 3)

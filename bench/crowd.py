"""Many residents fill in the plain questionnaire at once, from several addresses, at a person's pace."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from bench.form import Fields, StepForm, receipt_on, step_form
from bench.wire import GONE, Answer, Phone
from core import database
from core.security import normalise_receipt, receipt_hash

# 127.0.0.2 and on: so many residents stand behind each address.
ADDRESSES = 6
MOST_STEPS = 60
RETRY_SECONDS, PATIENCE = 0.5, 120.0


@dataclass(frozen=True, slots=True)
class Pace:
    """When residents come (spread evenly at random over `within` seconds) and how long each thinks over a
    step; `patient` ones try again when the server is gone, others have failed."""

    within: float = 60.0
    think: tuple[float, float] = (5.0, 15.0)
    patient: bool = False
    full: bool = False


@dataclass
class Gone:
    """What happened: seconds of each step (sent until the next page is there), receipts by sheet key."""

    steps: list[float] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    retries: int = 0

    def quantile(self, share: float) -> float:
        """The seconds within which that share of the steps was done."""
        if not self.steps:
            return float("inf")
        return sorted(self.steps)[min(len(self.steps) - 1, int(share * len(self.steps)))]


class Trouble(RuntimeError):
    """The server answered something a resident can't go on from."""


class Resident:
    """One person with their answers and a phone."""

    def __init__(self, phone: Phone, sheet: Mapping[str, Any], pace: Pace, gone: Gone, *, seed: int) -> None:
        self._phone, self._sheet, self._pace, self._gone = phone, sheet, pace, gone
        self._random, self._both = random.Random(seed), seed % 2 == 0

    async def fill_in(self, round_code: str) -> None:
        """Come, answer every step, send the last form twice; a failure is noted, never raised."""
        await asyncio.sleep(self._random.uniform(0, self._pace.within))
        try:
            page = await self._patiently(lambda: self._phone.get(f"/f/{round_code}"))
            for _ in range(MOST_STEPS):
                form = step_form(page.page)
                if form is None:
                    raise Trouble(f"no step, no receipt: {page.status}")
                await asyncio.sleep(self._random.uniform(*self._pace.think))
                further = self._pace.full and form.more
                if form.last and not further:
                    return await self._send(form)
                page = await self._timed(form, "more" if further else "next")
            raise Trouble("no end")
        except (Trouble, *GONE) as error:
            self._gone.failures.append(f"{type(error).__name__}: {error}"[:200])

    async def _send(self, form: StepForm) -> None:
        """The last form, twice: at the same moment as a double tap does, or one after the other."""
        sending = (self._timed(form, "send"), self._timed(form, "send"))
        pages = await asyncio.gather(*sending) if self._both else [await each for each in sending]
        codes = {receipt_on(page.page) for page in pages}
        if len(codes) != 1 or not (code := codes.pop()):
            raise Trouble(f"sent twice: {[page.status for page in pages]}, {len(codes)} codes")
        self._gone.receipts[form.key] = code

    async def _timed(self, form: StepForm, deed: str) -> Answer:
        fields: Fields = [*form.hidden.items(), *form.answers(self._sheet), ("do", deed)]
        started = time.perf_counter()
        page = await self._patiently(lambda: self._phone.post(form.action, fields))
        self._gone.steps.append(time.perf_counter() - started)
        return page

    async def _patiently(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask; when the server is gone, the patient do so again with the very same form."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                found = await ask()
                if found.status == 200:
                    return found
                why: Exception = Trouble(f"status {found.status}")
            except GONE as error:
                why = error
            again = self._pace.patient and time.monotonic() < deadline
            if not again or (isinstance(why, Trouble) and found.status < 500):
                raise why
            self._gone.retries += 1
            await asyncio.sleep(RETRY_SECONDS)


async def crowd(
    port: int, sheets: Sequence[Mapping[str, Any]], *, code: str, pace: Pace, seed: int = 1
) -> Gone:
    """One resident for each sheet of stored answers; what happened to them all."""
    gone = Gone()
    residents = [
        Resident(Phone(port, f"127.0.0.{2 + i % ADDRESSES}"), sheet, pace, gone, seed=seed * 100_000 + i)
        for i, sheet in enumerate(sheets)
    ]
    await asyncio.gather(*(each.fill_in(code) for each in residents))
    return gone


def last_response() -> int:
    """The id of the newest response in this process' record."""
    with database.reading() as session:
        return int(session.scalar(text("SELECT coalesce(max(id), 0) FROM response")) or 0)


def wrongly_stored(codes: Iterable[str], after: int) -> int:
    """Of the responses after an id: how many of these receipts are not there exactly once, and how many are
    there that nobody was given. A sheet stored twice would have two receipts."""
    with database.reading() as session:
        found = Counter(
            session.scalars(text("SELECT receipt_hash FROM response WHERE id > :id"), {"id": after})
        )
    wanted = Counter(receipt_hash(normalise_receipt(code)) for code in codes)
    return sum(abs(found[each] - wanted[each]) for each in found.keys() | wanted.keys())

"""值班: who is on duty at a moment, when the next turn begins, until when an alert must be opened.

Turns repeat every week in China's time, which has no summer time: an hour is always an hour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from core.words import CHINA

DAY: Final = 24 * 60
WEEK: Final = 7 * DAY
# How far ahead a next turn is looked for: the longest holidays are shorter.
MOST_DAYS: Final = 60


class Shift(NamedTuple):
    """One weekly turn: weekday 1 to 7, minutes of the day; `ends` ≤ `starts` is the day after.

    `person` and `deputy` are named as they are told (empty: none).
    """

    weekday: int
    starts: int
    ends: int
    person: str
    deputy: str = ""

    @property
    def minutes(self) -> int:
        """How long it lasts: 1 minute to 24 hours."""
        return (self.ends - self.starts - 1) % DAY + 1


@dataclass(frozen=True, slots=True)
class Roster:
    """A community's turns of duty; on a holiday no turn begins."""

    shifts: tuple[Shift, ...] = ()
    holidays: frozenset[date] = frozenset()
    supervisor: str = ""


class Turn(NamedTuple):
    """One turn on one day, from `begins` until just before `ends`."""

    begins: datetime
    ends: datetime
    shift: Shift


class Deadline(NamedTuple):
    """Until when an alert must be opened, by whose turn; `turn` is None where there is no roster."""

    due_at: datetime
    in_hours: bool
    turn: Turn | None


def on_duty(roster: Roster, at: datetime) -> tuple[Turn, ...]:
    """The turns under way at a moment, the one that began last first: it has the longest to go on."""
    today = at.astimezone(CHINA).date()
    found = [turn for day in (today - timedelta(days=1), today) for turn in _turns(roster, day)]
    running = [turn for turn in found if turn.begins <= at < turn.ends]
    return tuple(sorted(running, key=lambda turn: turn.begins, reverse=True))


def next_turn(roster: Roster, at: datetime) -> Turn | None:
    """The first turn that begins after a moment, within MOST_DAYS; None when there is none."""
    if not roster.shifts:
        return None
    today = at.astimezone(CHINA).date()
    for ahead in range(MOST_DAYS):
        coming = [turn for turn in _turns(roster, today + timedelta(days=ahead)) if turn.begins > at]
        if coming:
            return min(coming, key=lambda turn: turn.begins)
    return None


def deadline(roster: Roster, at: datetime, minutes: int) -> Deadline:
    """When an alert raised at a moment must be opened: so many minutes later, counted from the next turn's
    beginning where nobody is on duty. Without any turn the minutes run at once.

    A turn that ends meanwhile changes nothing: what comes in its last minutes is opened before going home.
    """
    allowed = timedelta(minutes=minutes)
    running = on_duty(roster, at)
    if running:
        return Deadline(at + allowed, True, running[0])
    coming = next_turn(roster, at)
    if coming is None:
        return Deadline(at + allowed, False, None)
    return Deadline(coming.begins + allowed, False, coming)


def _turns(roster: Roster, day: date) -> Iterator[Turn]:
    """The turns that begin on a day, in the roster's order."""
    if day in roster.holidays:
        return
    midnight = datetime.combine(day, time.min, CHINA)
    for shift in roster.shifts:
        if shift.weekday == day.isoweekday():
            begins = midnight + timedelta(minutes=shift.starts)
            yield Turn(begins, begins + timedelta(minutes=shift.minutes), shift)


class Span(NamedTuple):
    """A part of the week in minutes since Monday 0:00; `last` may lie in the week after."""

    first: int
    last: int


def _span(shift: Shift) -> Span:
    first = (shift.weekday - 1) * DAY + shift.starts
    return Span(first, first + shift.minutes)


def overlaps(shifts: Sequence[Shift]) -> list[tuple[Shift, Shift]]:
    """Pairs of turns that run at the same time, in the order given."""
    spans = [_span(shift) for shift in shifts]
    return [
        (shifts[i], shifts[j])
        for i in range(len(shifts))
        for j in range(i + 1, len(shifts))
        if any(
            spans[i].first < spans[j].last + turn and spans[j].first + turn < spans[i].last
            for turn in (-WEEK, 0, WEEK)
        )
    ]


def gaps(shifts: Sequence[Shift]) -> list[Span]:
    """The parts of the week in which nobody is on duty, each once; the whole week without turns."""
    free = bytearray(b"1" * WEEK)
    for first, last in map(_span, shifts):
        for part in (slice(first, min(last, WEEK)), slice(0, max(0, last - WEEK))):
            free[part] = b"0" * (part.stop - part.start)
    found = [Span(*run.span()) for run in re.finditer(b"1+", free)]
    if len(found) > 1 and found[0].first == 0 and found[-1].last == WEEK:
        # Sunday night and the small hours of Monday are one.
        found[-1] = Span(found[-1].first, WEEK + found.pop(0).last)
    return found


def covered_minutes(shifts: Sequence[Shift]) -> int:
    """How many minutes of a week somebody is on duty."""
    return WEEK - sum(gap.last - gap.first for gap in gaps(shifts))

"""Who is on duty, the next turn and the deadline: by hand, and against a minute-by-minute count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.analysis.duty_hours import (
    DAY,
    WEEK,
    Roster,
    Shift,
    Span,
    covered_minutes,
    deadline,
    gaps,
    next_turn,
    on_duty,
    overlaps,
)
from core.words import CHINA

# Monday to Friday 8:30–17:30; Friday night 22:00–6:00.
OFFICE = tuple(Shift(day, 8 * 60 + 30, 17 * 60 + 30, "甲", "乙") for day in range(1, 6))
NIGHT = Shift(5, 22 * 60, 6 * 60, "丙")
USUAL = Roster((*OFFICE, NIGHT))


def _at(written: str) -> datetime:
    """A moment of November 2026 in China's time: "16 8:30"; the 16th is a Monday."""
    day, clock = written.split()
    hour, minute = clock.split(":")
    return datetime(2026, 11, int(day), int(hour), int(minute), tzinfo=CHINA)


@pytest.mark.parametrize(
    ("raised", "due", "in_hours", "person"),
    [
        ("16 8:30", "16 9:00", True, "甲"),  # the turn's first minute
        ("16 8:29", "16 9:00", False, "甲"),  # a minute before: from the turn's beginning
        ("16 12:00", "16 12:30", True, "甲"),
        ("16 17:29", "16 17:59", True, "甲"),  # before going home
        ("16 17:30", "17 9:00", False, "甲"),  # the turn's end is outside it
        ("16 23:59", "17 9:00", False, "甲"),
        ("20 18:00", "20 22:30", False, "丙"),  # Friday evening: the night turn is next
        ("20 23:50", "21 0:20", True, "丙"),
        ("21 5:59", "21 6:29", True, "丙"),  # Saturday morning belongs to Friday's night
        ("21 6:00", "23 9:00", False, "甲"),  # then nobody until Monday
        ("22 12:00", "23 9:00", False, "甲"),
    ],
)
def test_the_deadline_by_hand(raised: str, due: str, in_hours: bool, person: str) -> None:
    found = deadline(USUAL, _at(raised), 30)
    assert found.due_at == _at(due) and found.in_hours is in_hours
    assert found.turn is not None and found.turn.shift.person == person


def test_a_moment_in_utc_is_the_same_moment() -> None:
    # 0:30 UTC is 8:30 in China.
    assert on_duty(USUAL, datetime(2026, 11, 16, 0, 30, tzinfo=UTC))
    assert not on_duty(USUAL, datetime(2026, 11, 16, 9, 30, tzinfo=UTC))


def test_on_a_holiday_no_turn_begins_and_the_next_working_day_counts() -> None:
    free = Roster(USUAL.shifts, frozenset({date(2026, 11, 16), date(2026, 11, 17)}))
    found = deadline(free, _at("16 10:00"), 30)
    assert (found.due_at, found.in_hours) == (_at("18 9:00"), False)
    night = Roster((NIGHT,), frozenset({date(2026, 11, 21)}))
    assert on_duty(night, _at("21 3:00")), "the night that began before the holiday goes on"


def test_without_a_roster_the_minutes_run_at_once() -> None:
    found = deadline(Roster(), _at("16 3:00"), 30)
    assert (found.due_at, found.in_hours, found.turn) == (_at("16 3:30"), False, None)
    assert next_turn(Roster(OFFICE, frozenset(date(2026, 11, 1) + timedelta(n) for n in range(90))),
                     _at("16 3:00")) is None  # fmt: skip


def test_of_two_on_duty_the_one_that_began_last_answers() -> None:
    both = Roster((Shift(1, 480, 720, "早"), Shift(1, 660, 1020, "午")))
    assert [turn.shift.person for turn in on_duty(both, _at("16 11:30"))] == ["午", "早"]


def test_a_turn_of_24_hours_is_one() -> None:
    whole = Shift(1, 0, DAY, "甲")
    assert whole.minutes == DAY
    assert on_duty(Roster((whole,)), _at("16 23:59")) and not on_duty(Roster((whole,)), _at("17 0:00"))


def test_overlaps_also_over_midnight_and_over_the_week_s_end() -> None:
    late, early = Shift(7, 23 * 60, 2 * 60, "甲"), Shift(1, 60, 3 * 60, "乙")
    assert overlaps([late, early]) == [(late, early)]
    assert overlaps([late, Shift(1, 2 * 60, 3 * 60, "乙")]) == []
    assert overlaps([*OFFICE, NIGHT]) == []


def test_the_gaps_of_a_week_by_hand() -> None:
    def _minute(day: int, clock: float) -> int:
        return (day - 1) * DAY + int(clock * 60)

    assert gaps(()) == [Span(0, WEEK)]
    assert gaps([Shift(day, 0, DAY, "") for day in range(1, 8)]) == []
    nights = [Span(_minute(day, 17.5), _minute(day + 1, 8.5)) for day in range(1, 5)]
    friday = Span(_minute(5, 17.5), _minute(5, 22))
    weekend = Span(_minute(6, 6), WEEK + _minute(1, 8.5))
    assert gaps(USUAL.shifts) == [*nights, friday, weekend]
    assert covered_minutes(USUAL.shifts) == 5 * 9 * 60 + 8 * 60
    # Sunday's night covers the small hours of Monday.
    assert gaps([Shift(7, 23 * 60, 60, "")]) == [Span(60, 6 * DAY + 23 * 60)]


_shifts = st.builds(
    Shift, st.integers(1, 7), st.integers(0, DAY - 1), st.integers(1, DAY), st.sampled_from(["甲", "乙"])
).filter(lambda one: one.starts != one.ends)
_rosters = st.builds(Roster, st.lists(_shifts, max_size=6).map(tuple))
_moments = st.integers(0, 3 * WEEK).map(lambda n: _at("2 0:00") + timedelta(minutes=n))


@given(_rosters, _moments)
def test_somebody_is_on_duty_exactly_in_the_minutes_outside_the_gaps(roster: Roster, at: datetime) -> None:
    minute = (at.isoweekday() - 1) * DAY + at.hour * 60 + at.minute
    free = any(gap.first <= m < gap.last for gap in gaps(roster.shifts) for m in (minute, minute + WEEK))
    assert bool(on_duty(roster, at)) is not free


@given(_rosters, _moments, st.integers(1, DAY))
def test_a_deadline_is_never_before_its_minutes_and_falls_into_a_turn(
    roster: Roster, at: datetime, minutes: int
) -> None:
    found = deadline(roster, at, minutes)
    allowed = timedelta(minutes=minutes)
    assert found.due_at >= at + allowed
    assert found.in_hours is bool(on_duty(roster, at))
    if found.in_hours or not roster.shifts:
        assert found.due_at == at + allowed
    else:
        begins = found.due_at - allowed
        assert on_duty(roster, begins) and not on_duty(roster, begins - timedelta(minutes=1))
        # Nobody comes before: each minute in between was free.
        gap = int((begins - at).total_seconds()) // 60
        assert not any(on_duty(roster, at + timedelta(minutes=m)) for m in range(0, gap, 17))


@given(st.lists(_shifts, max_size=6))
def test_gaps_and_turns_together_are_the_whole_week(shifts: list[Shift]) -> None:
    covered = {m % WEEK for one in shifts for first in [(one.weekday - 1) * DAY + one.starts]
               for m in range(first, first + one.minutes)}  # fmt: skip
    assert covered_minutes(shifts) == len(covered)
    found = gaps(shifts)
    assert all(gap.first < gap.last for gap in found)

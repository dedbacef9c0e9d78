"""值班表: who opens alerts when, who stands in, who gets what nobody opened."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from core import database
from core.access import Right
from core.actions.duty import people_of, roster_of
from core.analysis.duty_hours import WEEK, Roster, Shift, covered_minutes, gaps, overlaps
from core.queries.duty import TurnRow, dutiful_accounts, plan, turns
from core.settings import settings
from core.words import say
from pages.parts import deeds, duty_forms, gate, show
from pages.parts.duty_forms import hours, moment, note

seat = gate.require(Right.SETUP)
here = seat.community.community_id

with database.reading() as session:
    rows = turns(session, here)
    people = people_of(session, here)
    accounts = dutiful_accounts(session, here)
    planned = plan(session, here)
    roster = roster_of(session, here)


def finding(roster: Roster) -> str:
    """How much of the week is covered."""
    covered = covered_minutes(roster.shifts)
    if not covered:
        return say("duty.screen.none")
    whole, told = covered == WEEK, f"{covered / 60:g}"
    return say("duty.screen.all") if whole else say("duty.screen.covered", hours=told)


def table(rows: Sequence[TurnRow]) -> pd.DataFrame:
    """The turns as cells."""
    heads = [say(f"duty.turns.{name}") for name in ("weekday", "hours", "person", "deputy")]
    nobody = say("duty.turns.no_deputy")
    lines = [
        (
            say(f"duty.weekday.{row.weekday}"),
            hours(row.starts, row.ends),
            people[row.person_id],
            people.get(row.deputy_id or 0, nobody),
        )
        for row in rows
    ]
    return pd.DataFrame(lines, columns=heads)


def doubts(shifts: Sequence[Shift]) -> None:
    """When nobody is on duty, and when two are."""
    comma = say("duty.turns.comma")
    free = [say("duty.turns.span", first=moment(gap.first), last=moment(gap.last)) for gap in gaps(shifts)]
    if free:
        note(say("duty.turns.gaps", spans=comma.join(free)))
    twice = [
        say(
            "duty.turns.pair",
            first=say(f"duty.weekday.{a.weekday}") + hours(a.starts, a.ends),
            second=say(f"duty.weekday.{b.weekday}") + hours(b.starts, b.ends),
        )
        for a, b in overlaps(shifts)
    ]
    if twice:
        note(say("duty.turns.overlaps", pairs=comma.join(twice)))


minutes = settings().alert_minutes
last = roster.supervisor or say("alerts.any_supervisor")
how = say("duty.screen.how", minutes=minutes, supervisor=last)
show.top(seat.community, say("menu.screen.duty"), finding(roster), how=how)
deeds.told()
show.section(say("duty.turns.title"), say("duty.turns.note"))
if rows:
    show.table(table(rows))
    doubts(roster.shifts)
else:
    show.empty(say("duty.turns.none"))
duty_forms.add_person(seat, people, accounts)
if people:
    duty_forms.add_turns(seat, people)
    duty_forms.plan(seat, people, planned)
    duty_forms.remove(seat, rows, people)

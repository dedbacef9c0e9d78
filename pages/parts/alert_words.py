"""How alerts are told: when, what kind, who is on duty, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.analysis.duty_hours import Roster, next_turn, on_duty
from core.settings import settings
from core.words import CHINA, clock, say, sentences

OTHER = "other"


def when(moment: datetime, at: datetime) -> str:
    """A moment as one says it at another: 今天 10:32, 明天 8:30, 11 月 30 日（周一）8:30."""
    local, today = moment.astimezone(CHINA), at.astimezone(CHINA).date()
    words = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((local.date() - today).days)
    told = clock(moment)
    if words:
        return say(f"alerts.when.{words}", clock=told)
    weekday = say(f"duty.weekday.{local.isoweekday()}")
    return say("alerts.when.day", month=local.month, day=local.day, weekday=weekday, clock=told)


def known(kinds: Sequence[str]) -> list[str]:
    """The kinds there are words for; one that says nothing of the kind where there are none."""
    found = [kind for kind in kinds if f"alerts.kind.{kind}" in sentences()]
    return found or [OTHER]


def kinds(found: Sequence[str]) -> str:
    """The kinds in words."""
    return say("duty.turns.comma").join(say(f"alerts.kind.{kind}") for kind in known(found))


def duty(roster: Roster, at: datetime) -> str:
    """Who is on duty at a moment, or that nobody is and when somebody will be."""
    running = on_duty(roster, at)
    if running:
        told = []
        for turn in running:
            deputy = turn.shift.deputy
            told.append(turn.shift.person + (say("alerts.duty.deputy", person=deputy) if deputy else ""))
        return say("alerts.duty.on", person=say("alerts.duty.and").join(told))
    coming = next_turn(roster, at)
    if coming is None:
        return say("alerts.duty.none", minutes=settings().alert_minutes)
    return say("alerts.duty.off", when=when(coming.begins, at), person=coming.shift.person)

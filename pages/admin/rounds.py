"""调查批次: what is being asked, opening a round, closing it."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from core import database
from core.access import Right
from core.queries.setup import RoundRow, places_standing, population_standing, rounds_of
from core.words import CHINA, say
from models.base import now
from pages.parts import deeds, gate, round_forms, show

FEWEST_SHOWN = 5

seat = gate.require(Right.ROUNDS)
here = seat.community.community_id

with database.reading() as session:
    rounds = rounds_of(session, here)
    grids = places_standing(session, here).grids
    people = population_standing(session, here)
moment = now()


def state(one: RoundRow) -> str:
    """coming, running or over."""
    if one.opens_at > moment:
        return "coming"
    return "over" if one.closes_at is not None and one.closes_at <= moment else "running"


def minute(at: datetime | None) -> str:
    """A moment in a table, in China's time; without one the round is closed by hand."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if at else say("admin.rounds.by_hand")


def counted(n: int) -> str:
    """How many answered: very few are not told apart."""
    return say("admin.rounds.few") if 0 < n < FEWEST_SHOWN else f"{n:,}"


def line(one: RoundRow) -> tuple[str, ...]:
    """One round as cells of the table."""
    told = say(f"admin.rounds.{state(one)}")
    kind = say(f"admin.rounds.{one.kind}")
    return one.name, kind, told, minute(one.opens_at), minute(one.closes_at), counted(one.n), one.code


running = [one for one in rounds if state(one) == "running"]
finding = say("admin.rounds.finding_none")
if running:
    finding = say("admin.rounds.finding_open", n=len(running))
if len(running) == 1:
    finding = say("admin.rounds.finding_one", name=running[0].name)
show.top(seat.community, say("menu.screen.rounds"), finding)
deeds.told()
if rounds:
    show.section(say("admin.rounds.list_title"), say("admin.rounds.list_note"))
    heads = [
        say(f"admin.rounds.{name}") for name in ("name", "kind", "state", "opens", "closes", "n", "code")
    ]
    show.table(pd.DataFrame([line(one) for one in rounds], columns=heads), numeric=[heads[5]])
else:
    show.empty(say("admin.rounds.none_yet"))
open_now = [one for one in rounds if state(one) != "over"]
round_forms.late(seat, [one for one in rounds if one.late])
round_forms.close(seat, open_now)
round_forms.extend(seat, rounds)
round_forms.start(seat, open_now, with_places=grids > 0, with_people=people is not None)

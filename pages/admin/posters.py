"""海报和住户票: choose what a QR code leads to, look at it, open the A4 page to print."""

from __future__ import annotations

import pandas as pd

from core import database
from core.access import Right
from core.actions.ticket_flags import SHARED_ALLOWANCE
from core.addresses import found_by_phones, public_address
from core.errors import LinshengError
from core.queries.posters import TicketsUsed, tickets_used, to_choose
from core.settings import settings
from core.words import say
from models.base import now
from pages.parts import gate, poster_forms, show

FEWEST_SHOWN = 5

seat = gate.require(Right.POSTERS)


def refused() -> str:
    """Why nothing can be printed; empty when it can."""
    try:
        public_address("/f")
    except LinshengError as error:
        return str(error)
    return ""


def counted(n: int) -> str:
    """How many responses: very few are not told apart."""
    return say("posters.used.few") if 0 < n < FEWEST_SHOWN else f"{n:,}"


def used(rows: list[TicketsUsed]) -> None:
    """How many answered on tickets, and how many of these were too many for their household."""
    usual = settings().ticket_allowance
    shared = max(usual, SHARED_ALLOWANCE)
    show.section(say("posters.used.title"), say("posters.used.note", allowance=usual, shared=shared))
    if not rows:
        show.empty(say("posters.used.none"))
        return
    heads = [say(f"posters.used.{name}") for name in ("round", "on_tickets", "beyond")]
    cells = [(row.name, counted(row.on_tickets), counted(row.beyond)) for row in rows]
    show.table(pd.DataFrame(cells, columns=heads), numeric=heads[1:])


with database.reading() as session:
    found = to_choose(session, seat.community.community_id, now())
    tickets = tickets_used(session, seat.community.community_id)

why_not = refused()
finding = say("posters.screen.refused") if why_not else say("posters.screen.finding")
show.top(
    seat.community, say("menu.screen.posters"), finding, how="" if why_not else say("posters.screen.how")
)
if why_not:
    show.fail(why_not)
else:
    if not found_by_phones():
        show.fail(say("posters.own_machine", address=settings().public_url))
    poster_forms.draw(seat, found)
used(tickets)

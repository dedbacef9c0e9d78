"""三项发现: the main findings on one sheet of A4, for the notice board and the meeting."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.access import Right
from core.output.findings import Told
from core.output.overview import how_many
from core.words import day, say
from models.base import now
from pages.parts import figures, gate, map_parts, overview_parts, show

seat = gate.require(Right.OVERVIEW)
COMMUNITY = seat.community.community_id
at = figures.mark()
found = map_parts.round_or_stop(seat.community, say("findings.screen"), figures.survey(COMMUNITY, at))


def sheet(told: list[Told]) -> str:
    """The findings as they are printed, one block each."""
    blocks = "".join(
        f'<li class="st-{one.kind}">'
        f'<p class="st-figure"><b>{escape(one.figure)}</b><span>{escape(one.caption)}</span></p>'
        f"<div><h2>{escape(one.sentence)}</h2><p>{escape(one.interval)}</p><p>{escape(one.base)}</p></div></li>"
        for one in told
    )
    return f'<ol class="st-sheet">{blocks}</ol>'


def foot() -> str:
    """Where the figures come from, and what they can bear."""
    return " ".join([map_parts.source(found), say("findings.online")]).strip()


closes = found.closes_at
until = say("findings.until_closed", day=day(closes)) if closes else say("findings.until_open")
printed = say(
    "findings.printed", round=found.name, first=day(found.opens_at), until=until, many=how_many(found.n)
)
how = " · ".join([printed, *map_parts.as_of(at), say("findings.made", day=day(now()))])
heading = say("findings.heading", community=seat.community.name)
show.top(seat.community, say("findings.screen"), heading, how=how)
told = overview_parts.findings(found, at)
if not told:
    show.empty(say("findings.none"))
    st.stop()
st.html(sheet(told))
if len(told) < 3:
    show.section("", say("findings.few", n=len(told)))
st.html(f'<p class="st-note">{escape(foot())}</p>')
show.print_button(say("findings.print"), say("findings.print_note"))

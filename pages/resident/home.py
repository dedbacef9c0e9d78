"""Home: four doors, the sentence box that is always open, the round that is running, the phone."""

from __future__ import annotations

from html import escape

import streamlit as st

from core import database
from core.queries.rounds import OpenRound, minutes_taken, open_rounds
from core.words import day, say
from models.base import now
from pages.parts import gate, here, sentence_box

place = here.show()


def needs_line(running: OpenRound | None, minutes: int | None) -> str:
    """What the first door says: how long it takes, as measured, or that nothing is asked now."""
    if running is None:
        return say("resident.home.needs_none")
    return say("resident.home.needs_line", minutes=minutes) if minutes else say("resident.home.needs_some")


def door(page: str, line: str) -> None:
    """One large door with a line under its name."""
    st.page_link(
        f"resident/{page}.py", label=f"**{say(f'resident.home.{page}')}**  \n{line}", width="stretch"
    )


with database.reading() as session:
    rounds = open_rounds(session, place.community_id, now())
    running = next((found for found in rounds if found.kind == "needs"), None)
    minutes = minutes_taken(session, running.round_id, short=True) if running else None

with st.container(key="doors"):
    door("needs", needs_line(running, minutes))
    for page in ("feedback", "board", "receipt"):
        door(page, say(f"resident.home.{page}_line"))
if running is not None:
    name = running.name
    ends = running.closes_at and say("resident.home.closes", name=name, day=day(running.closes_at))
    here.note(ends or say("resident.home.open_ended", name=name))
if sentence_box.show(place, with_place=False):
    st.switch_page("resident/thanks.py")
if place.community.phone:
    phone = escape(place.community.phone)
    st.html(f'<p class="ls-note">{escape(say("resident.frame.phone"))} <a href="tel:{phone}">{phone}</a></p>')
if not gate.current_token():
    gate.link("/signin", say("menu.staff"))

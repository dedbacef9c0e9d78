"""Where a resident is: the community of the link or QR code, and the top of each resident screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from core import database
from core.errors import LinshengError
from core.queries.rounds import CommunityCard, communities
from core.words import CHINA, day, say

HOME = "resident/home.py"
_CSS = Path(__file__).with_name("resident.css")


@dataclass(frozen=True, slots=True)
class Here:
    """The community, and the code of the grid whose QR code was scanned (empty: none)."""

    community: CommunityCard
    grid_code: str

    @property
    def community_id(self) -> int:
        """Id of the community."""
        return self.community.community_id


@cache
def _style() -> str:
    return f"<style>{_CSS.read_text(encoding='utf8')}</style>"


def show(title: str = "") -> Here:
    """Draw the top of a resident screen and return where it is; stops the run where no community is set up.

    `title` is the screen's name after the community's; the home screen has none and gets no way back.
    """
    st.html(_style())
    place = _here()
    banner(place.community)
    name = place.community.name
    where = f"<p>{escape(name)}</p>" if title else ""
    with st.container(key="top", horizontal=True, vertical_alignment="center"):
        st.html(f"{where}<h1>{escape(title or name)}</h1>")
        if title:
            st.page_link(HOME, label=say("resident.frame.home"))
    return place


def banner(community: CommunityCard) -> None:
    """Say above everything else that a synthetic community is one; real texts never stand under it."""
    if community.synthetic:
        st.html(f'<p class="ls-banner" role="note">{escape(say("menu.banner"))}</p>')


def _here() -> Here:
    """`?c=` names the community and `?g=` the grid; a session keeps them while one moves on."""
    for name in ("c", "g"):
        if name in st.query_params:
            st.session_state[f"here.{name}"] = st.query_params[name]
    try:
        with database.reading() as session:
            found = communities(session)
    except LinshengError as error:
        fail(str(error))
        st.stop()
    # Texts imported from elsewhere stand under a community of their own, where nobody answers.
    own = [card for card in found if not card.source] or found
    if not own:
        fail(say("errors.empty_database"))
        st.stop()
    wanted = st.session_state.get("here.c", "")
    card = next((card for card in found if card.code == wanted), own[0])
    return Here(card, st.session_state.get("here.g", ""))


def fail(sentence: str) -> None:
    """What went wrong and what to do, where a screen reader is told of it at once."""
    st.html(f'<div class="ls-fail" role="alert">{escape(sentence)}</div>')


def note(sentence: str) -> None:
    """One calm sentence: nothing here yet, and what to do instead."""
    st.html(f'<p class="ls-note">{escape(sentence)}</p>')


def on(wanted: date) -> str:
    """A date as residents read it: 2026 年 10 月 8 日."""
    return day(datetime.combine(wanted, time(12), CHINA))

"""The gate before each staff screen: who is signed in, whether they may see it, for which community."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import NoReturn
from urllib.parse import quote, urlsplit

import streamlit as st

from core import database
from core.access import Right, Viewer
from core.actions.accounts import touch
from core.errors import LinshengError, Unavailable
from core.queries.rounds import CommunityCard
from core.queries.viewers import SignedIn, communities_for, signed_in
from core.words import say
from models.base import now
from models.taxonomy import ROLES
from pages.parts import alert_line, here

COOKIE = "linsheng_session"
_CHOSEN = "gate.community"
_ARRIVED = "gate.arrived"


@dataclass(frozen=True, slots=True)
class Seat:
    """Who looks at a staff screen, and at which community."""

    viewer: Viewer
    community: CommunityCard


def current_token() -> str | None:
    """The token of the sign-in cookie the browser sent, if any."""
    return st.context.cookies.get(COOKIE)


def viewer() -> Viewer | None:
    """Who is signed in; stops the run with a sentence when the record cannot be read."""
    token = current_token()
    if not token:
        return None
    try:
        with database.reading() as session:
            found = signed_in(session, token, now())
    except LinshengError as error:
        here.fail(str(error))
        st.stop()
    if found is not None:
        _touch(token, found)
    return found.viewer if found else None


def _touch(token: str, found: SignedIn) -> None:
    # A busy record must not keep anybody from reading; the next click notes it.
    with suppress(Unavailable):
        touch(token, found.seen_at, now())


def arrive() -> Viewer | None:
    """Who is signed in, asked once for a whole run: the menu asks, and the screen's gate takes it over."""
    found = viewer()
    st.session_state[_ARRIVED] = (current_token(), found)
    return found


def _arrived() -> Viewer | None:
    """What the menu found in this very run, used up by taking it; a screen that runs alone asks itself."""
    token, found = st.session_state.pop(_ARRIVED, (None, None))
    return found if found is not None and token == current_token() else viewer()


def require(right: Right) -> Seat:
    """First line of every staff screen: the seat, or the run stops with a sentence that says what to do."""
    found = _arrived()
    if found is None:
        _refuse(say("gate.signed_out"), sign_in=True)
    if not found.may(right):
        _refuse(say("gate.not_allowed", display=found.display))
    try:
        with database.reading() as session:
            offered = communities_for(session, found, right)
    except LinshengError as error:
        _refuse(str(error))
    if not offered:
        _refuse(say("gate.no_community"))
    community = _chosen(offered)
    here.banner(community)
    alert_line.show(found, besides=community.community_id if right is Right.ALERTS else 0)
    return Seat(found, community)


def _refuse(sentence: str, *, sign_in: bool = False) -> NoReturn:
    here.note(sentence)
    if sign_in:
        # The sign-in page opens no address it does not know, so whatever stands in the bar may be handed on.
        wanted = urlsplit(st.context.url or "").path.rpartition("/")[2]
        link(f"/signin?next={quote(wanted)}", say("gate.sign_in"))
    st.stop()


def link(address: str, label: str) -> None:
    """A link to a plain page."""
    st.html(f'<p class="ls-note"><a href="{escape(address)}">{escape(label)}</a></p>')


def _chosen(offered: list[CommunityCard]) -> CommunityCard:
    """The community looked at: chosen in the sidebar, kept from screen to screen, `?c=` names the first."""
    names = {card.community_id: card for card in offered}
    asked = st.query_params.get("c")
    named = next((card.community_id for card in offered if card.code == asked), offered[0].community_id)
    kept = st.session_state.get(_CHOSEN, named)
    if len(offered) > 1:
        kept = st.sidebar.selectbox(
            say("gate.community"),
            list(names),
            index=list(names).index(kept) if kept in names else 0,
            format_func=lambda id_: names[id_].name,
        )
    st.session_state[_CHOSEN] = kept
    return names.get(kept, offered[0])


def show_who(signed_in_as: Viewer) -> None:
    """In the sidebar: who is signed in, and the way out."""
    roles = "、".join(ROLES[role] for role in signed_in_as.roles)
    with st.sidebar:
        st.html(f"<p>{escape(say('gate.who', display=signed_in_as.display, roles=roles))}</p>")
        if signed_in_as.may(Right.ASSIST):
            link("/f/assist", say("gate.assist"))
        link("/signout", say("gate.sign_out"))

"""答复居民: one comment large with its history and the form beside who waits; the public board; sign-ups."""

from __future__ import annotations

import streamlit as st

from core import database
from core.access import Right
from core.errors import LinshengError
from core.queries.to_answer import Waiting, months, waiting
from core.words import say
from models.base import now
from pages.parts import answer_card, answer_list, answer_public, comment_list, deeds, gate, show

seat = gate.require(Right.ANSWERS)
HERE = seat.community.community_id
COMMENTS, PUBLIC, SIGNUPS = "comments", "public", "signups"


def finding(found: Waiting) -> str:
    """The screen's finding: how many wait, and how many of these may be in danger."""
    if not found.n:
        return say("answers.finding.none")
    if found.urgent:
        return say("answers.finding.urgent", n=f"{found.n:,}", urgent=f"{found.urgent:,}")
    return say("answers.finding.waiting", n=f"{found.n:,}")


def view() -> str:
    """What one looks at: the comments to answer, what stands on the public board, or who signed up."""
    names = {name: say(f"answers.view.{name}") for name in (COMMENTS, PUBLIC, SIGNUPS)}
    chosen = st.segmented_control(
        say("answers.view.label"), list(names), format_func=names.__getitem__, default=COMMENTS,
        required=True, key="answers.view", label_visibility="collapsed",
    )  # fmt: skip
    return str(chosen or COMMENTS)


def comments(said_in: list[str]) -> None:
    """The chosen comment beside the list with its filters."""
    if not said_in:
        show.empty(say("answers.list.empty"))
        return
    show.section(say("answers.list.title"), say("answers.list.note"))
    page = answer_list.page(HERE, answer_list.filters(said_in))
    # On a phone the columns stand one below the other: the chosen comment first.
    desk, rest = st.columns([11, 9], gap="large")
    looked_at = answer_list.chosen(HERE, page)
    with desk:
        answer_card.card(seat, looked_at)
    with rest:
        answer_list.listing(page, looked_at)


def screen() -> None:
    """What was chosen to look at, below what waits."""
    with database.reading() as session:
        found = waiting(session, HERE)
        said_in = months(session, HERE)
    source = seat.community.source
    show.top(
        seat.community,
        say("answers.screen"),
        finding(found),
        how=say("comments.source", source=source) if source else "",
    )
    st.html(comment_list.style())
    deeds.told()
    looked_at = view()
    if looked_at == PUBLIC:
        answer_public.board(seat)
    elif looked_at == SIGNUPS:
        answer_public.signups(HERE, now())
    else:
        comments(said_in)


try:
    screen()
except LinshengError as error:
    show.fail(str(error))

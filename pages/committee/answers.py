"""答复居民: who waits, one comment large with its history and the form, what stands on the public board."""

from __future__ import annotations

import streamlit as st

from core import database
from core.access import Right
from core.errors import LinshengError
from core.queries.comments import counted
from core.queries.to_answer import Waiting, waiting
from core.words import say
from models.base import now
from pages.parts import answer_card, answer_list, answer_public, comment_list, deeds, gate, show

seat = gate.require(Right.ANSWERS)
HERE = seat.community.community_id


def finding(found: Waiting) -> str:
    """The screen's finding: how many wait, and how many of these may be in danger."""
    if not found.n:
        return say("answers.finding.none")
    if found.urgent:
        return say("answers.finding.urgent", n=f"{found.n:,}", urgent=f"{found.urgent:,}")
    return say("answers.finding.waiting", n=f"{found.n:,}")


def screen() -> None:
    """The chosen comment beside the list with its filters; below, what is public and who signed up."""
    with database.reading() as session:
        found = waiting(session, HERE)
        months = sorted({row.month for row in counted(session, HERE)}, reverse=True)
    source = seat.community.source
    show.top(
        seat.community,
        say("answers.screen"),
        finding(found),
        how=say("comments.source", source=source) if source else "",
    )
    st.html(comment_list.style())
    deeds.told()
    if not months:
        show.empty(say("answers.list.empty"))
    else:
        show.section(say("answers.list.title"), say("answers.list.note"))
        page = answer_list.page(HERE, answer_list.filters(months))
        # On a phone the columns stand one below the other: the chosen comment first.
        desk, rest = st.columns([11, 9], gap="large")
        looked_at = answer_list.chosen(HERE, page)
        with desk:
            answer_card.card(seat, looked_at)
        with rest:
            answer_list.listing(page, looked_at)
    answer_public.board(seat)
    answer_public.signups(HERE, now())


try:
    screen()
except LinshengError as error:
    show.fail(str(error))

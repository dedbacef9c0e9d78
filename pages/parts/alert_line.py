"""The red line on top of staff screens while an alert waits."""

from __future__ import annotations

import streamlit as st

from core import database
from core.access import Right, Viewer
from core.queries.alerts import OpenAlerts, open_by_community, together
from core.queries.viewers import communities_for
from core.words import say
from models.base import now

SCREEN = "committee/alerts.py"


def waiting(viewer: Viewer, *, besides: int = 0) -> OpenAlerts:
    """What waits where the viewer may take alerts up, `besides` aside; one small query while nothing does."""
    if not viewer.may(Right.ALERTS):
        return OpenAlerts(0, 0, 0)
    with database.reading() as session:
        found = open_by_community(session, now())
        if not found:
            return OpenAlerts(0, 0, 0)
        mine = {card.community_id for card in communities_for(session, viewer, Right.ALERTS)}
    return together(found, mine - {besides})


def show(viewer: Viewer, *, besides: int = 0) -> None:
    """Draw it where something waits: how many, what is late, and the way there.

    `besides` is the community whose alerts the screen itself shows.
    """
    found = waiting(viewer, besides=besides)
    if not found.n:
        return
    told = say("alerts.line.text", n=f"{found.n:,}")
    told += say("alerts.line.unopened", n=f"{found.unopened:,}") if found.unopened else ""
    told += say("alerts.line.overdue", n=f"{found.overdue:,}") if found.overdue else ""
    with st.container(key="alert-line"):
        st.page_link(SCREEN, label=f"{told} · {say('alerts.line.go')}")

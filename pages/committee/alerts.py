"""预警: what may be danger and waits for somebody, one alert large; how the net holds; what it missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from core import database
from core.access import Right
from core.actions.duty import roster_of
from core.errors import LinshengError
from core.queries.alerts import AlertItem, alert_figures, closed_alerts, open_alerts
from core.words import say
from models.base import now
from pages.parts import alert_card, alert_words, deeds, gate, show
from pages.parts import alert_figures as parts

YEAR = timedelta(days=365)

seat = gate.require(Right.ALERTS)
here = seat.community.community_id
at = now()


def finding(items: Sequence[AlertItem], at: datetime) -> str:
    """The screen's finding: what is late first, then what nobody has opened, then what has no outcome."""
    unopened = [item for item in items if item.opened_at is None]
    late = sum(item.due_at <= at for item in unopened)
    if late:
        return say("alerts.finding.overdue", n=f"{late:,}")
    if unopened:
        due = alert_words.when(min(item.due_at for item in unopened), at)
        return say("alerts.finding.unopened", n=f"{len(unopened):,}", due=due)
    return say("alerts.finding.opened", n=f"{len(items):,}") if items else say("alerts.finding.none")


try:
    with database.reading() as session:
        waiting = open_alerts(session, here)
        done = closed_alerts(session, here)
        figures = alert_figures(session, here, since=at - YEAR, at=at)
        roster = roster_of(session, here)
except LinshengError as error:
    show.fail(str(error))
    st.stop()
show.top(seat.community, say("alerts.screen"), finding(waiting, at), how=alert_words.duty(roster, at))
st.html(alert_card.style())
deeds.told()
if waiting:
    shown = alert_card.chosen(waiting)
    show.section(say("alerts.list.title"), say("alerts.list.note"))
    alert_card.card(seat, shown, at)
    alert_card.others(waiting, shown, at)
else:
    show.empty(say("alerts.list.none"))
parts.closed(done, at)
parts.figures(figures)
parts.miss(seat)

"""How the safety net holds: what was raised and came of it, what was closed last, and what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from core import database
from core.actions.alerts import MOST_NOTE, Miss, record_miss
from core.queries.alerts import AlertFigures, AlertItem, missable
from core.words import CHINA, say
from models.taxonomy import ALERT_OUTCOMES, ALERT_SOURCES, MISS_WAYS
from pages.parts import alert_card, alert_words, deeds, show
from pages.parts.gate import Seat

# Below this a share would only look exact.
FEWEST_FOR_SHARE = 30


def figures(found: AlertFigures) -> None:
    """The figures as a table; work, so that small numbers are shown."""
    show.section(say("alerts.figures.title"), say("alerts.figures.note"))
    heads = [say("alerts.figures.what"), say("alerts.figures.n")]
    frame = pd.DataFrame(lines(found), columns=heads)
    show.under(frame, "alerts", say("alerts.figures.explain"), numeric=heads[1:], unfolded=True)


def lines(found: AlertFigures) -> list[tuple[str, str]]:
    """The figures in words and numbers."""
    told = [(say("alerts.figures.raised"), f"{found.raised:,}")]
    for source, name in ALERT_SOURCES.items():
        if n := found.by_source.get(source, 0):
            told.append((say("alerts.figures.source", source=name), f"{n:,}"))
    in_time = say("alerts.figures.in_time_of", n=f"{found.in_time:,}", of=f"{found.due:,}")
    told.append((say("alerts.figures.in_time"), in_time))
    told.append((say("alerts.figures.escalated"), f"{found.escalated:,}"))
    for outcome, name in ALERT_OUTCOMES.items():
        if n := found.outcomes.get(outcome, 0):
            told.append((say("alerts.figures.outcome", outcome=name), f"{n:,}"))
    told.append((say("alerts.figures.real"), _real(found)))
    told.append((say("alerts.figures.missed"), f"{found.missed:,}"))
    return told


def _real(found: AlertFigures) -> str:
    parts = {"n": f"{found.real:,}", "of": f"{found.judged:,}"}
    if found.judged < FEWEST_FOR_SHARE:
        return say("alerts.figures.real_of", **parts)
    return say("alerts.figures.real_share", share=f"{found.real / found.judged:.0%}", **parts)


def closed(items: Sequence[AlertItem], at: datetime) -> None:
    """What was closed last."""
    if not items:
        return
    show.section(say("alerts.closed.title"))
    heads = [say(f"alerts.closed.{name}") for name in ("raised", "kinds", "opened", "outcome", "who", "note")]
    told = say("alerts.closed.latest", n=len(items))
    show.table(pd.DataFrame([_line(item, at) for item in items], columns=heads), caption=told)


def _line(item: AlertItem, at: datetime) -> tuple[str, ...]:
    opened = alert_words.when(item.opened_at, at) if item.opened_at else say("alerts.closed.not_opened")
    return (
        alert_words.when(item.raised_at, at),
        alert_words.kinds(item.kinds),
        opened,
        ALERT_OUTCOMES[item.outcome],
        item.closed_by,
        item.note,
    )


def miss(seat: Seat) -> None:
    """Look a comment up by its words and record that it should have raised an alert."""
    show.section(say("alerts.miss.title"), say("alerts.miss.note"))
    words = st.text_input(say("alerts.miss.search"), key=f"alerts.search.{deeds.turn()}")
    if not words.strip():
        return
    with database.reading() as session:
        found = {one.comment_id: one for one in missable(session, seat.community.community_id, words)}
    if not found:
        show.empty(say("alerts.miss.none"))
        return

    def _told(id_: int) -> str:
        day = found[id_].said_at.astimezone(CHINA).strftime("%Y-%m-%d")
        return say("alerts.miss.row", day=day, text=found[id_].text)

    with st.form("alerts.miss"):
        which = st.selectbox(say("alerts.miss.which"), list(found), format_func=_told)
        how = st.selectbox(
            say("alerts.miss.how"),
            list(MISS_WAYS),
            index=None,
            format_func=MISS_WAYS.__getitem__,
            placeholder=say("alerts.close.choose"),
        )
        note = st.text_area(say("alerts.miss.words"), max_chars=MOST_NOTE, height=100)
        still = st.checkbox(say("alerts.miss.still"))
        saved = st.form_submit_button(say("alerts.miss.save"))
    if saved:
        _record(seat, Miss(which, how or "", note, still))


def _record(seat: Seat, missed: Miss) -> None:
    def _deed() -> None:
        with database.writing() as session:
            record_miss(session, missed, alert_card.desk(seat))

    if alert_card.do(_deed):
        deeds.done(say("alerts.miss.done_alert" if missed.still else "alerts.miss.done"))

"""One alert large: the words, until when, what to do; taking it up, the outcome; the other ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from core import database
from core.actions.alerts import MOST_NOTE, Desk, close_alert, open_alert, original_words
from core.errors import LinshengError
from core.queries.alerts import AlertItem
from core.words import say
from models.taxonomy import ALERT_OUTCOMES, ALERT_SOURCES, CHANNELS
from pages.parts import alert_words, contact_reveal, deeds, show
from pages.parts.alert_words import when
from pages.parts.gate import Seat

_CHOSEN = "alerts.chosen"
_CSS = Path(__file__).with_name("alerts.css")


@cache
def style() -> str:
    """The look of what is drawn here."""
    return f"<style>{_CSS.read_text(encoding='utf8')}</style>"


def desk(seat: Seat) -> Desk:
    """Who acts here, and for which community."""
    return Desk(seat.community.community_id, seat.viewer.account_id)


def do(deed: Callable[[], object]) -> bool:
    """Do it; False when it could not be done, which is told."""
    try:
        deed()
    except LinshengError as error:
        show.fail(str(error))
        return False
    return True


def chosen(items: Sequence[AlertItem]) -> AlertItem:
    """The one looked at: the chosen one while it is open, else the most pressing."""
    kept = st.session_state.get(_CHOSEN)
    return next((item for item in items if item.alert_id == kept), items[0])


def card(seat: Seat, item: AlertItem, at: datetime) -> None:
    """Draw the alert with all one can do about it."""
    with st.container(key="alert-card"):
        st.html(
            f'<p class="al-kinds">{escape(alert_words.kinds(item.kinds))}</p>{_state(item, at)}'
            f"{_words(item)}{_meta(item, at)}{_hints(item)}"
        )
        if item.comment_id is not None:
            contact_reveal.section(seat, item.comment_id, may_open=item.opened_at is not None)
        if item.opened_at is None:
            if st.button(say("alerts.card.open"), type="primary", key=f"alerts.open.{item.alert_id}"):
                _open(seat, item)
        else:
            _original(seat, item)
            _close(seat, item)


def _words(item: AlertItem) -> str:
    if item.taken_back:
        return f'<p class="st-empty">{escape(say("alerts.card.gone"))}</p>'
    return f'<p class="al-text" dir="auto">{escape(item.text)}</p>'


def _state(item: AlertItem, at: datetime) -> str:
    """Whether somebody has it, else until when, or since when it is late."""
    due = when(item.due_at, at)
    if item.opened_at is not None:
        key = "opened_late" if item.opened_at > item.due_at else "opened"
        told = say(f"alerts.card.{key}", person=item.opened_by, when=when(item.opened_at, at))
        return f'<p class="al-state al-taken">{escape(told)}</p>'
    late = item.due_at <= at
    told = say("alerts.card.overdue" if late else "alerts.card.due", due=due)
    return f'<p class="al-state{" al-late" if late else ""}">{escape(told)}</p>'


def _meta(item: AlertItem, at: datetime) -> str:
    """Where and when it was said, when and by what it was raised, whose turn it was, to whom it went on."""
    place = " ".join(item.place)
    told = [say("alerts.card.place", place=place) if place else say("alerts.card.no_place")]
    if item.said_at is not None:
        channel = CHANNELS.get(item.channel, item.channel)
        told.append(say("alerts.card.said", when=when(item.said_at, at), channel=channel))
    source = ALERT_SOURCES[item.source]
    told.append(say("alerts.card.raised", when=when(item.raised_at, at), source=source))
    named = say("alerts.card.duty", person=item.duty_name)
    told.append(named if item.duty_name else say("alerts.card.no_roster"))
    if item.duty_name and not item.in_hours:
        told.append(say("alerts.card.off_hours"))
    told += [say("alerts.card.passed", when=when(moment, at), person=to) for moment, to in item.passed_on]
    return f'<ul class="al-meta">{"".join(f"<li>{escape(line)}</li>" for line in told)}</ul>'


def _hints(item: AlertItem) -> str:
    lines = "".join(
        f"<li>{escape(say(f'alerts.hint.{kind}'))}</li>" for kind in alert_words.known(item.kinds)
    )
    return (
        f'<div class="al-hints"><h3>{escape(say("alerts.card.hints"))}</h3><ul>{lines}</ul>'
        f"<p>{escape(say('alerts.card.transfer'))}</p></div>"
    )


def _open(seat: Seat, item: AlertItem) -> None:
    try:
        with database.writing() as session:
            mine = open_alert(session, item.alert_id, desk(seat))
    except LinshengError as error:
        show.fail(str(error))
        return
    st.session_state[_CHOSEN] = item.alert_id
    deeds.done(say("alerts.card.opened_now" if mine else "alerts.card.taken"))


def _original(seat: Seat, item: AlertItem) -> None:
    """The hidden part, on demand: it is written down who looked."""
    wanted = st.button(say("alerts.card.see_original"), key="alerts.original") if item.hides else False
    if not wanted:
        return
    try:
        with database.writing() as session:
            words = original_words(session, item.alert_id, desk(seat))
    except LinshengError as error:
        show.fail(str(error))
        return
    told = escape(say("alerts.card.original"))
    st.html(f'<p class="al-original" dir="auto"><b>{told}</b>{escape(words)}</p>')


def _close(seat: Seat, item: AlertItem) -> None:
    """The form of the outcome."""
    with st.form(f"alerts.close.{item.alert_id}", border=False):
        outcome = st.selectbox(
            say("alerts.close.outcome"),
            list(ALERT_OUTCOMES),
            index=None,
            format_func=ALERT_OUTCOMES.__getitem__,
            placeholder=say("alerts.close.choose"),
        )
        note = st.text_area(say("alerts.close.note"), max_chars=MOST_NOTE, height=100)
        if not st.form_submit_button(say("alerts.close.save"), type="primary"):
            return

    def _deed() -> None:
        with database.writing() as session:
            close_alert(session, item.alert_id, desk(seat), outcome=outcome or "", note=note)

    if do(_deed):
        deeds.done(say("alerts.close.done"))


def others(items: Sequence[AlertItem], shown: AlertItem, at: datetime) -> None:
    """The other open alerts, each with a way to look at it."""
    rest = [item for item in items if item.alert_id != shown.alert_id]
    if not rest:
        return
    show.section(say("alerts.list.pick", n=f"{len(rest):,}"))
    for item in rest:
        told = alert_words.kinds(item.kinds)
        line = say("alerts.list.row", due=when(item.due_at, at), kinds=told)
        if item.opened_at is not None:
            line = say("alerts.list.row_opened", person=item.opened_by, kinds=told)
        with st.container(horizontal=True, vertical_alignment="center", key=f"alert-row-{item.alert_id}"):
            st.html(f'<p class="al-other">{escape(item.text)}<small>{escape(line)}</small></p>')
            st.button(
                say("alerts.list.look"),
                key=f"alerts.look.{item.alert_id}",
                on_click=_choose,
                args=(item.alert_id,),
            )


def _choose(alert_id: int) -> None:
    st.session_state[_CHOSEN] = alert_id

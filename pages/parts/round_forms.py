"""The forms of the rounds screen: late sheets, closing a round, another last day, and opening one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import streamlit as st

from core import database
from core.actions.late_sheets import take_late
from core.actions.rounds import (
    MOST_NAME,
    NewRound,
    close_round,
    extend_round,
    open_round,
    publish_questionnaire,
)
from core.errors import LinshengError
from core.queries.setup import RoundRow, free_round_code
from core.questionnaires.load import shipped
from core.questionnaires.schema import Definition
from core.settings import settings
from core.words import CHINA, day, say
from models.base import now
from pages.parts import deeds, show
from pages.parts.gate import Seat

# A code has room for 40 characters, and a running number may have to follow.
MOST_CODE = 36


def _key(name: str) -> str:
    return f"rounds.{name}.{deeds.turn()}"


def close(seat: Seat, open_now: Sequence[RoundRow]) -> None:
    """Choose a round that is not over, say that one is sure, and close it."""
    if not open_now:
        return
    show.section(say("admin.rounds.close_title"))
    with st.container(border=True):
        names = {row.round_id: row.name for row in open_now}
        chosen = st.selectbox(
            say("admin.rounds.close_which"),
            list(names),
            format_func=lambda id_: names[id_],
            key=_key("which"),
        )
        sure = st.checkbox(say("admin.rounds.close_sure"), key=_key("sure"))
        if not st.button(say("admin.rounds.close"), key="rounds.close"):
            return
        if not sure:
            show.fail(say("admin.rounds.close_unsure"))
            return
        try:
            with database.writing() as session:
                close_round(session, chosen, account_id=seat.viewer.account_id)
        except LinshengError as error:
            show.fail(str(error))
            return
        deeds.done(say("admin.rounds.closed", name=names[chosen]))


def late(seat: Seat, rounds: Sequence[RoundRow]) -> None:
    """The rounds to which sheets came after they had closed; each may be taken in."""
    if not rounds:
        return
    show.section(say("admin.rounds.late_title"), say("admin.rounds.late_note", days=settings().draft_days))
    for one in rounds:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(say("admin.rounds.late_line", name=one.name, n=f"{one.late:,}"))
            if st.button(say("admin.rounds.late_take"), key=f"rounds.late.{one.round_id}"):
                _take(seat, one)


def _take(seat: Seat, one: RoundRow) -> None:
    try:
        taken = take_late(one.round_id, account_id=seat.viewer.account_id)
    except LinshengError as error:
        show.fail(str(error))
        return
    left = [say("admin.rounds.late_left", n=f"{taken.left:,}")] if taken.left else []
    deeds.done(say("admin.rounds.late_taken", n=f"{taken.stored:,}"), *left)


def extend(seat: Seat, rounds: Sequence[RoundRow]) -> None:
    """Give a round another last day, also one that is over."""
    if not rounds:
        return
    show.section(say("admin.rounds.extend_title"), say("admin.rounds.extend_note"))
    with st.container(border=True):
        names = {row.round_id: row.name for row in rounds}
        which = st.selectbox(
            say("admin.rounds.extend_which"), list(names), format_func=names.__getitem__, key=_key("longer")
        )
        today = now().astimezone(CHINA).date()
        last: date | None = st.date_input(
            say("admin.rounds.extend_until"), None, min_value=today, format="YYYY-MM-DD", key=_key("until")
        )
        if not st.button(say("admin.rounds.extend"), key="rounds.extend"):
            return
        try:
            with database.writing() as session:
                extend_round(session, which, _end_of(last), account_id=seat.viewer.account_id)
        except LinshengError as error:
            show.fail(str(error))
            return
        told = say("admin.rounds.extended", name=names[which], until=f"{last:%Y-%m-%d}") if last else ""
        deeds.done(told or say("admin.rounds.extended_open", name=names[which]))


def _end_of(last: date | None) -> datetime | None:
    """The moment a last day is over, in China's time."""
    return None if last is None else datetime.combine(last + timedelta(days=1), time.min, CHINA)


def start(seat: Seat, open_now: Sequence[RoundRow], *, with_places: bool, with_people: bool) -> None:
    """The form of a new round, with what one should know before it opens."""
    show.section(say("admin.rounds.new_title"))
    today = now().astimezone(CHINA).date()
    with st.container(border=True):
        found = {one.code: one for one in sorted(shipped(), key=lambda one: one.kind, reverse=True)}
        asked = found[
            st.selectbox(
                say("admin.rounds.questionnaire"),
                list(found),
                format_func=lambda code: found[code].title,
                key=_key("asked"),
            )
        ]
        kind = say(f"admin.rounds.{asked.kind}")
        usual = say("admin.rounds.default_name", year=today.year, kind=kind)
        name = st.text_input(
            say("admin.rounds.new_name"), usual, key=_key(f"name.{asked.code}"), max_chars=MOST_NAME
        )
        opens = st.date_input(
            say("admin.rounds.opens_on"), today, min_value=today, format="YYYY-MM-DD", key=_key("opens")
        )
        closes = st.date_input(
            say("admin.rounds.closes_on"), None, min_value=today, format="YYYY-MM-DD", key=_key("closes")
        )
        if closes is not None and closes < opens:
            show.fail(say("admin.rounds.closes_early"))
        _warn(asked, open_now, with_places=with_places, with_people=with_people)
        if st.button(say("admin.rounds.open"), type="primary", key="rounds.open"):
            _open(seat, asked, name, days=(opens, closes))


def _warn(asked: Definition, open_now: Sequence[RoundRow], *, with_places: bool, with_people: bool) -> None:
    if not with_places:
        st.warning(say("admin.rounds.no_places"))
    if asked.kind == "needs" and not with_people:
        st.warning(say("admin.rounds.no_population"))
    for other in open_now:
        if other.kind == asked.kind:
            st.warning(say("admin.rounds.overlap", name=other.name))


def _open(seat: Seat, asked: Definition, name: str, *, days: tuple[date, date | None]) -> None:
    """Publish the questionnaire if it is new, and open the round, as one transaction."""
    by, card = seat.viewer.account_id, seat.community
    first, last = days
    midnight = datetime.combine(first, time.min, CHINA)
    opens_at = max(midnight, now())
    closes_at = _end_of(last)
    wanted = f"{card.code[:20]}-{asked.kind}-{first:%Y%m}"[:MOST_CODE]
    try:
        with database.writing() as session:
            publish_questionnaire(session, asked, account_id=by)
            code = free_round_code(session, wanted)
            new = NewRound(card.community_id, asked.code, code, name, opens_at, closes_at)
            open_round(session, new, account_id=by)
    except LinshengError as error:
        show.fail(str(error))
        return
    deeds.done(say("admin.rounds.opened", name=name.strip(), day=day(opens_at)))

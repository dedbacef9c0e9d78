"""The forms of the roster: somebody on the list, weekly turns, who comes last, days without duty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from html import escape
from typing import Any

import streamlit as st

from core import database
from core.actions import duty
from core.analysis.duty_hours import DAY
from core.errors import Invalid, LinshengError
from core.queries.duty import PlanRow, TurnRow
from core.words import say
from pages.parts import deeds, show
from pages.parts.gate import Seat

# What most offices keep.
MORNING, EVENING = time(8, 30), time(17, 30)
WEEKDAYS = range(1, 8)


def weekday(number: int) -> str:
    """周一 to 周日."""
    return say(f"duty.weekday.{number}")


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def hours(starts: int, ends: int) -> str:
    """The hours of a turn in words."""
    key = "duty.turns.hours_of" if ends > starts else "duty.turns.overnight"
    return say(key, starts=_clock(starts), ends=_clock(ends))


def moment(minute: int) -> str:
    """A minute of the week in words: 周一 17:30."""
    day, rest = divmod(minute, DAY)
    return say("duty.turns.moment", weekday=weekday(day % 7 + 1), clock=_clock(rest))


def note(sentence: str) -> None:
    """One calm line."""
    st.html(f'<p class="st-note">{escape(sentence)}</p>')


def _key(name: str) -> str:
    return f"duty.{name}.{deeds.turn()}"


def _do(deed: Callable[[Any], object], told: str) -> None:
    try:
        with database.writing() as session:
            deed(session)
    except LinshengError as error:
        show.fail(str(error))
        return
    deeds.done(told)


def _one_of(label: str, names: Mapping[int, str], key: str, *, nobody: str = "") -> int | None:
    """Choose a person; `nobody` is the name of choosing none, where that is a choice."""
    return st.selectbox(
        label,
        [*([None] if nobody else []), *names],
        index=0 if nobody else None,
        format_func=lambda id_: names[id_] if id_ is not None else nobody,
        placeholder=say("duty.add.choose"),
        key=_key(key),
    )


def add_person(seat: Seat, people: Mapping[int, str], accounts: Mapping[int, str]) -> None:
    """Who can be on duty, and the form of one more."""
    show.section(say("duty.people.title"), say("duty.people.note"))
    names = say("duty.turns.comma").join(people.values())
    note(say("duty.people.list", names=names) if people else say("duty.people.none"))
    with st.container(border=True):
        account = _one_of(
            say("duty.people.account"), accounts, "account", nobody=say("duty.people.no_account")
        )
        name = st.text_input(say("duty.people.name"), key=_key("name"), max_chars=duty.MOST_NAME)
        phone = st.text_input(say("duty.people.phone"), key=_key("phone"), max_chars=duty.MOST_PHONE)
        if st.button(say("duty.people.save"), type="primary", key="duty.person"):
            new = duty.NewPerson(account, name, phone)
            here, by = seat.community.community_id, seat.viewer.account_id
            told = say("duty.people.done", name=name.strip() or accounts.get(account or 0, ""))
            _do(lambda session: duty.add_person(session, here, new, by=by), told)


def add_turns(seat: Seat, people: Mapping[int, str]) -> None:
    """The same hours on several days."""
    show.section(say("duty.add.title"))
    with st.container(border=True):
        days = st.multiselect(
            say("duty.add.weekdays"),
            list(WEEKDAYS),
            default=list(WEEKDAYS[:5]),
            format_func=weekday,
            placeholder=say("duty.add.choose"),
            key=_key("days"),
        )
        left, right = st.columns(2)
        starts = left.time_input(say("duty.add.starts"), MORNING, key=_key("starts"), step=900)
        ends = right.time_input(say("duty.add.ends"), EVENING, key=_key("ends"), step=900)
        person = _one_of(say("duty.add.person"), people, "person")
        deputy = _one_of(say("duty.add.deputy"), people, "deputy", nobody=say("duty.turns.no_deputy"))
        if st.button(say("duty.add.save"), type="primary", key="duty.turns"):
            # Midnight ends a day; as a beginning it is the day's first minute.
            new = duty.Turns(days, _minute(starts), _minute(ends) or DAY, person or 0, deputy)
            here, by = seat.community.community_id, seat.viewer.account_id
            _do(lambda session: duty.add_turns(session, here, new, by=by), say("duty.add.done"))


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def plan(seat: Seat, people: Mapping[int, str], planned: PlanRow) -> None:
    """Who gets what nobody opened, and the days without duty."""
    show.section(say("duty.plan.title"))
    with st.container(border=True):
        options = [None, *people]
        last = st.selectbox(
            say("duty.plan.supervisor"),
            options,
            index=options.index(planned.supervisor_id) if planned.supervisor_id in people else 0,
            format_func=lambda id_: people[id_] if id_ is not None else say("duty.plan.any"),
            key=_key("supervisor"),
        )
        listed = "\n".join(day.isoformat() for day in planned.holidays)
        written = st.text_area(say("duty.plan.holidays"), listed, key=_key("holidays"), height=120)
        if st.button(say("duty.plan.save"), key="duty.plan"):
            here, by = seat.community.community_id, seat.viewer.account_id
            _do(
                lambda session: duty.set_plan(
                    session, here, supervisor_id=last, holidays=_days(written), by=by
                ),
                say("duty.plan.done"),
            )


def _days(written: str) -> list[date]:
    """One date a line; raises Invalid with the line that is none."""
    found = []
    for line in filter(None, map(str.strip, written.splitlines())):
        try:
            found.append(date.fromisoformat(line))
        except ValueError:
            raise Invalid(say("duty.plan.wrong_day", line=line[:20])) from None
    return found


def remove(seat: Seat, rows: Sequence[TurnRow], people: Mapping[int, str]) -> None:
    """Take a turn away, or somebody off the list."""
    here, by = seat.community.community_id, seat.viewer.account_id
    show.section(say("duty.remove.title"))
    with st.container(border=True):
        told = {
            row.shift_id: f"{weekday(row.weekday)} {hours(row.starts, row.ends)} {people[row.person_id]}"
            for row in rows
        }
        turn = _one_of(say("duty.remove.turn"), told, "turn") if told else None
        if turn is not None and st.button(say("duty.remove.turn_save"), key="duty.unturn"):
            _do(lambda session: duty.remove_turn(session, here, turn, by=by), say("duty.remove.turn_done"))
        person = _one_of(say("duty.remove.person"), people, "leaving")
        if person is not None and st.button(say("duty.remove.person_save"), key="duty.leave"):
            _do(
                lambda session: duty.remove_person(session, here, person, by=by),
                say("duty.remove.person_done"),
            )

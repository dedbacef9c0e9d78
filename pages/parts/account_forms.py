"""The forms of the accounts screen: adding an account, and changing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any

import streamlit as st

from core import database
from core.access import Grant
from core.actions import account_changes as changing
from core.actions.accounts import LONGEST_NAME, LONGEST_PASSWORD, SHORTEST_PASSWORD
from core.errors import LinshengError
from core.queries.setup import AccountRow
from core.words import CHINA, say
from models.base import now
from models.taxonomy import ROLES
from pages.parts import deeds, show

Scope = tuple[str, int | None]
STAFF = [role for role in ROLES if role != "resident"]


def scope_choices(reach: changing.Reach, names: Mapping[tuple[str, int], str]) -> dict[Scope, str]:
    """The scopes one may grant, with what they are called."""
    found: dict[Scope, str] = {("all", None): say("admin.accounts.scope_all")} if reach.everything else {}
    for (scope, id_), name in names.items():
        if reach.everything or (scope, id_) in reach.places:
            found[scope, id_] = say(f"admin.accounts.scope_{scope}", name=name)
    return found


def last_day(expires_at: datetime | None) -> date | None:
    """The last day an account can be used; it ends with that day."""
    return None if expires_at is None else (expires_at - timedelta(seconds=1)).astimezone(CHINA).date()


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day + timedelta(days=1), time.min, CHINA)


def _key(name: str) -> str:
    return f"accounts.{name}.{deeds.turn()}"


def _grants(name: str, places: Mapping[Scope, str], now_granted: Sequence[Grant] = ()) -> list[Grant]:
    """Fields for roles and where they hold."""
    there = [role for role in dict.fromkeys(grant.role for grant in now_granted) if role in STAFF]
    roles = st.multiselect(
        say("admin.accounts.new_roles"),
        STAFF,
        default=there,
        format_func=lambda role: ROLES[role],
        placeholder=say("admin.table.choose"),
        key=_key(f"{name}.roles"),
    )
    at = [(grant.scope, grant.scope_id) for grant in now_granted[:1]]
    options = list(places)
    scope = st.selectbox(
        say("admin.accounts.new_scope"),
        options,
        index=options.index(at[0]) if at and at[0] in options else None if len(options) > 1 else 0,
        format_func=lambda one: places[one],
        placeholder=say("admin.table.choose"),
        key=_key(f"{name}.scope"),
    )
    return [Grant(role, *place) for role, place in product(roles, [scope] if scope else [])]


def _password(name: str) -> tuple[str, bool] | None:
    """Fields for a password: the password and whether it was made up; None when the two typed ones differ."""
    made_up = st.checkbox(say("admin.accounts.generate"), value=True, key=_key(f"{name}.generate"))
    if made_up:
        return changing.made_up_password(), True
    label = say("admin.accounts.password", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    first = _secret(label, f"{name}.password")
    again = _secret(say("admin.accounts.repeat"), f"{name}.repeat")
    return (first, False) if first == again else None


def _secret(label: str, key: str) -> str:
    return st.text_input(label, key=_key(key), type="password", autocomplete="new-password")


def add(by: int, places: Mapping[Scope, str]) -> None:
    """The form of a new account."""
    show.section(say("admin.accounts.add_title"), say("admin.accounts.add_note"))
    with st.container(border=True):
        name = st.text_input(say("admin.accounts.new_name"), key=_key("name"), max_chars=LONGEST_NAME).strip()
        display = st.text_input(
            say("admin.accounts.new_display"), key=_key("display"), max_chars=LONGEST_NAME
        )
        grants = _grants("add", places)
        ends = _expiry("add", None)
        password = _password("add")
        if st.button(say("admin.accounts.add"), type="primary", key="accounts.add"):
            if password is None:
                show.fail(say("admin.accounts.unlike"))
                return
            new = changing.NewAccount(name, display.strip(), password[0], tuple(grants), _end_of(ends))
            _do(lambda session: changing.add_account(session, new, by=by), "added", name, password)


def _expiry(name: str, value: date | None) -> date | None:
    today = now().astimezone(CHINA).date()
    return st.date_input(
        say("admin.accounts.expires"), value=value, min_value=min(today, value or today), format="YYYY-MM-DD",
        key=_key(f"{name}.expires"),
    )  # fmt: skip


def _do(
    deed: Callable[[Any], object], told: str, name: str, password: tuple[str, bool] | None = None
) -> None:
    """Do it in one transaction and say so; a refusal is told where one is, and the fields stay."""
    try:
        with database.writing() as session:
            deed(session)
    except LinshengError as error:
        show.fail(str(error))
        return
    once = [say("admin.accounts.password_once", password=password[0])] if password and password[1] else []
    deeds.done(say(f"admin.accounts.{told}", name=name), *once)


def change(by: int, listed: Sequence[AccountRow], places: Mapping[Scope, str], *, at: datetime) -> None:
    """Choose an account and change one thing of it."""
    show.section(say("admin.accounts.change_title"))
    with st.container(border=True):
        rows = {row.account_id: row for row in listed}
        chosen = st.selectbox(
            say("admin.accounts.which"),
            list(rows),
            index=None,
            placeholder=say("admin.table.choose"),
            format_func=lambda id_: f"{rows[id_].name} · {rows[id_].display}",
            key=_key("which"),
        )
        if chosen is None:
            return
        one = rows[chosen]
        if one.account_id == by:
            st.html(f'<p class="st-note">{say("admin.accounts.change_own")}</p>')
        else:
            _switches(by, one, at)
            _rights(by, one, places)
        _new_password(by, one)


def _switches(by: int, one: AccountRow, at: datetime) -> None:
    id_ = one.account_id
    with st.container(horizontal=True):
        locked = one.locked_until is not None and one.locked_until > at
        if locked and st.button(say("admin.accounts.unlock"), key="accounts.unlock"):
            _do(lambda session: changing.unlock(session, id_, by=by), "unlocked", one.name)
        if one.active and st.button(say("admin.accounts.switch_off"), key="accounts.off"):
            _do(lambda session: changing.switch_off(session, id_, by=by), "switched_off", one.name)
        if not one.active and st.button(say("admin.accounts.switch_on"), key="accounts.on"):
            _do(lambda session: changing.switch_on(session, id_, by=by), "switched_on", one.name)


def _rights(by: int, one: AccountRow, places: Mapping[Scope, str]) -> None:
    id_ = one.account_id
    with st.expander(say("admin.accounts.roles_title")):
        grants = _grants(f"change{id_}", places, one.grants)
        if st.button(say("admin.accounts.save_roles"), key="accounts.roles"):
            _do(lambda session: changing.change_roles(session, id_, grants, by=by), "roles_changed", one.name)
    with st.expander(say("admin.accounts.expiry_title")):
        ends = _end_of(_expiry(f"change{id_}", last_day(one.expires_at)))
        if st.button(say("admin.accounts.save_expiry"), key="accounts.expiry"):
            _do(lambda session: changing.set_expiry(session, id_, ends, by=by), "expiry_set", one.name)


def _new_password(by: int, one: AccountRow) -> None:
    id_ = one.account_id
    with st.expander(say("admin.accounts.new_password_title")):
        password = _password(f"change{id_}")
        if st.button(say("admin.accounts.new_password"), key="accounts.password"):
            if password is None:
                show.fail(say("admin.accounts.unlike"))
                return
            given = password[0]
            _do(
                lambda session: changing.new_password(session, id_, given, by=by),
                "password_set",
                one.name,
                password,
            )

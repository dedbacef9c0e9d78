"""账号: who may sign in, as what and where; adding, switching off, unlocking, new passwords."""

from __future__ import annotations

import pandas as pd

from core import database
from core.access import Grant, Right
from core.actions.account_changes import reach_of
from core.queries.setup import AccountRow, accounts, scope_names
from core.words import clock, say
from models.base import now
from models.taxonomy import ROLES
from pages.parts import account_forms, deeds, gate, show

seat = gate.require(Right.ACCOUNTS)
by = seat.viewer.account_id

with database.reading() as session:
    reach = reach_of(session, by)
    scopes = scope_names(session)
    listed = [one for one in accounts(session) if reach.covers(one.grants)]
moment = now()


def granted(grant: Grant) -> str:
    """One role with where it holds."""
    scope = say("admin.accounts.scope_all")
    if grant.scope_id is not None:
        name = scopes.get((grant.scope, grant.scope_id))
        gone = say("admin.accounts.scope_gone")
        scope = say(f"admin.accounts.scope_{grant.scope}", name=name) if name else gone
    return say("admin.accounts.role_in", role=ROLES.get(grant.role, grant.role), scope=scope)


def locked(one: AccountRow) -> bool:
    """Whether the account is locked at this moment."""
    return one.locked_until is not None and one.locked_until > moment


def expired(one: AccountRow) -> bool:
    """Whether the account has ended."""
    return one.expires_at is not None and one.expires_at <= moment


def state(one: AccountRow) -> str:
    """The state in words; what keeps the account out comes first."""
    if not one.active:
        return say("admin.accounts.off")
    if expired(one):
        return say("admin.accounts.expired")
    if one.locked_until is not None and locked(one):
        return say("admin.accounts.locked", clock=clock(one.locked_until))
    return say("admin.accounts.active")


def line(one: AccountRow) -> tuple[str, ...]:
    """One account as cells of the table."""
    display = say("admin.accounts.you", display=one.display) if one.account_id == by else one.display
    ends = account_forms.last_day(one.expires_at)
    roles = say("admin.table.comma").join(map(granted, one.grants)) or say("admin.accounts.no_roles")
    return one.name, display, roles, state(one), ends.isoformat() if ends else say("admin.accounts.always")


usable = sum(one.active and not expired(one) for one in listed)
finding = say("admin.accounts.finding", active=usable, off=len(listed) - usable)
stuck = sum(locked(one) for one in listed)
how = say("admin.accounts.needs_you", n=stuck) if stuck else ""
show.top(seat.community, say("menu.screen.accounts"), finding, how=how)
deeds.told()
heads = [say(f"admin.accounts.{name}") for name in ("name", "display", "roles", "state", "until")]
show.table(pd.DataFrame([line(one) for one in listed], columns=heads))
places = account_forms.scope_choices(reach, scopes)
account_forms.add(by, places)
account_forms.change(by, listed, places, at=moment)

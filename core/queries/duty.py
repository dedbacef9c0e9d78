"""值班表 as the set-up screen shows it: the turns with their ids, and which accounts can be on duty."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from core.access import PERMISSIONS, Right
from models.account import Account, AccountRole
from models.alert import DutyPlan, DutyShift
from models.place import Community


class TurnRow(NamedTuple):
    """One weekly turn: weekday 1 to 7, minutes of the day, ids of the persons."""

    shift_id: int
    weekday: int
    starts: int
    ends: int
    person_id: int
    deputy_id: int | None


class PlanRow(NamedTuple):
    """Who gets what nobody opened (None: any supervisor), and days without duty."""

    supervisor_id: int | None
    holidays: tuple[date, ...]


def turns(session: Session, community_id: int) -> list[TurnRow]:
    """The community's turns, from Monday's first."""
    shown = (
        DutyShift.id, DutyShift.weekday, DutyShift.starts, DutyShift.ends, DutyShift.person_id,
        DutyShift.deputy_id,
    )  # fmt: skip
    query = select(*map(col, shown)).where(col(DutyShift.community_id) == community_id)
    order = (col(DutyShift.weekday), col(DutyShift.starts), col(DutyShift.id))
    return [TurnRow(*row) for row in session.execute(query.order_by(*order))]


def plan(session: Session, community_id: int) -> PlanRow:
    """What the turns leave open; nobody and no days where nothing was set."""
    found = session.get(DutyPlan, community_id)
    if found is None:
        return PlanRow(None, ())
    return PlanRow(found.supervisor_id, tuple(map(date.fromisoformat, found.holidays)))


def dutiful_accounts(session: Session, community_id: int) -> dict[int, str]:
    """Usable accounts that may take up this community's alerts: id → display name."""
    roles = [role for role, rights in PERMISSIONS.items() if Right.ALERTS in rights]
    street = session.scalar(select(col(Community.subdistrict_id)).where(col(Community.id) == community_id))
    within = {("all", None), ("community", community_id), ("subdistrict", street)}
    query = (
        select(col(Account.id), col(Account.display), col(AccountRole.scope), col(AccountRole.scope_id))
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(col(Account.active), col(AccountRole.role).in_(roles))
        .order_by(col(Account.id))
    )
    return {id_: name for id_, name, scope, scope_id in session.execute(query) if (scope, scope_id) in within}

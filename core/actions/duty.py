"""值班表: who can be on duty, their weekly turns, days without duty, and who gets what nobody opened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Select, and_, bindparam, or_, select
from sqlmodel import Session, col

from core.access import PERMISSIONS, Right
from core.actions.audit import audit
from core.actions.statements import sql
from core.analysis.duty_hours import DAY, Roster, Shift, overlaps
from core.errors import Invalid, NotFound
from core.redaction import clean
from core.words import say
from models.account import Account, AccountRole
from models.alert import DutyPerson, DutyPlan, DutyShift
from models.place import Community

MOST_NAME = MOST_PHONE = 40
MOST_HOLIDAYS = 200
DUTIFUL = tuple(role for role, rights in PERMISSIONS.items() if Right.ALERTS in rights)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account, or a name with an extension or number; with an account both may be empty."""

    account_id: int | None = None
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Turns:
    """The same hours on several weekdays (1 to 7), in minutes of the day, by the same persons."""

    weekdays: Sequence[int]
    starts: int
    ends: int
    person_id: int
    deputy_id: int | None = None


def roster_of(session: Session, community_id: int) -> Roster:
    """The community's roster with everybody named as they are told; empty when there is none."""
    session.flush()
    connection = session.connection()
    return roster_on(connection.connection.cursor(), connection.dialect.name, community_id)


def roster_on(cursor: Any, name: str, community_id: int) -> Roster:
    """The same on the cursor of a driver of dialect `name`, where a comment with words of danger is saved."""
    turns, plans, people = _asked(name)
    rows = cursor.execute(turns, (community_id,)).fetchall()
    plan = cursor.execute(plans, (community_id,)).fetchone()
    if not rows and not plan:
        return Roster()
    names = _told(cursor.execute(people, (community_id,)).fetchall())
    shifts = tuple(
        Shift(weekday, starts, ends, names[one], names.get(deputy or 0, ""))
        for weekday, starts, ends, one, deputy in rows
    )
    supervisor, days = plan or (None, ())
    # SQLite hands JSON over as it is stored, PostgreSQL's driver has read it.
    holidays = frozenset(map(date.fromisoformat, orjson.loads(days) if isinstance(days, str) else days))
    return Roster(shifts, holidays, names.get(supervisor or 0, ""))


@lru_cache(maxsize=2)
def _asked(name: str) -> tuple[str, str, str]:
    """A community's turns, plan and people as SQL; each takes the community's id."""
    here: Any = bindparam("community")
    turns = select(
        col(DutyShift.weekday), col(DutyShift.starts), col(DutyShift.ends),
        col(DutyShift.person_id), col(DutyShift.deputy_id),
    )  # fmt: skip
    turns = turns.where(col(DutyShift.community_id) == here)
    turns = turns.order_by(col(DutyShift.weekday), col(DutyShift.starts), col(DutyShift.id))
    plan = select(col(DutyPlan.supervisor_id), col(DutyPlan.holidays)).where(
        col(DutyPlan.community_id) == here
    )
    return sql(turns, name), sql(plan, name), sql(_people(here), name)


def people_of(session: Session, community_id: int) -> dict[int, str]:
    """Everybody of the roster by id, as they are told: name, and extension or number where there is one."""
    return _told(session.execute(_people(community_id)).all())


def _people(community_id: Any) -> Select[int | None, str, str, str]:
    return (
        select(col(DutyPerson.id), col(DutyPerson.name), col(DutyPerson.phone), col(Account.display))
        .outerjoin(Account, col(Account.id) == col(DutyPerson.account_id))
        .where(col(DutyPerson.community_id) == community_id)
        .order_by(col(DutyPerson.id))
    )


def _told(people: Iterable[Sequence[Any]]) -> dict[int, str]:
    told: dict[int, str] = {}
    for id_, name, phone, display in people:
        known = name or display or ""
        told[id_] = say("duty.person", name=known, phone=phone) if phone else known
    return told


def add_person(session: Session, community_id: int, new: NewPerson, *, by: int | None = None) -> int:
    """Put somebody on the list of those who can be on duty; their id.

    Raises NotFound (community), Invalid (neither, too long, an account without the right, there already).
    """
    if session.get(Community, community_id) is None:
        raise NotFound.say("unknown_community", name=community_id)
    name, phone = clean(new.name).strip(), clean(new.phone).strip()
    if len(name) > MOST_NAME or len(phone) > MOST_PHONE:
        raise Invalid(say("duty.too_long", most=MOST_NAME))
    if new.account_id is None and not (name and phone):
        raise Invalid(say("duty.name_and_phone"))
    if new.account_id is not None:
        _check_account(session, new.account_id, community_id)
    made = DutyPerson(community_id=community_id, account_id=new.account_id, name=name, phone=phone)
    session.add(made)
    session.flush()
    assert made.id is not None
    audit(session, "duty.person_added", "duty_person", made.id, account_id=by)
    return made.id


def _check_account(session: Session, account_id: int, community_id: int) -> None:
    """The account must be usable, reach this community's alerts, and not be there already."""
    street = session.scalar(select(col(Community.subdistrict_id)).where(col(Community.id) == community_id))
    here = or_(
        col(AccountRole.scope) == "all",
        and_(col(AccountRole.scope) == "community", col(AccountRole.scope_id) == community_id),
        and_(col(AccountRole.scope) == "subdistrict", col(AccountRole.scope_id) == street),
    )
    fitting = (
        select(col(Account.id))
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(col(Account.id) == account_id, col(Account.active), col(AccountRole.role).in_(DUTIFUL), here)
    )
    if session.scalars(fitting).first() is None:
        raise Invalid(say("duty.account_unfit"))
    there = select(col(DutyPerson.id)).where(
        col(DutyPerson.community_id) == community_id, col(DutyPerson.account_id) == account_id
    )
    if session.scalars(there).first() is not None:
        raise Invalid(say("duty.account_there"))


def remove_person(session: Session, community_id: int, person_id: int, *, by: int | None = None) -> None:
    """Take somebody off the list; raises NotFound, Invalid while they have turns or are the supervisor."""
    person = _person(session, community_id, person_id)
    turns = select(col(DutyShift.id)).where(
        or_(col(DutyShift.person_id) == person_id, col(DutyShift.deputy_id) == person_id)
    )
    plan = session.get(DutyPlan, community_id)
    if session.scalars(turns).first() is not None or (plan and plan.supervisor_id == person_id):
        raise Invalid(say("duty.person_needed"))
    session.delete(person)
    audit(session, "duty.person_removed", "duty_person", person_id, account_id=by)


def add_turns(session: Session, community_id: int, turns: Turns, *, by: int | None = None) -> list[int]:
    """Add weekly turns; their ids. Raises NotFound (person), Invalid (hours, weekday, twice at one time)."""
    days = sorted(set(turns.weekdays))
    if not days or not set(days) <= set(range(1, 8)):
        raise Invalid(say("duty.no_weekday"))
    if not (0 <= turns.starts < DAY and 0 < turns.ends <= DAY) or turns.starts == turns.ends:
        raise Invalid(say("duty.wrong_hours"))
    _person(session, community_id, turns.person_id)
    if turns.deputy_id is not None:
        _person(session, community_id, turns.deputy_id)
    if turns.deputy_id == turns.person_id:
        raise Invalid(say("duty.own_deputy"))
    made = [
        DutyShift(
            community_id=community_id, weekday=day, starts=turns.starts, ends=turns.ends,
            person_id=turns.person_id, deputy_id=turns.deputy_id,
        )
        for day in days
    ]  # fmt: skip
    _check_once(session, community_id, turns.person_id, made)
    session.add_all(made)
    session.flush()
    audit(session, "duty.turns_added", "community", community_id, account_id=by)
    return [row.id for row in made if row.id is not None]


def _check_once(session: Session, community_id: int, person_id: int, made: Sequence[DutyShift]) -> None:
    """Nobody has two turns at one time; two persons may."""
    query = select(DutyShift).where(
        col(DutyShift.community_id) == community_id, col(DutyShift.person_id) == person_id
    )
    there = list(session.scalars(query))
    if overlaps([Shift(row.weekday, row.starts, row.ends, "") for row in [*there, *made]]):
        raise Invalid(say("duty.overlap"))


def remove_turn(session: Session, community_id: int, shift_id: int, *, by: int | None = None) -> None:
    """Take one weekly turn away; raises NotFound."""
    found = session.get(DutyShift, shift_id)
    if found is None or found.community_id != community_id:
        raise NotFound(say("duty.unknown_turn"))
    session.delete(found)
    audit(session, "duty.turn_removed", "community", community_id, account_id=by)


def set_plan(
    session: Session,
    community_id: int,
    *,
    supervisor_id: int | None,
    holidays: Sequence[date],
    by: int | None = None,
) -> None:
    """Who gets what nobody opened (None: any supervisor), and days without duty. Raises NotFound, Invalid."""
    if supervisor_id is not None:
        _person(session, community_id, supervisor_id)
    days = [day.isoformat() for day in sorted(set(holidays))]
    if len(days) > MOST_HOLIDAYS:
        raise Invalid(say("duty.too_many_holidays", most=MOST_HOLIDAYS))
    plan = session.get(DutyPlan, community_id) or DutyPlan(community_id=community_id, holidays=[])
    plan.supervisor_id, plan.holidays = supervisor_id, days
    session.add(plan)
    audit(session, "duty.plan_set", "community", community_id, account_id=by)


def _person(session: Session, community_id: int, person_id: int) -> DutyPerson:
    found = session.get(DutyPerson, person_id)
    if found is None or found.community_id != community_id:
        raise NotFound(say("duty.unknown_person"))
    return found

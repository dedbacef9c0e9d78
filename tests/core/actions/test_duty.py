"""The roster: who may be on it, which turns it takes, and what it refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from core import database
from core.actions.accounts import create_account
from core.actions.duty import (
    NewPerson,
    Turns,
    add_person,
    add_turns,
    people_of,
    remove_person,
    remove_turn,
    roster_of,
    set_plan,
)
from core.analysis.duty_hours import Roster, Shift
from core.errors import Invalid, NotFound
from core.queries.duty import PlanRow, dutiful_accounts, plan, turns
from models.account import AuditEntry
from tests.core.alerting import staff

pytestmark = pytest.mark.usefixtures("quick_hashes")
OFFICE = (8 * 60 + 30, 17 * 60 + 30)


def _do(deed: Any, *args: Any, **named: Any) -> Any:
    with database.writing() as session:
        return deed(session, *args, **named)


def _two(small: Any) -> tuple[int, int]:
    return tuple(
        _do(add_person, small.community, NewPerson(name=name, phone=phone))
        for name, phone in (("值班室", "8001"), ("警务室", "8002"))
    )  # type: ignore[return-value]


def test_a_roster_with_an_account_a_name_a_deputy_and_a_supervisor(small: Any) -> None:
    account = staff("juwei")
    one = _do(add_person, small.community, NewPerson(account, phone="8000"))
    two, three = _two(small)
    made = _do(add_turns, small.community, Turns([2, 1], *OFFICE, one, two))
    _do(set_plan, small.community, supervisor_id=three, holidays=[date(2026, 10, 2), date(2026, 10, 1)])
    shifts = tuple(Shift(day, *OFFICE, "juwei（8000）", "值班室（8001）") for day in (1, 2))
    with database.reading() as session:
        days = frozenset({date(2026, 10, 1), date(2026, 10, 2)})
        assert roster_of(session, small.community) == Roster(shifts, days, "警务室（8002）")
        assert plan(session, small.community) == PlanRow(three, (date(2026, 10, 1), date(2026, 10, 2)))
        assert [(row.shift_id, row.weekday) for row in turns(session, small.community)] == list(
            zip(made, (1, 2), strict=True)
        )
        deeds = list(
            session.scalars(select(col(AuditEntry.deed)).where(col(AuditEntry.subject) == "community"))
        )
    assert {"duty.turns_added", "duty.plan_set"} <= set(deeds)


def test_a_roster_that_is_being_changed_is_seen_as_it_will_be(small: Any) -> None:
    _, police = _two(small)
    with database.writing() as session:
        set_plan(session, small.community, supervisor_id=police, holidays=[])
        assert roster_of(session, small.community) == Roster(supervisor="警务室（8002）")


def test_nothing_set_is_an_empty_roster(small: Any) -> None:
    with database.reading() as session:
        assert roster_of(session, small.community) == Roster()
        assert plan(session, small.community) == PlanRow(None, ())


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (NewPerson(name="只有姓名"), "写姓名和电话"),
        (NewPerson(phone="8001"), "写姓名和电话"),
        (NewPerson(name="长" * 41, phone="1"), "最多各 40 字"),
        (NewPerson(999), "不能处理本社区的预警"),
    ],
)
def test_who_cannot_be_on_duty_is_refused(small: Any, new: NewPerson, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        _do(add_person, small.community, new)
    with pytest.raises(NotFound):
        _do(add_person, small.community + 9, NewPerson(name="值班室", phone="1"))


def test_an_account_must_reach_the_alerts_of_this_community(small: Any) -> None:
    scopes = {
        "elsewhere": ("committee", "community", small.community + 1),
        "buyer": ("purchaser", "all", None),
    }
    ids = {}
    for name, role in {**scopes, "here": ("social_worker", "community", small.community)}.items():
        with database.writing() as session:
            ids[name] = create_account(
                session, name=name, display=name, password="long-enough-1", roles=[role]
            )
    for name in scopes:
        with pytest.raises(Invalid):
            _do(add_person, small.community, NewPerson(ids[name]))
    with database.reading() as session:
        assert dutiful_accounts(session, small.community) == {ids["here"]: "here"}
    _do(add_person, small.community, NewPerson(ids["here"]))
    with pytest.raises(Invalid, match="已经在名单里"):
        _do(add_person, small.community, NewPerson(ids["here"]))


@pytest.mark.parametrize(
    ("days", "starts", "ends", "told"),
    [
        ([], 0, 60, "至少选一天"),
        ([8], 0, 60, "至少选一天"),
        ([1], 60, 60, "不能相同"),
        ([1], -1, 60, "不能相同"),
        ([1], 0, 1441, "不能相同"),
    ],
)
def test_hours_and_days_that_are_none_are_refused(
    small: Any, days: list[int], starts: int, ends: int, told: str
) -> None:
    one, _ = _two(small)
    with pytest.raises(Invalid, match=told):
        _do(add_turns, small.community, Turns(days, starts, ends, one))


def test_nobody_has_two_turns_at_one_time_and_two_persons_may(small: Any) -> None:
    one, two = _two(small)
    _do(add_turns, small.community, Turns([7], 22 * 60, 6 * 60, one))
    with pytest.raises(Invalid, match="同一时间已经有班"):
        _do(add_turns, small.community, Turns([1], 5 * 60, 9 * 60, one))
    _do(add_turns, small.community, Turns([1], 5 * 60, 9 * 60, two))
    _do(add_turns, small.community, Turns([1], 6 * 60, 9 * 60, one))
    with pytest.raises(Invalid, match="不能是值班人自己"):
        _do(add_turns, small.community, Turns([3], *OFFICE, one, one))


def test_who_still_has_turns_stays_on_the_list(small: Any) -> None:
    one, two = _two(small)
    made = _do(add_turns, small.community, Turns([1], *OFFICE, one))
    _do(set_plan, small.community, supervisor_id=two, holidays=())
    for person in (one, two):
        with pytest.raises(Invalid, match="请先改班次"):
            _do(remove_person, small.community, person)
    _do(remove_turn, small.community, made[0])
    _do(set_plan, small.community, supervisor_id=None, holidays=())
    for person in (one, two):
        _do(remove_person, small.community, person)
    with database.reading() as session:
        assert people_of(session, small.community) == {}


def test_persons_and_turns_of_another_community_are_not_found(small: Any) -> None:
    one, _ = _two(small)
    made = _do(add_turns, small.community, Turns([1], *OFFICE, one))
    other = small.community + 1
    for deed, args, named in (
        (remove_person, (other, one), {}),
        (remove_turn, (other, made[0]), {}),
        (add_turns, (other, Turns([2], *OFFICE, one)), {}),
        (set_plan, (other,), {"supervisor_id": one, "holidays": ()}),
    ):
        with pytest.raises(NotFound):
            _do(deed, *args, **named)

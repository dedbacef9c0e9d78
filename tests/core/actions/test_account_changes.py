"""What an administrator may do to accounts, and what nobody may: losing the last administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from core import database
from core.access import Grant
from core.actions import account_changes as changing
from core.actions.accounts import create_account, sign_in
from core.errors import Invalid, LinshengError, NotAllowed, NotFound, SignInFailed
from models.account import Account, AccountRole, AuditEntry, StaffSession
from models.base import now
from models.place import Community, Subdistrict

PASSWORD = "long-enough-1"
ALL = Grant("admin", "all")


def _do(deed: Callable[[Session], Any]) -> Any:
    with database.writing() as session:
        return deed(session)


def _make(name: str, *grants: Grant, **facts: Any) -> int:
    made: int = _do(
        lambda s: create_account(s, name=name, display=name, password=PASSWORD, roles=list(grants), **facts)
    )
    return made


def _places() -> tuple[int, int, int]:
    """A subdistrict with one community, and a community elsewhere."""
    with database.writing() as session:
        street = Subdistrict(code="s", name="某街道")
        session.add(street)
        session.flush()
        inside = Community(code="a", name="甲", subdistrict_id=street.id)
        outside = Community(code="b", name="乙")
        session.add_all([inside, outside])
        session.flush()
        return street.id or 0, inside.id or 0, outside.id or 0


def _row(account_id: int) -> Account:
    with database.reading() as session:
        return session.get_one(Account, account_id)


def _deeds() -> list[tuple[str, int | None, int | None]]:
    with database.reading() as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    return [(one.deed, one.subject_id, one.account_id) for one in found if one.deed != "account.created"]


def test_an_administrator_reaches_as_far_as_the_own_grant(record: Path) -> None:
    street, inside, outside = _places()
    everything = _make("root", ALL)
    of_street = _make("street", Grant("admin", "subdistrict", street))
    of_one = _make("one", Grant("admin", "community", outside), Grant("committee", "community", inside))
    nobody = _make("worker", Grant("social_worker", "community", inside))
    with database.reading() as session:
        assert changing.reach_of(session, everything).covers([ALL, Grant("committee", "community", outside)])
        reach = changing.reach_of(session, of_street)
        assert reach.covers(
            [Grant("committee", "community", inside), Grant("purchaser", "subdistrict", street)]
        )
        assert not reach.covers([Grant("committee", "community", outside)]) and not reach.covers([ALL])
        assert changing.reach_of(session, of_one).places == {("community", outside)}
        assert not changing.reach_of(session, nobody).covers([Grant("committee", "community", inside)])
        assert not changing.reach_of(session, nobody).covers([])


def test_an_account_is_added_within_the_reach_only(record: Path) -> None:
    _, inside, outside = _places()
    by = _make("one", Grant("admin", "community", inside))
    mine = changing.NewAccount("new", "", PASSWORD, (Grant("committee", "community", inside),))
    made = _do(lambda s: changing.add_account(s, mine, by=by))
    assert (_row(made).display, bool(sign_in("new", PASSWORD))) == ("new", True)
    for grants, error in (
        ((ALL,), NotAllowed),
        ((Grant("committee", "community", outside),), NotAllowed),
        ((), Invalid),
        ((Grant("king", "community", inside),), Invalid),
        ((Grant("committee", "all", inside),), Invalid),
    ):
        more = changing.NewAccount("more", "更多", PASSWORD, grants)
        with pytest.raises(error):
            _do(lambda s, more=more: changing.add_account(s, more, by=by))
    past = changing.NewAccount("past", "过期", PASSWORD, mine.grants, now() - timedelta(days=1))
    with pytest.raises(Invalid, match="晚于今天"):
        _do(lambda s: changing.add_account(s, past, by=by))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 2


def test_an_account_is_switched_off_signed_out_and_on_again(record: Path) -> None:
    by, other = _make("root", ALL), _make("b", Grant("committee", "all"))
    sign_in("b", PASSWORD)
    _do(lambda s: changing.switch_off(s, other, by=by))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 0
    with pytest.raises(SignInFailed):
        sign_in("b", PASSWORD)
    _do(lambda s: changing.switch_on(s, other, by=by))
    assert sign_in("b", PASSWORD)
    told = [entry for entry in _deeds() if entry[2] == by]
    assert told == [("account.closed", other, by), ("account.opened", other, by)]


def test_a_lock_and_a_password_are_renewed(record: Path) -> None:
    by, other = _make("root", ALL), _make("b", Grant("committee", "all"))
    with database.writing() as session:
        one = session.get_one(Account, other)
        one.failures, one.locked_until = 9, now() + timedelta(hours=1)
    _do(lambda s: changing.unlock(s, other, by=by))
    assert (_row(other).failures, _row(other).locked_until) == (0, None)
    assert sign_in("b", PASSWORD)
    _do(lambda s: changing.new_password(s, other, "another-long-1", by=by))
    assert sign_in("b", "another-long-1")
    _do(lambda s: changing.new_password(s, by, "my-own-new-one", by=by))
    assert sign_in("root", "my-own-new-one")
    assert ("account.unlocked", other, by) in _deeds()


def test_roles_and_expiry_are_changed(record: Path) -> None:
    by, other = _make("root", ALL), _make("b", Grant("committee", "all"))
    wanted = [Grant("supervisor", "all"), Grant("social_worker", "all"), Grant("supervisor", "all")]
    _do(lambda s: changing.change_roles(s, other, wanted, by=by))
    _do(lambda s: changing.change_roles(s, other, wanted, by=by))
    ends = now() + timedelta(days=30)
    _do(lambda s: changing.set_expiry(s, other, ends, by=by))
    with database.reading() as session:
        assert changing.grants_of(session, other) == wanted[:2]
        roles = select(func.count()).select_from(AccountRole).where(AccountRole.account_id == other)
        assert session.scalar(roles) == 2
    assert _row(other).expires_at == ends
    _do(lambda s: changing.set_expiry(s, other, None, by=by))
    assert _row(other).expires_at is None
    names = [deed for deed, _, _ in _deeds()]
    assert names == ["account.roles_changed"] * 2 + ["account.expiry_set"] * 2


DEEDS: dict[str, Callable[[Session, int, int], object]] = {
    "off": lambda s, id_, by: changing.switch_off(s, id_, by=by),
    "roles": lambda s, id_, by: changing.change_roles(s, id_, [Grant("committee", "all")], by=by),
    "expiry": lambda s, id_, by: changing.set_expiry(s, id_, now() + timedelta(days=1), by=by),
    "unlock": lambda s, id_, by: changing.unlock(s, id_, by=by),
    "on": lambda s, id_, by: changing.switch_on(s, id_, by=by),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_changes_the_own_rights_and_unknown_accounts_are_told(sqlite_record: Path, deed: str) -> None:
    by = _make("root", ALL)
    _make("second", ALL)
    with pytest.raises(Invalid, match="自己"):
        _do(lambda s: DEEDS[deed](s, by, by))
    with pytest.raises(NotFound):
        _do(lambda s: DEEDS[deed](s, 99, by))


@pytest.mark.parametrize("deed", ["off", "roles", "expiry"])
def test_the_last_lasting_administrator_of_everything_stays(record: Path, deed: str) -> None:
    lasting = _make("root", ALL)
    passing = _make("guest", ALL, expires_at=now() + timedelta(days=5))
    with pytest.raises(Invalid, match="最后一个"):
        _do(lambda s: DEEDS[deed](s, lasting, passing))
    _make("third", ALL)
    _do(lambda s: DEEDS[deed](s, lasting, passing))


@pytest.mark.parametrize("deed", DEEDS)
def test_an_account_beyond_the_reach_is_not_touched(sqlite_record: Path, deed: str) -> None:
    _, inside, outside = _places()
    by = _make("one", Grant("admin", "community", inside))
    grants = (Grant("committee", "community", inside), Grant("committee", "community", outside))
    other = _make("b", *grants)
    before = _row(other)
    with pytest.raises(NotAllowed):
        _do(lambda s: DEEDS[deed](s, other, by))
    with pytest.raises(LinshengError):
        _do(lambda s: changing.new_password(s, other, "another-long-1", by=by))
    assert _row(other) == before and _deeds() == []


def test_made_up_passwords_differ_and_are_long_enough(sqlite_record: Path) -> None:
    made = {changing.made_up_password() for _ in range(50)}
    assert len(made) == 50 and all(len(one) == 14 for one in made)

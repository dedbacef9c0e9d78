"""What an administrator does to accounts, within the administrator's own reach; each deed is audited.

Nobody changes the own account's rights here, and an administrator of everything always remains.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from core.access import PERMISSIONS, Grant, Right
from core.actions import accounts
from core.actions.audit import audit
from core.errors import Invalid, NotAllowed, NotFound
from core.security import ALPHABET
from core.words import say
from models.account import Account, AccountRole
from models.base import now
from models.place import Community
from models.taxonomy import ROLES, SCOPES


@dataclass(frozen=True, slots=True)
class Reach:
    """The scopes an administrator may grant and change: all of them, or these (scope, id)s."""

    everything: bool
    places: frozenset[tuple[str, int]] = frozenset()

    def covers(self, grants: Collection[Grant]) -> bool:
        """Whether each grant lies within the reach; an account without any is only within all of it."""
        inside = {(grant.scope, grant.scope_id) for grant in grants}
        return self.everything or (bool(inside) and inside <= self.places)


def reach_of(session: Session, account_id: int) -> Reach:
    """How far the account's right to manage accounts goes; a subdistrict includes its communities."""
    mine = [g for g in grants_of(session, account_id) if Right.ACCOUNTS in PERMISSIONS.get(g.role, ())]
    if any(grant.scope == "all" for grant in mine):
        return Reach(everything=True)
    places = {(grant.scope, grant.scope_id) for grant in mine if grant.scope_id is not None}
    streets = [id_ for scope, id_ in places if scope == "subdistrict"]
    inside = session.scalars(select(col(Community.id)).where(col(Community.subdistrict_id).in_(streets)))
    return Reach(False, frozenset(places | {("community", id_) for id_ in inside if id_ is not None}))


def grants_of(session: Session, account_id: int) -> list[Grant]:
    """What the account was granted, in the order it was granted."""
    query = select(AccountRole).where(col(AccountRole.account_id) == account_id).order_by(col(AccountRole.id))
    return [Grant(role.role, role.scope, role.scope_id) for role in session.scalars(query)]


def made_up_password() -> str:
    """A random password that can be read out and copied by hand: three groups of four, 59 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to add."""

    name: str
    display: str
    password: str
    grants: tuple[Grant, ...]
    expires_at: datetime | None = None


def add_account(session: Session, new: NewAccount, *, by: int) -> int:
    """Add an account within the reach of the account `by`; its id. Raises NotAllowed, Invalid."""
    _check_grants(new.grants)
    _check_reach(session, new.grants, by=by)
    _check_expiry(new.expires_at)
    return accounts.create_account(
        session,
        name=new.name,
        display=new.display or new.name,
        password=new.password,
        roles=list(new.grants),
        expires_at=new.expires_at,
        by=by,
    )


def switch_off(session: Session, account_id: int, *, by: int) -> None:
    """Let the account sign in no more, and sign it out. Raises NotAllowed, Invalid, NotFound."""
    _other(session, account_id, by=by)
    _keep_one(session, account_id)
    accounts.set_active(session, account_id, False, by=by)


def switch_on(session: Session, account_id: int, *, by: int) -> None:
    """Let the account sign in again. Raises NotAllowed, NotFound."""
    _other(session, account_id, by=by)
    accounts.set_active(session, account_id, True, by=by)


def new_password(session: Session, account_id: int, password: str, *, by: int) -> None:
    """Give the account, also one's own, a new password; it is signed out.

    Raises NotAllowed, Invalid, NotFound.
    """
    if account_id != by:
        _other(session, account_id, by=by)
    accounts.set_password(session, account_id, password, by=by)


def unlock(session: Session, account_id: int, *, by: int) -> None:
    """Forget the account's failed attempts. Raises NotAllowed, NotFound."""
    account = _other(session, account_id, by=by)
    account.failures, account.locked_until = 0, None
    audit(session, "account.unlocked", "account", account_id, account_id=by)


def change_roles(session: Session, account_id: int, grants: Sequence[Grant], *, by: int) -> None:
    """Make these the account's grants. Raises NotAllowed, Invalid, NotFound."""
    _other(session, account_id, by=by)
    wanted = list(dict.fromkeys(grants))
    _check_grants(wanted)
    _check_reach(session, wanted, by=by)
    if Grant("admin", "all") not in wanted:
        _keep_one(session, account_id)
    there = select(AccountRole).where(col(AccountRole.account_id) == account_id)
    for role in session.scalars(there).all():
        session.delete(role)
    session.flush()
    session.add_all(
        AccountRole(account_id=account_id, role=g.role, scope=g.scope, scope_id=g.scope_id) for g in wanted
    )
    audit(session, "account.roles_changed", "account", account_id, account_id=by)


def set_expiry(session: Session, account_id: int, expires_at: datetime | None, *, by: int) -> None:
    """Let the account end at a moment, or never. Raises NotAllowed, Invalid, NotFound."""
    account = _other(session, account_id, by=by)
    _check_expiry(expires_at)
    if expires_at is not None:
        _keep_one(session, account_id)
    account.expires_at = expires_at
    audit(session, "account.expiry_set", "account", account_id, account_id=by)


def _other(session: Session, account_id: int, *, by: int) -> Account:
    """The account to change: another one, all of whose grants lie within the reach of `by`."""
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound(say("admin.accounts.unknown"))
    if account_id == by:
        raise Invalid(say("admin.accounts.own"))
    _check_reach(session, grants_of(session, account_id), by=by)
    return found


def _check_reach(session: Session, grants: Collection[Grant], *, by: int) -> None:
    if not reach_of(session, by).covers(grants):
        raise NotAllowed(say("admin.accounts.out_of_reach"))


def _check_grants(grants: Sequence[Grant]) -> None:
    known = all(grant.role in ROLES and grant.scope in SCOPES for grant in grants)
    whole = all((grant.scope == "all") == (grant.scope_id is None) for grant in grants)
    if not grants or not known or not whole:
        raise Invalid(say("admin.accounts.no_role"))


def _check_expiry(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= now():
        raise Invalid(say("admin.accounts.expiry_past"))


def _keep_one(session: Session, account_id: int) -> None:
    """Refuse to take away the last account that administers everything and does not end."""
    admins = (
        select(col(Account.id))
        .join(AccountRole)
        .where(
            col(AccountRole.role) == "admin",
            col(AccountRole.scope) == "all",
            col(Account.active),
            or_(col(Account.expires_at).is_(None), col(Account.id) == account_id),
        )
    )
    # Locked, so that two administrators who switch each other off at once don't both succeed.
    found = set(session.scalars(admins.with_for_update()))
    if found == {account_id}:
        raise Invalid(say("admin.accounts.last_admin"))

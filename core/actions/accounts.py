"""Accounts, and signing in and out. A password or token is stored as a hash only and never logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from core import database
from core.actions.audit import audit
from core.errors import Invalid, NotFound, SignInFailed
from core.security import hash_password, new_token, token_hash, verify_password
from core.settings import settings
from core.words import say
from models.account import Account, AccountRole, StaffSession
from models.base import now
from models.taxonomy import ROLES, SCOPES

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
LONGEST_NAME = 40
# Being active is noted this often: noting it on every click would be a write on every click.
TOUCH_EVERY = timedelta(minutes=1)

Role = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One counted try: the account, the hash to check against, and whether failing locks the account."""

    account_id: int
    password_hash: str
    locks: bool


def create_account(
    session: Session,
    *,
    name: str,
    display: str,
    password: str,
    roles: Sequence[Role],
    demo: bool = False,
    expires_at: datetime | None = None,
    by: int | None = None,
) -> int:
    """Add an account with its (role, scope, scope_id)s; `by` is the account that does it. Returns its id.

    Raises Invalid when the name is taken or cannot be one, the password is too short, or a role is unknown.
    """
    name, display = name.strip(), display.strip()
    _check_name(session, name, display)
    _check_roles(roles)
    account = Account(
        name=name,
        display=display,
        password_hash=hash_password(_checked_password(password)),
        demo=demo,
        expires_at=expires_at,
        created_at=now(),
    )
    session.add(account)
    session.flush()
    assert account.id is not None
    for role, scope, scope_id in roles:
        session.add(AccountRole(account_id=account.id, role=role, scope=scope, scope_id=scope_id))
    audit(session, "account.created", "account", account.id, account_id=by)
    return account.id


def _check_name(session: Session, name: str, display: str) -> None:
    if not name or not name.isprintable() or " " in name or not display:
        raise Invalid(say("signin.account.name_wrong"))
    if max(len(name), len(display)) > LONGEST_NAME:
        raise Invalid(say("signin.account.name_long", most=LONGEST_NAME))
    if session.scalar(select(col(Account.id)).where(col(Account.name) == name)) is not None:
        raise Invalid(say("signin.account.name_taken", name=name))


def _check_roles(roles: Sequence[Role]) -> None:
    known = all(role in ROLES and scope in SCOPES for role, scope, _ in roles)
    whole = all((scope == "all") == (scope_id is None) for _, scope, scope_id in roles)
    if not roles or not known or not whole:
        raise Invalid(say("signin.account.roles_wrong"))


def _checked_password(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(say("signin.account.password_short", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD))
    return password


def set_password(session: Session, account_id: int, password: str, *, by: int | None = None) -> None:
    """Give an account a new password, free it from a lock and sign it out everywhere."""
    account = _account(session, account_id)
    account.password_hash = hash_password(_checked_password(password))
    account.failures, account.locked_until = 0, None
    _end_sessions(session, account_id)
    audit(session, "account.password_set", "account", account_id, account_id=by)


def set_active(session: Session, account_id: int, active: bool, *, by: int | None = None) -> None:
    """Let an account sign in, or stop it from doing so and sign it out everywhere."""
    _account(session, account_id).active = active
    if not active:
        _end_sessions(session, account_id)
    audit(session, "account.opened" if active else "account.closed", "account", account_id, account_id=by)


def _account(session: Session, account_id: int) -> Account:
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound(say("signin.account.unknown"))
    return found


def _end_sessions(session: Session, account_id: int) -> None:
    session.execute(delete(StaffSession).where(col(StaffSession.account_id) == account_id))


def sign_in(name: str, password: str, at: datetime | None = None) -> str:
    """Open a session and return its token for the cookie.

    Raises SignInFailed with one and the same sentence whether the name is unknown, the password wrong or the
    account locked, closed or expired: the answer tells nobody which names exist. The time doesn't either: a
    hash is checked in every case. An attempt is counted *before* it is checked, in a transaction of its own,
    so that guesses sent at the same time cannot outrun the lock.
    """
    moment = at or now()
    with database.writing() as session:
        # No name holds what can't be printed, and PostgreSQL takes no NUL in a text.
        attempt = _count_attempt(session, name.strip() if name.isprintable() else "", moment)
    right = verify_password(password[:LONGEST_PASSWORD], attempt.password_hash if attempt else _nobody())
    with database.writing() as session:
        if attempt is not None and right:
            return _open_session(session, attempt.account_id, moment)
        if attempt is not None and attempt.locks:
            audit(session, "account.locked", "account", attempt.account_id)
    raise SignInFailed(_refusal())


def _refusal() -> str:
    now_set = settings()
    return say("signin.failed", n=now_set.lockout_after, minutes=now_set.lockout_minutes)


@cache
def _nobody() -> str:
    """A hash that no password fits: checked where there is no account, so that it takes as long."""
    return hash_password(new_token())


def _count_attempt(session: Session, name: str, at: datetime) -> _Attempt | None:
    """Count one more attempt; None when the account cannot sign in now, whatever the password."""
    account = session.scalars(select(Account).where(col(Account.name) == name).with_for_update()).first()
    if account is None or not _can_sign_in(account, at):
        return None
    if account.locked_until is not None:
        account.failures, account.locked_until = 0, None
    account.failures += 1
    locks = account.failures >= settings().lockout_after
    if locks:  # until the password turns out to be right
        account.locked_until = at + timedelta(minutes=settings().lockout_minutes)
    assert account.id is not None
    return _Attempt(account.id, account.password_hash, locks)


def _can_sign_in(account: Account, at: datetime) -> bool:
    if account.locked_until is not None and account.locked_until > at:
        return False
    expired = account.expires_at is not None and account.expires_at <= at
    return account.active and not expired and (settings().demo or not account.demo)


def _open_session(session: Session, account_id: int, at: datetime) -> str:
    """The attempt was right: forget the failures, open the session, drop what has ended."""
    token = new_token()
    freed = update(Account).where(col(Account.id) == account_id).values(failures=0, locked_until=None)
    session.execute(freed)
    session.execute(delete(StaffSession).where(col(StaffSession.expires_at) <= at))
    session.add(
        StaffSession(
            account_id=account_id,
            token_hash=token_hash(token),
            started_at=at,
            seen_at=at,
            expires_at=at + timedelta(hours=settings().session_hours),
        )
    )
    audit(session, "account.signed_in", "account", account_id, account_id=account_id)
    return token


def sign_out(token: str) -> None:
    """End the session of a token; an unknown one is no error."""
    with database.writing() as session:
        query = select(StaffSession).where(col(StaffSession.token_hash) == token_hash(token))
        found = session.scalars(query).first()
        if found is not None:
            session.delete(found)
            audit(session, "account.signed_out", "account", found.account_id, account_id=found.account_id)


def touch(token: str, seen_at: datetime, at: datetime) -> None:
    """Note that the session is active, at most once every TOUCH_EVERY; `seen_at` is what the record holds."""
    if at - seen_at < TOUCH_EVERY:
        return
    with database.writing() as session:
        query = update(StaffSession).where(col(StaffSession.token_hash) == token_hash(token))
        session.execute(query.values(seen_at=at))

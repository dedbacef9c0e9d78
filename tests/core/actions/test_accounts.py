"""Accounts and sign-in: one sentence for every refusal, a lock nobody outruns, sessions that end."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core import database
from core.actions import accounts
from core.actions.accounts import create_account, set_active, set_password, sign_in, sign_out, touch
from core.errors import Invalid, SignInFailed
from core.queries.viewers import signed_in, viewer_of
from core.security import token_hash
from core.settings import settings
from models.account import Account, AuditEntry, StaffSession
from models.base import now

pytestmark = pytest.mark.usefixtures("quick_hashes")
PASSWORD = "long-enough-1"
AT = now()
ALL = [("admin", "all", None)]


def _make(name: str = "wang", **more: Any) -> int:
    with database.writing() as session:
        return create_account(session, name=name, display="王", password=PASSWORD, roles=ALL, **more)


def _who(token: str, at: Any = AT) -> str | None:
    with database.reading() as session:
        found = viewer_of(session, token, at)
    return found.name if found else None


def _refused(name: str, password: str = PASSWORD, at: Any = AT) -> str:
    with pytest.raises(SignInFailed) as caught:
        sign_in(name, password, at)
    return str(caught.value)


def _deeds() -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry.deed).order_by(AuditEntry.id)))


def test_a_session_opens_and_only_the_hash_of_its_token_is_stored(record: Path) -> None:
    _make()
    token = sign_in(" wang ", PASSWORD, AT)
    assert _who(token) == "wang"
    with database.reading() as session:
        stored = session.scalars(select(StaffSession)).one()
        account = session.scalars(select(Account)).one()
    assert stored.token_hash == token_hash(token) != token
    assert PASSWORD not in account.password_hash and account.password_hash.startswith("$argon2id$")
    assert _deeds() == ["account.created", "account.signed_in"]


def test_unknown_wrong_locked_closed_and_expired_are_told_in_the_same_words(sqlite_record: Path) -> None:
    _make("wang")
    _make("closed")
    _make("expired", expires_at=AT)
    _make("locked")
    with database.writing() as session:
        closed = session.scalars(select(Account).where(Account.name == "closed")).one()
        assert closed.id is not None
        set_active(session, closed.id, False)
    for _ in range(settings().lockout_after):
        _refused("locked", "wrong-password")
    told = {
        _refused("nobody"),
        _refused("wang", "wrong-password"),
        _refused("closed"),
        _refused("expired"),
        _refused("locked"),
        _refused("wang\0"),
    }
    assert len(told) == 1
    assert "15 分钟" in told.pop()


def test_an_unknown_name_costs_a_hash_as_well(sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make()
    checked = []
    monkeypatch.setattr(accounts, "verify_password", lambda *given: checked.append(given) or False)
    _refused("nobody")
    _refused("wang")
    assert len(checked) == 2 and all(hashed.startswith("$argon2id$") for _, hashed in checked)


def test_the_lock_closes_after_so_many_failures_and_opens_by_itself(record: Path) -> None:
    _make()
    for _ in range(settings().lockout_after - 1):
        _refused("wang", "wrong-password")
    assert _who(sign_in("wang", PASSWORD, AT)) == "wang", (
        "one before the lock the right password still counts"
    )
    for _ in range(settings().lockout_after):
        _refused("wang", "wrong-password")
    minutes = timedelta(minutes=settings().lockout_minutes)
    _refused("wang", at=AT + minutes - timedelta(seconds=1))
    assert _who(sign_in("wang", PASSWORD, AT + minutes), AT + minutes) == "wang"
    assert _deeds().count("account.locked") == 1


def test_guesses_at_the_same_time_do_not_outrun_the_lock(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make()
    checked = []
    monkeypatch.setattr(
        accounts, "verify_password", lambda _p, hashed: checked.append(hashed != accounts._nobody()) or False
    )
    threads = [threading.Thread(target=lambda: _refused("wang", "guess")) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(checked) == settings().lockout_after


def test_a_session_ends_when_idle_and_at_its_hard_end(record: Path) -> None:
    _make()
    token = sign_in("wang", PASSWORD, AT)
    idle = timedelta(minutes=settings().idle_minutes)
    assert _who(token, AT + idle - timedelta(seconds=1)) == "wang"
    assert _who(token, AT + idle) is None
    end = AT + timedelta(hours=settings().session_hours)
    touch(token, AT, end - timedelta(minutes=2))
    assert _who(token, end - timedelta(seconds=1)) == "wang"
    assert _who(token, end) is None
    sign_in("wang", PASSWORD, end)
    with database.reading() as session:
        assert len(session.scalars(select(StaffSession)).all()) == 1, "ended sessions are dropped"


def test_being_active_is_noted_at_most_once_a_minute(record: Path) -> None:
    _make()
    token = sign_in("wang", PASSWORD, AT)
    seen = []
    for seconds in (59, 60):
        touch(token, AT, AT + timedelta(seconds=seconds))
        with database.reading() as session:
            found = signed_in(session, token, AT)
        assert found is not None
        seen.append(found.seen_at - AT)
    assert seen == [timedelta(0), timedelta(seconds=60)]


def test_signing_out_ends_this_session_only(record: Path) -> None:
    _make()
    first, second = sign_in("wang", PASSWORD, AT), sign_in("wang", PASSWORD, AT)
    sign_out(first)
    sign_out("never-given-out")
    assert (_who(first), _who(second)) == (None, "wang")
    assert _deeds().count("account.signed_out") == 1


def test_closing_an_account_or_a_new_password_signs_it_out_everywhere(record: Path) -> None:
    id_ = _make()
    token = sign_in("wang", PASSWORD, AT)
    with database.writing() as session:
        set_password(session, id_, "another-long-one")
    assert _who(token) is None
    _refused("wang")
    token = sign_in("wang", "another-long-one", AT)
    with database.writing() as session:
        set_active(session, id_, False)
    assert _who(token) is None


def test_an_account_that_ends_is_signed_out_at_that_moment(record: Path) -> None:
    _make(expires_at=AT + timedelta(minutes=5))
    token = sign_in("wang", PASSWORD, AT)
    assert _who(token, AT + timedelta(minutes=4)) == "wang"
    assert _who(token, AT + timedelta(minutes=5)) is None


def test_a_demo_account_counts_in_demo_mode_only(
    sqlite_record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make(demo=True)
    _refused("wang")
    monkeypatch.setenv("LINSHENG_DEMO", "1")
    settings.cache_clear()
    token = sign_in("wang", PASSWORD, AT)
    assert _who(token) == "wang"
    monkeypatch.setenv("LINSHENG_DEMO", "0")
    settings.cache_clear()
    assert _who(token) is None, "a session opened in demo mode does not outlive it"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "wang li"},
        {"name": "wang\0"},
        {"name": "w" * 41},
        {"display": ""},
        {"password": "short"},
        {"password": "x" * 201},
        {"roles": []},
        {"roles": [("king", "all", None)]},
        {"roles": [("admin", "planet", 1)]},
        {"roles": [("admin", "all", 1)]},
        {"roles": [("admin", "community", None)]},
    ],
)
def test_an_account_that_cannot_be_is_refused(sqlite_record: Path, wrong: dict[str, Any]) -> None:
    given = {"name": "wang", "display": "王", "password": PASSWORD, "roles": ALL} | wrong
    with pytest.raises(Invalid), database.writing() as session:
        create_account(session, **given)


def test_a_name_belongs_to_one_account(record: Path) -> None:
    _make()
    with pytest.raises(Invalid, match="wang"):
        _make()

"""Who may do what, and what was done: accounts, sessions, audit, consent, contact, published snapshots."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, UniqueConstraint
from sqlmodel import Field

from models.base import BIG_ID, Base, UTCDateTime


class Account(Base, table=True):
    """A member of staff who signs in. The password is kept as an Argon2 hash only."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=40)
    display: str = Field(max_length=40)
    password_hash: str = Field(max_length=200)
    demo: bool = False
    active: bool = True
    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)


class AccountRole(Base, table=True):
    """One role within one scope; `scope_id` is null when the scope is `all`."""

    __tablename__ = "account_role"
    __table_args__ = (UniqueConstraint("account_id", "role", "scope", "scope_id"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    role: str = Field(max_length=20)
    scope: str = Field(max_length=20)
    scope_id: int | None = None


class StaffSession(Base, table=True):
    """A signed-in browser. The cookie's token is kept as a hash only."""

    __tablename__ = "staff_session"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    started_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class AuditEntry(Base, table=True):
    """操作记录, append-only: ids and digests, never answers. `seal` is written later, in batches."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_ID)
    at: datetime = Field(sa_type=UTCDateTime)
    account_id: int | None = None
    deed: str = Field(max_length=40)
    subject: str = Field(max_length=20)
    subject_id: int | None = Field(default=None, sa_type=BIG_ID)
    digest: str = Field(default="", max_length=64)
    seal: str | None = Field(default=None, max_length=64)


class Consent(Base, table=True):
    """知情同意 given apart from an answer (contact, photos), with the notice's version."""

    id: int | None = Field(default=None, primary_key=True)
    purpose: str = Field(max_length=40)
    notice_version: str = Field(max_length=20)
    channel: str = Field(max_length=12)
    given_at: datetime = Field(sa_type=UTCDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Contact(Base, table=True):
    """A way to reach a person who asked for it: encrypted, apart from everything else, short-lived."""

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True, max_length=32)
    consent_id: int = Field(foreign_key="consent.id")
    sealed: bytes = Field(sa_type=LargeBinary)
    expires_on: date = Field(index=True)


class Snapshot(Base, table=True):
    """公示快照: published figures, frozen with version and note."""

    __table_args__ = (UniqueConstraint("round_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    version: int = 1
    figures: list[dict[str, Any]] = Field(sa_type=JSON)
    note: str = Field(default="", max_length=400)
    published_at: datetime = Field(sa_type=UTCDateTime)

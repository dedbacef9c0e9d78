"""答卷: one row a person asked about, with the strata of that target person as real columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from models.base import BIG_ID, Base, UTCDateTime


class Response(Base, table=True):
    """One submitted questionnaire.

    `who` says for whom it was answered, `collector` who filled it in, `mode` by which way; strata (grid,
    building, age band, sex, groups) are the target person's. `idempotency_key` is made by the client.
    """

    # Partial: most responses come without a ticket.
    __table_args__ = (
        Index(
            "ix_response_ticket",
            "ticket",
            sqlite_where=text("ticket IS NOT NULL"),
            postgresql_where=text("ticket IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_ID)
    round_id: int = Field(foreign_key="round.id", index=True)
    activity_id: int | None = Field(default=None, foreign_key="activity.id")
    received_at: datetime = Field(sa_type=UTCDateTime)
    answers: dict[str, Any] = Field(sa_type=JSON)
    short: bool = False
    who: int = 1
    grid_id: int | None = Field(default=None, foreign_key="grid.id")
    building_id: int | None = Field(default=None, foreign_key="building.id")
    age_band: int = 0
    sex: int = 9
    groups: str = Field(default="", max_length=200, description="codes of taxonomy.GROUPS, joined by ;")
    mode: str = Field(max_length=12)
    collector: str = Field(max_length=12)
    seconds: int | None = None
    flags: str = Field(default="", max_length=120, description="quality flags, joined by ;")
    notice_version: str = Field(max_length=20)
    receipt_hash: str = Field(unique=True, max_length=64)
    idempotency_key: str = Field(unique=True, max_length=64)
    ticket: str | None = Field(default=None, max_length=64, description="hash of the household ticket")


class Draft(Base, table=True):
    """An unfinished questionnaire, kept on the server; gone when sent or expired.

    `answers` are as they were given, not yet checked. `late`: sent after its round had closed.
    """

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    activity_id: int | None = Field(default=None, foreign_key="activity.id")
    code_hash: str = Field(unique=True, max_length=64)
    idempotency_key: str = Field(unique=True, max_length=64)
    answers: dict[str, Any] = Field(sa_type=JSON)
    further: bool = False
    at: str = Field(default="", max_length=40, description="the step to go on with")
    mode: str = Field(default="plain", max_length=12)
    collector: str = Field(default="self", max_length=12)
    ticket: str = Field(default="", max_length=64, description="hash of the household ticket")
    late: bool = False
    saved_at: datetime = Field(sa_type=UTCDateTime, index=True)
    started_at: datetime = Field(sa_type=UTCDateTime)


class Tombstone(Base, table=True):
    """Says that something was deleted at its author's wish, and when; holds none of it."""

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(max_length=20)
    receipt_hash: str = Field(unique=True, max_length=64)
    deleted_at: datetime = Field(sa_type=UTCDateTime)

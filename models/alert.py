"""The urgent safety net: 预警, 漏报, and 值班表, the roster of those who answer for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from models.base import BIG_ID, Base, UTCDateTime


class Alert(Base, table=True):
    """预警: one comment that may speak of danger, and what was done about it. One per comment at the most.

    `source`, `outcome`: taxonomy.ALERT_SOURCES and ALERT_OUTCOMES; `kinds` as in Comment.danger.
    Names (who was on duty, to whom it went on) are kept as they were then: a roster changes. A resident may
    take their words back: then the record of what was done stays, without them.
    """

    __table_args__ = (
        Index("ix_alert_community_id_raised_at", "community_id", "raised_at"),
        # The few that wait: asked for at the top of every staff screen.
        Index(
            "ix_alert_open",
            "community_id",
            "due_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    comment_id: int | None = Field(
        default=None, foreign_key="comment.id", ondelete="SET NULL", unique=True, sa_type=BIG_ID
    )
    source: str = Field(max_length=12)
    kinds: str = Field(default="", max_length=80)
    raised_at: datetime = Field(sa_type=UTCDateTime)
    in_hours: bool = Field(description="whether somebody was on duty when it was raised")
    duty_name: str = Field(default="", max_length=120, description="who has to open it; empty: no roster")
    due_at: datetime = Field(sa_type=UTCDateTime)
    escalated_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    escalated_to: str = Field(default="", max_length=120)
    escalated_again_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    escalated_again_to: str = Field(default="", max_length=120)
    opened_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    opened_by: int | None = Field(default=None, foreign_key="account.id")
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    closed_by: int | None = Field(default=None, foreign_key="account.id")
    outcome: str = Field(default="", max_length=12)
    note: str = Field(default="", max_length=400)


class AlertMiss(Base, table=True):
    """漏报: a comment that should have raised an alert when it came in. `how`: taxonomy.MISS_WAYS."""

    __tablename__ = "alert_miss"

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    comment_id: int | None = Field(
        default=None, foreign_key="comment.id", ondelete="SET NULL", unique=True, sa_type=BIG_ID
    )
    found_at: datetime = Field(sa_type=UTCDateTime)
    found_by: int = Field(foreign_key="account.id")
    how: str = Field(max_length=12)
    note: str = Field(default="", max_length=400)


class DutyPerson(Base, table=True):
    """Somebody who can be on duty: an account, or a name and an extension without one."""

    __tablename__ = "duty_person"

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    name: str = Field(default="", max_length=40)
    phone: str = Field(default="", max_length=40)


class DutyShift(Base, table=True):
    """One weekly turn of duty in China's time: weekday 1 (Monday) to 7, minutes of the day.

    A turn that ends at or before its beginning goes on past midnight.
    """

    __tablename__ = "duty_shift"

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    weekday: int
    starts: int
    ends: int
    person_id: int = Field(foreign_key="duty_person.id")
    deputy_id: int | None = Field(default=None, foreign_key="duty_person.id")


class DutyPlan(Base, table=True):
    """What the turns leave open: who gets what nobody opened, and days without duty (ISO dates)."""

    __tablename__ = "duty_plan"

    community_id: int = Field(primary_key=True, foreign_key="community.id")
    supervisor_id: int | None = Field(default=None, foreign_key="duty_person.id")
    holidays: list[Any] = Field(sa_type=JSON)

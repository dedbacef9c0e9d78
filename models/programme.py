"""What is provided: provider → contract → programme → activity → attendance, and what others provide."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.base import Base, UTCDateTime


class Provider(Base, table=True):
    """承接机构."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=120)


class Contract(Base, table=True):
    """购买服务合同. Money is integer 分; tranches are shares of the amount, e.g. [0.4, 0.4, 0.2]."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    provider_id: int = Field(foreign_key="provider.id", index=True)
    name: str = Field(max_length=120)
    amount_fen: int = Field(ge=0)
    starts_on: date
    ends_on: date
    tranches: list[float] = Field(sa_type=JSON)
    indicators: list[dict[str, Any]] = Field(default=[], sa_type=JSON)


class ContractCommunity(Base, table=True):
    """A contract covers one or several communities."""

    __tablename__ = "contract_community"

    contract_id: int = Field(foreign_key="contract.id", primary_key=True)
    community_id: int = Field(foreign_key="community.id", primary_key=True)


class Programme(Base, table=True):
    """服务项目; may stand without a contract. `groups` are codes of taxonomy.GROUPS, joined by ;."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    community_id: int = Field(foreign_key="community.id", index=True)
    contract_id: int | None = Field(default=None, foreign_key="contract.id", index=True)
    name: str = Field(max_length=120)
    area: str = Field(max_length=20)
    groups: str = Field(default="", max_length=200)
    budget_fen: int = Field(default=0, ge=0)
    starts_on: date
    ends_on: date


class ProgrammeNeed(Base, table=True):
    """Which need item a programme serves, and how many persons it can serve in its period.

    persons = places × sessions ÷ sessions_per_person, rounded down: 24 lectures of 40 seats serve 960
    persons who need one each, or 40 who need all of them. `grid_id` only where it is bound to a grid.
    """

    __tablename__ = "programme_need"
    __table_args__ = (UniqueConstraint("programme_id", "need", "grid_id"),)

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    need: str = Field(max_length=40)
    grid_id: int | None = Field(default=None, foreign_key="grid.id")
    places: int = Field(ge=0)
    sessions: int = Field(default=1, ge=1)
    sessions_per_person: int = Field(default=1, ge=1)
    persons: int = Field(ge=0)


class OtherProvision(Base, table=True):
    """其他供给: a school, clinic, company or volunteers outside the programmes; source and date needed."""

    __tablename__ = "other_provision"

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    need: str = Field(max_length=40)
    name: str = Field(max_length=120)
    kind: str = Field(max_length=20)
    grid_id: int | None = Field(default=None, foreign_key="grid.id")
    persons: int = Field(ge=0)
    dose_unit: str = Field(default="", max_length=40)
    source: str = Field(max_length=200)
    as_of: date


class Activity(Base, table=True):
    """活动. May stand without a programme."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    community_id: int = Field(foreign_key="community.id", index=True)
    programme_id: int | None = Field(default=None, foreign_key="programme.id", index=True)
    name: str = Field(max_length=120)
    area: str = Field(max_length=20)
    need: str | None = Field(default=None, max_length=40)
    starts_at: datetime = Field(sa_type=UTCDateTime, index=True)
    minutes: int = 60
    venue: str = Field(default="", max_length=80)
    capacity: int | None = None
    cancelled: bool = False
    needs_contact: bool = Field(default=False, description="signing up asks for a name and a phone number")


class ServiceUser(Base, table=True):
    """服务对象: a pseudonymous card. No name, phone or identity number, here or anywhere linked."""

    __tablename__ = "service_user"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=16)
    community_id: int = Field(foreign_key="community.id", index=True)
    grid_id: int | None = Field(default=None, foreign_key="grid.id")
    age_band: int = 0
    sex: int = 9
    groups: str = Field(default="", max_length=200)
    notice_version: str = Field(max_length=20)
    since_on: date


class Enrolment(Base, table=True):
    """报名 for an activity; a contact only where the activity needs one.

    Its holder finds it again by a code (hash and key as of a response); what staff enter has none.
    """

    id: int | None = Field(default=None, primary_key=True)
    activity_id: int = Field(foreign_key="activity.id", index=True)
    service_user_id: int | None = Field(default=None, foreign_key="service_user.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    enrolled_at: datetime = Field(sa_type=UTCDateTime)
    state: str = Field(default="enrolled", max_length=12, description="taxonomy.ENROLMENT_STATES")
    receipt_hash: str | None = Field(default=None, unique=True, max_length=64)
    idempotency_key: str | None = Field(default=None, unique=True, max_length=64)


class Attendance(Base, table=True):
    """签到. With a card it counts a person, without one only attendances (`heads`).

    `first_for_need` marks a card's first attendance for this need item in the programme's period, so
    that persons reached are a plain sum.
    """

    __table_args__ = (UniqueConstraint("activity_id", "service_user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    activity_id: int = Field(foreign_key="activity.id", index=True)
    service_user_id: int | None = Field(default=None, foreign_key="service_user.id", index=True)
    heads: int = Field(default=1, ge=1)
    first_for_need: bool = False
    attended_at: datetime = Field(sa_type=UTCDateTime)

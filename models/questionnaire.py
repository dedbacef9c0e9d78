"""问卷 and 调查批次: a questionnaire is data, fixed once published; a round asks it in one community."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from models.base import Base, UTCDateTime


class Questionnaire(Base, table=True):
    """One published version. `digest` is the SHA-256 of the definition: it may never change."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    kind: str = Field(max_length=20, description="needs or feedback")
    title: str = Field(max_length=120)
    definition: dict[str, Any] = Field(sa_type=JSON)
    digest: str = Field(max_length=64)
    published_at: datetime = Field(sa_type=UTCDateTime)


class Round(Base, table=True):
    """调查批次: open from `opens_at` until `closes_at` (null: until closed by hand)."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    community_id: int = Field(foreign_key="community.id", index=True)
    questionnaire_id: int = Field(foreign_key="questionnaire.id", index=True)
    name: str = Field(max_length=80)
    opens_at: datetime = Field(sa_type=UTCDateTime)
    closes_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

"""Where people live: subdistrict → community → grid → building, and how many live there."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.base import Base


class Subdistrict(Base, table=True):
    """街道: the street office, usually the purchaser."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=80)


class Community(Base, table=True):
    """社区. `synthetic` marks demo data; `source` names where imported texts come from (empty: our own)."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=80)
    subdistrict_id: int | None = Field(default=None, foreign_key="subdistrict.id", index=True)
    synthetic: bool = False
    source: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40)


class Grid(Base, table=True):
    """网格, with its place on the community's schematic map (map units, y grows downwards)."""

    __table_args__ = (UniqueConstraint("community_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    code: str = Field(max_length=40)
    name: str = Field(max_length=80)
    x: float = 0
    y: float = 0
    w: float = 1
    h: float = 1


class Building(Base, table=True):
    """楼栋: households known from the committee's register; `footprint` is an optional GeoJSON shape."""

    __table_args__ = (UniqueConstraint("grid_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    grid_id: int = Field(foreign_key="grid.id", index=True)
    code: str = Field(max_length=40)
    name: str = Field(max_length=80)
    households: int | None = None
    x: float = 0
    y: float = 0
    w: float = 1
    h: float = 1
    footprint: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class Population(Base, table=True):
    """人口: persons of one cell or margin. A null in grid, ages or sex means "all of them".

    `counts` is 常住 or 户籍; `assumed` marks a figure taken from elsewhere, never from this community.
    """

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    grid_id: int | None = Field(default=None, foreign_key="grid.id", index=True)
    age_from: int | None = None
    age_to: int | None = None
    sex: int | None = None
    n: int = Field(ge=0)
    counts: str = Field(default="常住", max_length=20)
    with_tenants: bool = True
    assumed: bool = False
    source: str = Field(max_length=200)
    as_of: date

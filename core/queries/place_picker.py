"""Grids and buildings as a form offers them: plain rows, so that a resident's screen loads no data frames."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from models.place import Building, Grid


class GridRow(NamedTuple):
    """One grid to choose."""

    grid_id: int
    code: str
    name: str


class BuildingRow(NamedTuple):
    """One building to choose, in its grid."""

    building_id: int
    grid_id: int
    name: str
    code: str


def grids_to_choose(session: Session, community_id: int) -> list[GridRow]:
    """The community's grids, in the order they were entered."""
    query = select(*map(col, (Grid.id, Grid.code, Grid.name)))
    found = session.execute(query.where(col(Grid.community_id) == community_id).order_by(col(Grid.id)))
    return [GridRow(*row) for row in found]


def buildings_to_choose(session: Session, community_id: int) -> list[BuildingRow]:
    """The community's buildings, grid by grid, in the order they were entered."""
    query = (
        select(*map(col, (Building.id, Building.grid_id, Building.name, Building.code)))
        .join_from(Building, Grid)
        .where(col(Grid.community_id) == community_id)
        .order_by(col(Building.grid_id), col(Building.id))
    )
    return [BuildingRow(*row) for row in session.execute(query)]

"""The community's schematic map, and how many answered from each building."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from models.place import Building, Grid
from models.tally import ASKED, TallyMargin

BOX = ["x", "y", "w", "h"]


def grids(session: Session, community_id: int) -> pd.DataFrame:
    """The grids in the order they were entered: grid (id), code, name, x, y, w, h (y grows downwards)."""
    shown = (Grid.id, Grid.code, Grid.name, Grid.x, Grid.y, Grid.w, Grid.h)
    query = select(*map(col, shown)).where(col(Grid.community_id) == community_id).order_by(col(Grid.id))
    return pd.DataFrame(session.execute(query).all(), columns=["grid", "code", "name", *BOX])


def buildings(session: Session, community_id: int) -> pd.DataFrame:
    """The buildings grid by grid: building (id), grid (id), code, name, households, x, y, w, h, footprint.

    `households` and `footprint` (GeoJSON) are null where unknown.
    """
    shown = (
        Building.id, Building.grid_id, Building.code, Building.name, Building.households, Building.x,
        Building.y, Building.w, Building.h, Building.footprint,
    )  # fmt: skip
    query = (
        select(*map(col, shown))
        .join(Grid)
        .where(col(Grid.community_id) == community_id)
        .order_by(col(Building.grid_id), col(Building.id))
    )
    columns = ["building", "grid", "code", "name", "households", *BOX, "footprint"]
    frame = pd.DataFrame(session.execute(query).all(), columns=columns)
    return frame.astype({"households": "Int64"})


def responses_by_building(session: Session, round_id: int) -> pd.DataFrame:
    """Responses of a round by building, where one was named: building (id), n. Not yet protected."""
    query = select(col(TallyMargin.level), col(TallyMargin.n)).where(
        col(TallyMargin.round_id) == round_id,
        col(TallyMargin.margin) == "building",
        col(TallyMargin.question) == ASKED,
        col(TallyMargin.choice) == ASKED,
    )
    rows = [(int(level), n) for level, n in session.execute(query)]
    return pd.DataFrame(rows, columns=["building", "n"]).astype("int64")

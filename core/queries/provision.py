"""Asking what is provided and to whom: programmes' capacity, persons reached, other provision, population."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import Integer, cast, func, select
from sqlmodel import Session, col

from models.place import Building, Grid, Population
from models.programme import Activity, Attendance, OtherProvision, Programme, ProgrammeNeed


def population(session: Session, community_id: int) -> pd.DataFrame:
    """The community's known cells and margins: grid, age_from, age_to, sex (null = all), n, assumed.

    Empty when nothing is known.
    """
    query = select(
        col(Population.grid_id),
        col(Population.age_from),
        col(Population.age_to),
        col(Population.sex),
        col(Population.n),
        col(Population.assumed),
    ).where(col(Population.community_id) == community_id)
    columns = ["grid", "age_from", "age_to", "sex", "n", "assumed"]
    frame = pd.DataFrame(session.execute(query).all(), columns=columns)
    return frame.astype(dict.fromkeys(columns[:5], "Int64"))


def population_source(session: Session, community_id: int) -> tuple[str, date] | None:
    """Where the population comes from and its date; None when unknown."""
    query = select(col(Population.source), col(Population.as_of)).where(
        col(Population.community_id) == community_id
    )
    found = session.execute(query.order_by(col(Population.as_of).desc())).first()
    return (found.source, found.as_of) if found else None


def provision(session: Session, community_id: int, on: date) -> pd.DataFrame:
    """Capacity of the programmes running on a day: item, grid (null = whole community), provision."""
    query = (
        select(
            col(ProgrammeNeed.need),
            col(ProgrammeNeed.grid_id),
            cast(func.sum(col(ProgrammeNeed.persons)), Integer),
        )
        .join(Programme)
        .where(
            col(Programme.community_id) == community_id,
            col(Programme.starts_on) <= on,
            col(Programme.ends_on) >= on,
        )
        .group_by(col(ProgrammeNeed.need), col(ProgrammeNeed.grid_id))
    )
    frame = pd.DataFrame(session.execute(query).all(), columns=["item", "grid", "provision"])
    return frame.astype({"grid": "Int64", "provision": "Int64"})


def reached(session: Session, community_id: int, on: date) -> pd.DataFrame:
    """Different service users who attended for a need in the running programmes: item, reached (persons)."""
    query = (
        select(col(Activity.need), func.count())
        .select_from(Attendance)
        .join(Activity)
        .join(Programme)
        .where(
            col(Activity.community_id) == community_id,
            col(Activity.need).is_not(None),
            col(Attendance.first_for_need),
            col(Programme.starts_on) <= on,
            col(Programme.ends_on) >= on,
        )
        .group_by(col(Activity.need))
    )
    return pd.DataFrame(session.execute(query).all(), columns=["item", "reached"])


def other_provision(session: Session, community_id: int) -> pd.DataFrame:
    """What others provide: item, name, kind, grid (null = whole community), persons, source, as_of."""
    query = select(
        col(OtherProvision.need),
        col(OtherProvision.name),
        col(OtherProvision.kind),
        col(OtherProvision.grid_id),
        col(OtherProvision.persons),
        col(OtherProvision.source),
        col(OtherProvision.as_of),
    ).where(col(OtherProvision.community_id) == community_id)
    columns = ["item", "name", "kind", "grid", "persons", "source", "as_of"]
    return pd.DataFrame(session.execute(query).all(), columns=columns).astype({"grid": "Int64"})


def households(session: Session, community_id: int) -> pd.DataFrame:
    """Households by grid: grid, households (null when no building's number is known)."""
    query = (
        select(col(Grid.id), func.sum(col(Building.households)))
        .select_from(Grid)
        .join(Building, isouter=True)
        .where(col(Grid.community_id) == community_id)
        .group_by(col(Grid.id))
    )
    frame = pd.DataFrame(session.execute(query).all(), columns=["grid", "households"])
    return frame.astype({"grid": "Int64", "households": "Int64"})

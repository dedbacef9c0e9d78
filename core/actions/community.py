"""How a community comes to be: its places and population from a checked PLACE.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, sqrt
from typing import Any

from sqlalchemy import delete, event, select
from sqlmodel import Session, col

from core.actions import round_cache
from core.actions.audit import audit
from core.actions.place_file import (
    GridPart,
    Place,
    PlaceError,
    PopulationRow,
    PopulationSource,
    load_place,
    parse_place,
)
from core.words import say
from models.place import Building, Community, Grid, Population, Subdistrict

__all__ = ["PlaceError", "init_community", "load_place", "parse_place"]

Box = tuple[float, float, float, float]

# Where the file gives no positions: grids of this size in rows, this far apart; buildings in two columns.
GRID_WIDTH, GRID_HEIGHT, APART = 22.0, 20.0, 2.0
BUILDING_COLUMNS, HEAD, MARGIN = 2, 1.0, 0.8


def init_community(session: Session, place: Place | Mapping[str, Any]) -> int:
    """Create the community, or bring it up to the file; its id.

    Things are known by their codes: running twice changes nothing, nothing is ever deleted, and the file's
    population, if it has one, replaces the stored one. Raises PlaceError.
    """
    checked = place if isinstance(place, Place) else parse_place(place)
    community = _community(session, checked)
    assert community.id is not None
    grids = put_grids(session, community.id, checked.grids)
    if checked.population:
        put_population(session, community.id, checked.population.rows, source=checked.population, grids=grids)
    audit(session, "community.set_up", "community", community.id)
    forget_places_after(session)
    return community.id


def _community(session: Session, place: Place) -> Community:
    found = session.scalars(select(Community).where(col(Community.code) == place.community.code)).first()
    if found and found.source:
        raise PlaceError(say("place.other_source", code=found.code, name=found.name))
    community = found or Community(code=place.community.code, name=place.name)
    community.name, community.phone = place.name, place.community.phone
    community.synthetic = place.community.synthetic
    if place.subdistrict:
        community.subdistrict_id = _subdistrict(session, place.subdistrict.code, place.subdistrict.name)
    session.add(community)
    session.flush()
    return community


def _subdistrict(session: Session, code: str, name: str) -> int | None:
    found = session.scalars(select(Subdistrict).where(col(Subdistrict.code) == code)).first()
    found = found or Subdistrict(code=code, name=name)
    found.name = name
    session.add(found)
    session.flush()
    return found.id


def put_grids(session: Session, community_id: int, parts: Sequence[GridPart]) -> dict[str, int]:
    """Create or update grids and their buildings by code; the grids' ids by code.

    A new place without a position is laid out; one that is there already keeps the position it has.
    """
    there = {grid.code: grid for grid in grids_of(session, community_id)}
    boxes = arrange(len(parts))
    for part, box in zip(parts, boxes, strict=True):
        grid = there.get(part.code)
        if grid is None:
            grid = there[part.code] = Grid(community_id=community_id, code=part.code, name=part.name)
            _move(grid, part.box or box)
        elif part.box:
            _move(grid, part.box)
        grid.name = part.name
        session.add(grid)
    session.flush()
    for part in parts:
        _put_buildings(session, there[part.code], part)
    session.flush()
    return {code: grid.id for code, grid in there.items() if grid.id is not None}


def _put_buildings(session: Session, grid: Grid, part: GridPart) -> None:
    assert grid.id is not None
    there = {b.code: b for b in session.scalars(select(Building).where(col(Building.grid_id) == grid.id))}
    boxes = inside((grid.x, grid.y, grid.w, grid.h), len(part.buildings))
    for given, box in zip(part.buildings, boxes, strict=True):
        building = there.get(given.code)
        if building is None:
            building = Building(grid_id=grid.id, code=given.code, name=given.name)
            _move(building, given.box or box)
        elif given.box:
            _move(building, given.box)
        building.name, building.households = given.name, given.households
        session.add(building)


def _move(place: Grid | Building, box: Box) -> None:
    place.x, place.y, place.w, place.h = box


def arrange(n: int) -> list[Box]:
    """Boxes of n grids in rows, as near to a 2:1 block as fits; map units."""
    columns = max(1, ceil(sqrt(2 * n)))
    step_x, step_y = GRID_WIDTH + APART, GRID_HEIGHT + APART
    return [(i % columns * step_x, i // columns * step_y, GRID_WIDTH, GRID_HEIGHT) for i in range(n)]


def inside(box: Box, n: int) -> list[Box]:
    """Boxes of n buildings inside a grid's box, two columns."""
    if not n:
        return []
    x, y, w, h = box
    rows = ceil(n / BUILDING_COLUMNS)
    width, height = (w - MARGIN) / BUILDING_COLUMNS, (h - HEAD - MARGIN) / rows
    return [
        (
            x + MARGIN + i % BUILDING_COLUMNS * width,
            y + HEAD + i // BUILDING_COLUMNS * height,
            width - MARGIN,
            max(height - MARGIN, height / 2),
        )
        for i in range(n)
    ]


def put_population(
    session: Session,
    community_id: int,
    rows: Sequence[PopulationRow],
    *,
    source: PopulationSource,
    grids: Mapping[str, int],
) -> None:
    """Replace all of the community's population rows; `grids` are grid ids by code."""
    session.execute(delete(Population).where(col(Population.community_id) == community_id))
    session.add_all(
        Population(
            community_id=community_id,
            grid_id=None if row.grid is None else grids[row.grid],
            age_from=row.age[0] if row.age else None,
            age_to=row.age[1] if row.age else None,
            sex=row.sex,
            n=row.n,
            counts=source.counts,
            with_tenants=source.with_tenants,
            assumed=source.assumed,
            source=source.source,
            as_of=source.as_of,
        )
        for row in rows
    )
    session.flush()


def grids_of(session: Session, community_id: int) -> list[Grid]:
    """The community's grids in the order they were made."""
    query = select(Grid).where(col(Grid.community_id) == community_id).order_by(col(Grid.id))
    return list(session.scalars(query))


def forget_places_after(session: Session) -> None:
    """Let this process read its places anew once the transaction is committed, not before."""
    event.listen(session, "after_commit", lambda _: round_cache.forget(), once=True)

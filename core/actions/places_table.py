"""Places and population from a pasted table: a spreadsheet with headers in Chinese or as code names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from core.actions.audit import audit
from core.actions.community import forget_places_after, grids_of, put_grids, put_population
from core.actions.pasted_table import Row, read_table, words
from core.actions.place_file import (
    OLDEST,
    GridPart,
    PlaceError,
    PopulationPart,
    PopulationRow,
    PopulationSource,
    fault_of,
)
from core.errors import NotFound
from core.words import say, sentences
from models.place import Building, Community, Grid, Population
from models.tables import metadata

PLACES = {"grid": True, "grid_name": False, "building": False, "building_name": False, "households": False}
POPULATION = {"grid": False, "age": False, "sex": False, "n": True}


@dataclass(frozen=True, slots=True)
class PlacesChanged:
    """What a table changed: names of grids and "grid · building" of buildings; `rows` of population."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    rows: int = 0
    persons: int = 0

    @property
    def nothing(self) -> bool:
        """Whether all was as the table says."""
        return not (self.added or self.changed or self.removed or self.rows)


def replace_places(
    session: Session, community_id: int, table: str, *, account_id: int | None = None
) -> PlacesChanged:
    """Make the community's grids and buildings those of the table (a row a building); what changed.

    What is not in the table is deleted, unless answers, comments, programmes or cards hang on it. Raises
    PlaceError naming the line, NotFound for the community; nothing is changed then.
    """
    _require(session, community_id)
    parts = _grid_parts(list(read_table(table, PLACES)))
    before = _named(session, community_id)
    _remove_missing(session, community_id, parts)
    put_grids(session, community_id, parts)
    after = _named(session, community_id)
    audit(session, "places.replaced", "community", community_id, account_id=account_id)
    forget_places_after(session)
    return PlacesChanged(
        added=tuple(after[key][0] for key in after.keys() - before.keys()),
        changed=tuple(after[key][0] for key in after.keys() & before.keys() if after[key] != before[key]),
        removed=tuple(before[key][0] for key in before.keys() - after.keys()),
    )


def replace_population(
    session: Session,
    community_id: int,
    table: str,
    *,
    source: PopulationSource,
    account_id: int | None = None,
) -> PlacesChanged:
    """Make the community's population that of the table; a blank grid, age or sex means all of them.

    Raises PlaceError naming the line, NotFound for the community; nothing is changed then.
    """
    _require(session, community_id)
    grids = grids_of(session, community_id)
    names = {name: grid.code for grid in grids for name in (grid.name, grid.code)}
    rows = tuple(_population_row(line, cells, names) for line, cells in read_table(table, POPULATION))
    try:
        checked = PopulationPart(rows=rows, **source.model_dump())
    except ValidationError as error:
        raise PlaceError(str(fault_of(error))) from error
    ids = {grid.code: grid.id for grid in grids if grid.id is not None}
    put_population(session, community_id, checked.rows, source=checked, grids=ids)
    audit(session, "population.replaced", "community", community_id, account_id=account_id)
    return PlacesChanged(rows=len(rows), persons=sum(row.n for row in rows))


def _grid_parts(rows: list[Row]) -> list[GridPart]:
    grids: dict[str, dict[str, Any]] = {}
    for line, cells in rows:
        code = cells["grid"]
        name = cells.get("grid_name") or ""
        grid = grids.setdefault(code, {"code": code, "name": name or code, "buildings": [], "line": line})
        if name and name != grid["name"] and grid["name"] != code:
            raise PlaceError(say("place.two_names", line=line, code=code, first=grid["name"], second=name))
        grid["name"] = name or grid["name"]
        if cells.get("building"):
            grid["buildings"].append(_building(cells))
        grid["line"] = line
        _checked(grid)
    return [_checked(grid) for grid in grids.values()]


def _building(cells: Mapping[str, str]) -> dict[str, Any]:
    name = cells.get("building_name") or cells["building"]
    return {"code": cells["building"], "name": name, "households": cells.get("households") or None}


def _checked(grid: Mapping[str, Any]) -> GridPart:
    try:
        return GridPart.model_validate({key: value for key, value in grid.items() if key != "line"})
    except ValidationError as error:
        raise PlaceError(say("place.table_row", line=grid["line"], told=fault_of(error))) from error


def _population_row(line: int, cells: Mapping[str, str], grids: Mapping[str, str]) -> PopulationRow:
    grid = _or_all(cells.get("grid", ""))
    if grid is not None and grid not in grids:
        raise PlaceError(say("place.unknown_grid", line=line, code=grid))
    row = {
        "n": cells["n"].replace(",", ""),
        "grid": None if grid is None else grids[grid],
        "age": _ages(line, cells.get("age", "")),
        "sex": _sex(line, cells.get("sex", "")),
    }
    try:
        return PopulationRow.model_validate(row)
    except ValidationError as error:
        raise PlaceError(say("place.table_row", line=line, told=fault_of(error))) from error


def _or_all(cell: str) -> str | None:
    return None if not cell or cell.lower() in words("cell.all") else cell


def _ages(line: int, cell: str) -> tuple[int, int] | None:
    given = _or_all(cell)
    if given is None:
        return None
    found = re.fullmatch(sentences()["place.cell.ages"], given)
    if found is None:
        raise PlaceError(say("place.age_unclear", line=line, given=cell))
    first, last, up = found.groups()
    return int(first), OLDEST if up else int(last or first)


def _sex(line: int, cell: str) -> int | None:
    given = _or_all(cell)
    if given is None:
        return None
    for code, word in ((1, "male"), (2, "female")):
        if given.lower() in words(f"cell.{word}"):
            return code
    raise PlaceError(say("place.sex_unclear", line=line, given=cell))


def _require(session: Session, community_id: int) -> None:
    if session.get(Community, community_id) is None:
        raise NotFound.say("unknown_community", name=community_id)


def _named(session: Session, community_id: int) -> dict[tuple[str, str], tuple[str, object]]:
    """What the community has: (grid code, building code) → (name to show, what may change)."""
    found: dict[tuple[str, str], tuple[str, object]] = {}
    for grid in grids_of(session, community_id):
        found[grid.code, ""] = (grid.name, None)
        for b in session.scalars(select(Building).where(col(Building.grid_id) == grid.id)):
            found[grid.code, b.code] = (f"{grid.name} · {b.name}", b.households)
    return found


def _remove_missing(session: Session, community_id: int, parts: list[GridPart]) -> None:
    kept = {part.code: {b.code for b in part.buildings} for part in parts}
    for grid in grids_of(session, community_id):
        gone = grid.code not in kept
        for building in session.scalars(select(Building).where(col(Building.grid_id) == grid.id)):
            if gone or building.code not in kept[grid.code]:
                _delete(session, building, "building")
        if gone:
            session.execute(delete(Population).where(col(Population.grid_id) == grid.id))
            _delete(session, grid, "grid")
    session.flush()


def _delete(session: Session, place: Grid | Building, kind: str) -> None:
    """Delete a place that nothing hangs on; else PlaceError."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name != kind or table.name in ("building", "population"):
                continue
            n = session.execute(
                select(func.count()).select_from(table).where(key.parent == place.id)
            ).scalar_one()
            if n:
                what = say(f"place.use.{table.name}" if f"place.use.{table.name}" in sentences() else OTHER)
                raise PlaceError(say(f"place.{kind}_in_use", name=place.name, n=n, what=what))
    session.delete(place)
    session.flush()


OTHER = "place.use.other"

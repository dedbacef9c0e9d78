"""Places and population from a pasted table: a spreadsheet with headers in Chinese or as code names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlmodel import Session, col

from core.actions.audit import audit
from core.actions.community import forget_places_after, grids_of, put_grids, put_population
from core.actions.pasted_table import Row, TableFaults, read_table, words
from core.actions.place_file import (
    OLDEST,
    GridPart,
    Location,
    PlaceError,
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
    PlaceError naming the line (TableFaults: all lines), NotFound for the community; nothing is changed then.
    """
    _require(session, community_id)
    faults: list[str] = []
    parts = _grid_parts(read_table(table, PLACES, faults), faults)
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
    faults: list[str] = []
    rows = _population_rows(read_table(table, POPULATION, faults), names, faults)
    ids = {grid.code: grid.id for grid in grids if grid.id is not None}
    put_population(session, community_id, rows, source=source, grids=ids)
    audit(session, "population.replaced", "community", community_id, account_id=account_id)
    return PlacesChanged(rows=len(rows), persons=sum(row.n for row in rows))


def _refuse(faults: list[str]) -> None:
    """TableFaults if there are any, in the order of the lines."""
    if faults:
        raise TableFaults(sorted(faults, key=_line_of))


def _line_of(told: str) -> int:
    return int((re.search(r"\d+", told) or ["0"])[0])


def _grid_parts(rows: Iterable[Row], faults: list[str]) -> list[GridPart]:
    """The table's grids with their buildings. Raises TableFaults with all that is wrong."""
    grids: dict[str, dict[str, Any]] = {}
    lines: dict[tuple[str, str], int] = {}
    for line, cells in rows:
        try:
            _add(grids, lines, line=line, cells=cells)
        except PlaceError as error:
            faults.append(str(error))
    _refuse(faults)
    if not grids:
        raise PlaceError(say("place.table_empty"))
    return [GridPart.model_validate(grid) for grid in grids.values()]


def _add(
    grids: dict[str, dict[str, Any]],
    lines: dict[tuple[str, str], int],
    *,
    line: int,
    cells: Mapping[str, str],
) -> None:
    """Add one row; `lines` says where each building stands."""
    code, name, building = cells["grid"], cells.get("grid_name") or "", cells.get("building", "")
    one = {"code": code, "name": name or code, "buildings": [_building(cells)] if building else []}
    try:
        GridPart.model_validate(one)
    except ValidationError as error:
        raise PlaceError(say("place.table_row", line=line, told=fault_of(error, _column))) from error
    grid = grids.setdefault(code, one | {"buildings": []})
    if name and name != grid["name"] and grid["name"] != code:
        raise PlaceError(say("place.two_names", line=line, code=code, first=grid["name"], second=name))
    if building and lines.setdefault((code, building), line) != line:
        first = lines[code, building]
        raise PlaceError(say("place.table_building_twice", line=line, code=building, first=first))
    grid["name"] = name or grid["name"]
    grid["buildings"] += one["buildings"]


def _building(cells: Mapping[str, str]) -> dict[str, Any]:
    name = cells.get("building_name") or cells["building"]
    return {"code": cells["building"], "name": name, "households": cells.get("households") or None}


def _column(where: Location) -> str:
    """What a field of GridPart or PopulationRow is called in a table's head."""
    last = next((part for part in reversed(where) if isinstance(part, str)), "")
    place = "building" if "buildings" in where else "grid"
    column = {"code": place, "name": f"{place}_name"}.get(last, last)
    return words(f"column.{column}")[0]


def _population_rows(rows: Iterable[Row], grids: Mapping[str, str], faults: list[str]) -> list[PopulationRow]:
    """The table's persons; `grids` are codes by name. Raises TableFaults with all that is wrong."""
    found: dict[tuple[object, ...], tuple[int, PopulationRow]] = {}
    for line, cells in rows:
        try:
            row = _population_row(line, cells, grids)
        except PlaceError as error:
            faults.append(str(error))
            continue
        first = found.setdefault((row.grid, row.age, row.sex), (line, row))[0]
        if first != line:
            faults.append(say("place.table_cell_twice", line=line, first=first))
    _refuse(faults)
    if not found:
        raise PlaceError(say("place.table_empty"))
    return [row for _, row in found.values()]


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
        raise PlaceError(say("place.table_row", line=line, told=fault_of(error, _column))) from error


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
    ages = int(first), OLDEST if up else int(last or first)
    if ages[0] > ages[1]:
        raise PlaceError(say("place.age_unclear", line=line, given=cell))
    return ages


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
    """Delete a place that nothing hangs on; else PlaceError, not saying how many: they may be few."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name != kind or table.name in ("building", "population"):
                continue
            hanging = select(key.parent).where(key.parent == place.id).limit(1)
            if session.execute(hanging).first():
                what = say(f"place.use.{table.name}" if f"place.use.{table.name}" in sentences() else OTHER)
                raise PlaceError(say(f"place.{kind}_in_use", name=place.name, what=what))
    session.delete(place)
    session.flush()


OTHER = "place.use.other"

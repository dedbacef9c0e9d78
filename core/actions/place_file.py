"""PLACE.yaml: what a community is made of, checked before anything of it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import Invalid
from core.words import say
from models.place import Population
from models.taxonomy import AGE_BANDS

OLDEST = AGE_BANDS[-1].last
Location = tuple[int | str, ...]
# Codes end up in addresses, file names and QR codes.
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\w.\-]+$")]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Persons = Annotated[int, Field(ge=0, le=10_000_000)]
Age = Annotated[int, Field(ge=0, le=OLDEST)]


class PlaceError(Invalid):
    """A place file or table that can't be used; the message names the line and the field."""


class _Part(BaseModel):
    """Parent of all parts: nothing unknown is accepted. Codes may be written as numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class _Box(_Part):
    """A rectangle on the schematic map, in map units, y downwards; without it one is laid out."""

    x: float | None = None
    y: float | None = None
    w: Annotated[float, Field(gt=0)] | None = None
    h: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len({value is None for value in (self.x, self.y, self.w, self.h)}) > 1:
            raise ValueError("box_incomplete")
        return self

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """x, y, w, h; None when the file gives no position."""
        if self.x is None or self.y is None or self.w is None or self.h is None:
            return None
        return self.x, self.y, self.w, self.h


class BuildingPart(_Box):
    """楼栋."""

    code: Code
    name: Name
    households: Annotated[int, Field(ge=0, le=100_000)] | None = None


class GridPart(_Box):
    """网格 with its buildings."""

    code: Code
    name: Name
    buildings: tuple[BuildingPart, ...] = ()

    @model_validator(mode="after")
    def _codes(self) -> Self:
        _once("building_twice", (b.code for b in self.buildings))
        return self


class PopulationRow(_Part):
    """Persons of one cell or margin; what is left out means "all of them". `age` is [first, last]."""

    n: Persons
    grid: str | None = None
    age: tuple[Age, Age] | None = None
    sex: Literal[1, 2] | None = None

    @model_validator(mode="after")
    def _ages(self) -> Self:
        if self.age and self.age[0] > self.age[1]:
            raise ValueError("ages_backwards")
        return self


class PopulationSource(_Part):
    """Where figures come from, of which day, and whom they count."""

    source: Annotated[str, Field(min_length=1, max_length=200)]
    as_of: date
    counts: Annotated[str, Field(min_length=1, max_length=20)] = Population.model_fields["counts"].default
    with_tenants: bool = True
    assumed: bool = False


class PopulationPart(PopulationSource):
    """人口: rows with what they all have in common."""

    rows: Annotated[tuple[PopulationRow, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _cells(self) -> Self:
        _once("cell_twice", (str((row.grid, row.age, row.sex)) for row in self.rows))
        return self


class NamedPart(_Part):
    """Something with a code and a name."""

    code: Code
    name: Name


class CommunityPart(NamedPart):
    """社区."""

    phone: Annotated[str, Field(max_length=40)] = ""
    synthetic: bool = False


class Place(_Part):
    """A whole place file."""

    community: CommunityPart
    grids: Annotated[tuple[GridPart, ...], Field(min_length=1)]
    subdistrict: NamedPart | None = None
    population: PopulationPart | None = None

    @property
    def name(self) -> str:
        """The community's name."""
        return self.community.name

    @model_validator(mode="after")
    def _agree(self) -> Self:
        codes = {grid.code for grid in self.grids}
        _once("grid_twice", (grid.code for grid in self.grids))
        for row in self.population.rows if self.population else ():
            if row.grid is not None and row.grid not in codes:
                raise ValueError(f"row_of_unknown_grid:{row.grid}")
        return self


def _once(rule: str, codes: Iterator[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise ValueError(f"{rule}:{code}")
        seen.add(code)


def load_place(path: Path) -> Place:
    """A place from a YAML file (UTF-8); raises PlaceError naming file, line and field."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise PlaceError(say("place.unreadable", name=path.name)) from error
    except UnicodeDecodeError as error:
        raise PlaceError(say("place.not_utf8", name=path.name)) from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise PlaceError(say("place.torn", name=path.name, line=mark.line + 1 if mark else 1)) from error
    if not isinstance(data, Mapping):
        raise PlaceError(say("place.not_a_place", name=path.name))
    try:
        return parse_place(data)
    except PlaceFault as fault:
        raise PlaceError(
            say("place.at_line", name=path.name, line=_line(node, fault.where), told=fault)
        ) from fault


class PlaceFault(PlaceError):
    """One thing wrong in a place's data; `where` is the way to it: keys and positions."""

    def __init__(self, told: str, where: Location) -> None:
        super().__init__(told)
        self.where = where


def parse_place(data: Mapping[str, Any]) -> Place:
    """A place from plain data; raises PlaceFault for the first thing wrong."""
    try:
        return Place.model_validate(data)
    except ValidationError as error:
        raise fault_of(error) from error


def _path(where: Location) -> str:
    return ".".join(f"{part + 1}" if isinstance(part, int) else part for part in where) or "—"


def fault_of(error: ValidationError, named: Callable[[Location], str] = _path) -> PlaceFault:
    """The first error of a validation as a sentence; `named` says what its field is called there."""
    first = error.errors()[0]
    where = tuple(part for part in first["loc"] if not str(part).startswith("tuple["))
    field = named(where)
    kind = first["type"]
    if kind == "value_error":  # one of our own rules: "rule" or "rule:code"
        kind, _, code = str(first["ctx"]["error"]).partition(":")
        return PlaceFault(say(f"place.rule.{kind}", field=field, code=code), where)
    rule = next((r for r in PYDANTIC if kind.startswith(r)), "other")
    given = "" if isinstance(first["input"], Mapping | list | tuple) else str(first["input"])[:40]
    return PlaceFault(say(f"place.rule.{rule}", field=field, given=given), where)


PYDANTIC = (
    "missing", "extra_forbidden", "string_pattern", "string_too_long", "string_too_short", "string",
    "int", "float", "date", "bool", "greater_than", "less_than", "literal", "too_short", "tuple",
)  # fmt: skip


def _line(node: yaml.Node | None, where: Location) -> int:
    """The line of the deepest part of `where` that the file has."""
    line = node.start_mark.line + 1 if node else 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            node = None
        if node is None:
            break
        line = int(node.start_mark.line) + 1
    return line

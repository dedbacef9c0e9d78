"""What stands in the record, for the set-up screens: places, population, accounts, rounds. No data frames."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access import Grant
from models.account import Account, AccountRole
from models.place import Building, Community, Grid, Population, Subdistrict
from models.programme import Contract, Provider
from models.questionnaire import Questionnaire, Round
from models.response import Draft, Response


@dataclass(frozen=True, slots=True)
class PlacesStanding:
    """How many places there are; `households` is null when no building's number is known."""

    grids: int
    buildings: int
    households: int | None
    without_households: int


class PopulationPattern(NamedTuple):
    """Rows that are broken down the same way, say by grid and sex; `n` is their sum of persons."""

    by_grid: bool
    by_age: bool
    by_sex: bool
    rows: int
    n: int


@dataclass(frozen=True, slots=True)
class PopulationStanding:
    """The stored population: where it comes from, and each way it is broken down."""

    source: str
    as_of: date
    counts: str
    with_tenants: bool
    assumed: bool
    patterns: tuple[PopulationPattern, ...]

    @property
    def broken_down(self) -> tuple[bool, bool, bool]:
        """Whether any rows are by grid, by age, by sex."""
        found = self.patterns
        return any(p.by_grid for p in found), any(p.by_age for p in found), any(p.by_sex for p in found)

    @property
    def totals(self) -> tuple[int, int]:
        """The smallest and the largest sum of the patterns; unlike where the source contradicts itself."""
        sums = [pattern.n for pattern in self.patterns]
        return min(sums), max(sums)


class PlaceRow(NamedTuple):
    """One line of the table of places; a grid without buildings has one with empty cells."""

    grid: str
    grid_name: str
    building: str | None
    building_name: str | None
    households: int | None


class PersonsRow(NamedTuple):
    """One line of the table of persons; null means all of them."""

    grid: str | None
    age_from: int | None
    age_to: int | None
    sex: int | None
    n: int


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account with what it was granted."""

    account_id: int
    name: str
    display: str
    demo: bool
    active: bool
    expires_at: datetime | None
    locked_until: datetime | None
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round of a community; `n` counts its responses, `late` the sheets that came after it had closed."""

    round_id: int
    code: str
    name: str
    kind: str
    opens_at: datetime
    closes_at: datetime | None
    n: int
    late: int


def places_standing(session: Session, community_id: int) -> PlacesStanding:
    """How many grids, buildings and households the community has."""
    grids = select(func.count()).select_from(Grid).where(col(Grid.community_id) == community_id)
    known = col(Building.households)
    query = select(func.count(), func.sum(known), func.count(known)).select_from(Building).join(Grid)
    n, households, told = session.execute(query.where(col(Grid.community_id) == community_id)).one()
    return PlacesStanding(session.scalar(grids) or 0, n, None if not told else int(households), n - told)


def population_standing(session: Session, community_id: int) -> PopulationStanding | None:
    """The community's population as it is stored; None when there is none."""
    here = col(Population.community_id) == community_id
    first = session.scalars(select(Population).where(here).order_by(col(Population.id)).limit(1)).first()
    if first is None:
        return None
    axes = [col(c).is_not(None) for c in (Population.grid_id, Population.age_from, Population.sex)]
    query = select(*axes, func.count(), func.sum(col(Population.n))).where(here).group_by(*axes)
    rows = session.execute(query).all()
    patterns = [PopulationPattern(bool(g), bool(a), bool(s), k, int(n)) for g, a, s, k, n in rows]
    return PopulationStanding(
        first.source,
        first.as_of,
        first.counts,
        first.with_tenants,
        first.assumed,
        tuple(sorted(patterns, key=lambda pattern: pattern[:3])),
    )


def place_rows(session: Session, community_id: int) -> list[PlaceRow]:
    """The community's places as lines of a table, in the order they were made."""
    shown = (Grid.code, Grid.name, Building.code, Building.name, Building.households)
    query = (
        select(*map(col, shown))
        .select_from(Grid)
        .join(Building, isouter=True)
        .where(col(Grid.community_id) == community_id)
        .order_by(col(Grid.id), col(Building.id))
    )
    return [PlaceRow(*row) for row in session.execute(query)]


def population_rows(session: Session, community_id: int) -> list[PersonsRow]:
    """The community's population as lines of a table, in the order it was given."""
    shown = (Grid.code, Population.age_from, Population.age_to, Population.sex, Population.n)
    query = (
        select(*map(col, shown))
        .select_from(Population)
        .join(Grid, isouter=True)
        .where(col(Population.community_id) == community_id)
        .order_by(col(Population.id))
    )
    return [PersonsRow(*row) for row in session.execute(query)]


def accounts(session: Session) -> list[AccountRow]:
    """All accounts: those in use first, then by name."""
    granted: dict[int, list[Grant]] = {}
    for role in session.scalars(select(AccountRole).order_by(col(AccountRole.id))):
        granted.setdefault(role.account_id, []).append(Grant(role.role, role.scope, role.scope_id))
    found = session.scalars(select(Account).order_by(col(Account.active).desc(), col(Account.name)))
    return [
        AccountRow(
            one.id or 0, one.name, one.display, one.demo, one.active, one.expires_at, one.locked_until,
            tuple(granted.get(one.id or 0, ())),
        )
        for one in found
    ]  # fmt: skip


def scope_names(session: Session) -> dict[tuple[str, int], str]:
    """What each scope is called: (scope, id) → name. Imported letters' communities are left out."""
    found: dict[tuple[str, int], str] = {}
    own = col(Community.source) == ""
    queries = {
        "subdistrict": select(col(Subdistrict.id), col(Subdistrict.name)),
        "community": select(col(Community.id), col(Community.name)).where(own),
        "provider": select(col(Provider.id), col(Provider.name)),
        "contract": select(col(Contract.id), col(Contract.name)),
    }
    for scope, query in queries.items():
        found |= {(scope, id_): name for id_, name in session.execute(query.order_by("id"))}
    return found


def rounds_of(session: Session, community_id: int) -> list[RoundRow]:
    """The community's rounds with the numbers of their responses and late sheets, the newest first."""
    shown = (Round.id, Round.code, Round.name, Questionnaire.kind, Round.opens_at, Round.closes_at)
    counted = (
        select(func.count()).where(col(Response.round_id) == col(Round.id)).correlate(Round).scalar_subquery()
    )
    late = (
        select(func.count())
        .where(col(Draft.round_id) == col(Round.id), col(Draft.late))
        .correlate(Round)
        .scalar_subquery()
    )
    query = (
        select(*map(col, shown), counted, late)
        .select_from(Round)
        .join(Questionnaire)
        .where(col(Round.community_id) == community_id)
        .order_by(col(Round.opens_at).desc(), col(Round.id).desc())
    )
    return [RoundRow(*row) for row in session.execute(query)]


def free_round_code(session: Session, wanted: str) -> str:
    """`wanted` (at most 36 characters), or the first of wanted-2, wanted-3, … that no round has."""
    there = set(session.scalars(select(col(Round.code)).where(col(Round.code).startswith(wanted))))
    number, code = 1, wanted
    while code in there:
        number += 1
        code = f"{wanted}-{number}"
    return code

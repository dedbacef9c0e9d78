"""What posters and slips lead to: the place, activity or survey chosen, checked against the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from core.errors import Invalid, NotFound
from core.queries.place_picker import BuildingRow, GridRow, buildings_to_choose, grids_to_choose
from core.queries.rounds import ActivityCard, CommunityCard, recent_activities
from core.queries.setup import RoundRow, rounds_of
from core.tickets import NUMBERS, Slips, serials
from core.words import say
from models.questionnaire import Round
from models.response import Response

KINDS: Final = ("community", "grid", "building", "activity", "slips")
# Activities one may print a poster for: those of the last weeks and of the next.
AROUND, MOST_ACTIVITIES = timedelta(days=60), 100
# Slips printed at once: more would keep a browser busy for long.
MOST_SLIPS: Final = 200


class Wanted(NamedTuple):
    """What was chosen, by codes; empty where it does not matter. `n` slips from number `first` on."""

    kind: str
    grid: str = ""
    building: str = ""
    activity: str = ""
    round: str = ""
    first: int = 1
    n: int = 1


@dataclass(frozen=True, slots=True)
class Target:
    """Where one code leads: `path` and what it carries; `name` is the place's or the activity's."""

    path: str
    carried: dict[str, str] = field(default_factory=dict)
    name: str = ""
    serial: int = 0


@dataclass(frozen=True, slots=True)
class ToChoose:
    """What can be chosen in a community: its places, activities, and surveys that are not over."""

    grids: list[GridRow]
    buildings: list[BuildingRow]
    activities: list[ActivityCard]
    rounds: list[RoundRow]

    def of_kind(self, kind: str) -> list[RoundRow]:
        """The surveys of a kind, the newest first."""
        return [row for row in self.rounds if row.kind == kind]


def to_choose(session: Session, community_id: int, at: datetime) -> ToChoose:
    """Everything a poster can be made for, at a moment."""
    open_now = [
        row for row in rounds_of(session, community_id) if row.closes_at is None or row.closes_at > at
    ]
    since, until = at - AROUND, at + AROUND
    return ToChoose(
        grids_to_choose(session, community_id),
        buildings_to_choose(session, community_id),
        recent_activities(session, community_id, since=since, until=until, most=MOST_ACTIVITIES),
        open_now,
    )


def poster_target(session: Session, community: CommunityCard, wanted: Wanted, at: datetime) -> Target:
    """Where the poster's code leads. Raises NotFound, Invalid (no such kind)."""
    found = to_choose(session, community.community_id, at)
    if wanted.kind == "activity":
        activity = next((one for one in found.activities if one.code == wanted.activity), None)
        if activity is None:
            raise NotFound.say("unknown_activity")
        path = f"/f/{_round(found, 'feedback', wanted.round).code}"
        return Target(path, {"a": activity.code}, activity.name)
    if wanted.kind not in ("community", "grid", "building"):
        raise Invalid(say("posters.no_kind"))
    carried = {"c": community.code}
    if wanted.kind == "community":
        return Target("/f", carried)
    return _at(Target("/f", carried), found, wanted)


def slips_targets(session: Session, community: CommunityCard, wanted: Wanted, at: datetime) -> list[Target]:
    """Where the code of each slip leads, in the order of their serial numbers. Raises NotFound, Invalid."""
    found = to_choose(session, community.community_id, at)
    survey = _round(found, "needs", wanted.round).code
    place = _at(Target(f"/f/{survey}"), found, wanted)
    if not 1 <= wanted.n <= MOST_SLIPS or not 1 <= wanted.first <= NUMBERS - wanted.n:
        raise Invalid(say("posters.slips.wrong_numbers", most=MOST_SLIPS, last=NUMBERS - 1))
    grid = next(row for row in found.grids if row.code == wanted.grid)
    house = _house(found, grid, wanted.building)
    slips = Slips(survey, wanted.grid)
    return [
        Target(place.path, place.carried | {"t": slips.ticket(serial)}, place.name, serial)
        for serial in serials(house.building_id if house else 0, wanted.first, wanted.n)
    ]


def _at(target: Target, found: ToChoose, wanted: Wanted) -> Target:
    """The target with its place: a grid, or a building of it."""
    grid = next((row for row in found.grids if row.code == wanted.grid), None)
    if grid is None:
        raise NotFound.say("unknown_grid")
    house = _house(found, grid, wanted.building)
    if house is None:
        if wanted.building or wanted.kind == "building":
            raise NotFound.say("unknown_building")
        return Target(target.path, target.carried | {"g": grid.code}, grid.name)
    name = say("posters.place", grid=grid.name, building=house.name)
    return Target(target.path, target.carried | {"g": grid.code, "b": house.code}, name)


def _house(found: ToChoose, grid: GridRow, code: str) -> BuildingRow | None:
    return next((row for row in found.buildings if (row.grid_id, row.code) == (grid.grid_id, code)), None)


def _round(found: ToChoose, kind: str, code: str) -> RoundRow:
    row = next((row for row in found.of_kind(kind) if row.code == code), None)
    if row is None:
        raise NotFound.say("unknown_round")
    return row


class TicketsUsed(NamedTuple):
    """How many responses of a survey came on household tickets, and how many of them beyond the allowance."""

    round_id: int
    name: str
    on_tickets: int
    beyond: int


def tickets_used(session: Session, community_id: int) -> list[TicketsUsed]:
    """Per survey of the community that has any, the newest first."""
    flagged = case(((";" + col(Response.flags) + ";").contains(";ticket;"), 1), else_=0)
    query = (
        select(col(Round.id), col(Round.name), func.count(), func.sum(flagged))
        .join_from(Round, Response, col(Response.round_id) == col(Round.id))
        .where(col(Round.community_id) == community_id, col(Response.ticket).is_not(None))
        .group_by(col(Round.id), col(Round.name))
        .order_by(col(Round.id).desc())
    )
    return [TicketsUsed(id_, name, int(n), int(beyond)) for id_, name, n, beyond in session.execute(query)]

"""What a resident can answer now: communities, open rounds, activities to rate. No data frames here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import or_, select
from sqlmodel import Session, col

from models.place import Community
from models.programme import Activity
from models.questionnaire import Questionnaire, Round
from models.response import Response

# A promised time rests on this many of the last responses, and on no fewer than ENOUGH.
LATELY, ENOUGH = 101, 5


@dataclass(frozen=True, slots=True)
class CommunityCard:
    """What a resident's screen says about a community; `source` is set where texts were imported."""

    community_id: int
    code: str
    name: str
    phone: str
    synthetic: bool
    source: str


@dataclass(frozen=True, slots=True)
class OpenRound:
    """One round that takes answers; `closes_at` is null while nobody has set an end."""

    round_id: int
    name: str
    kind: str
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class ActivityCard:
    """One activity a resident may have been to."""

    activity_id: int
    name: str
    area: str
    starts_at: datetime
    venue: str


def communities(session: Session) -> list[CommunityCard]:
    """All communities, in the order they were made."""
    shown = (
        Community.id,
        Community.code,
        Community.name,
        Community.phone,
        Community.synthetic,
        Community.source,
    )
    query = select(*map(col, shown)).order_by(col(Community.id))
    return [CommunityCard(*row) for row in session.execute(query)]


def open_rounds(session: Session, community_id: int, at: datetime) -> list[OpenRound]:
    """The community's rounds open at a moment, the newest first."""
    query = (
        select(col(Round.id), col(Round.name), col(Questionnaire.kind), col(Round.closes_at))
        .join(Questionnaire)
        .where(
            col(Round.community_id) == community_id,
            col(Round.opens_at) <= at,
            or_(col(Round.closes_at).is_(None), col(Round.closes_at) > at),
        )
        .order_by(col(Round.opens_at).desc(), col(Round.id).desc())
    )
    return [OpenRound(*row) for row in session.execute(query)]


def recent_activities(
    session: Session, community_id: int, *, since: datetime, until: datetime, most: int = 12
) -> list[ActivityCard]:
    """Activities that began in the span and were not cancelled, the latest first."""
    shown = (Activity.id, Activity.name, Activity.area, Activity.starts_at, Activity.venue)
    query = (
        select(*map(col, shown))
        .where(
            col(Activity.community_id) == community_id,
            col(Activity.starts_at).between(since, until),
            col(Activity.cancelled).is_(False),
        )
        .order_by(col(Activity.starts_at).desc(), col(Activity.id).desc())
        .limit(most)
    )
    return [ActivityCard(*row) for row in session.execute(query)]


def minutes_taken(session: Session, round_id: int, *, short: bool) -> int | None:
    """How many minutes residents who filled it in themselves took lately (median, at least 1).

    None until enough of them have: a promised time is a measured one. Counts the last LATELY responses.
    """
    query = (
        select(col(Response.seconds))
        .where(
            col(Response.round_id) == round_id,
            col(Response.short).is_(short),
            col(Response.collector) == "self",
            col(Response.seconds).is_not(None),
        )
        .order_by(col(Response.id).desc())
        .limit(LATELY)
    )
    seconds = [taken for taken in session.scalars(query) if taken is not None]
    return max(1, round(median(seconds) / 60)) if len(seconds) >= ENOUGH else None

"""What a resident can answer now: communities, open rounds, activities to rate. No data frames here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session, col

from core.errors import NotFound
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
    code: str


@dataclass(frozen=True, slots=True)
class RoundDoor:
    """One round as its address leads to it, open or not."""

    round_id: int
    code: str
    name: str
    kind: str
    closes_at: datetime | None
    community: CommunityCard


@dataclass(frozen=True, slots=True)
class ActivityCard:
    """One activity a resident may have been to."""

    activity_id: int
    name: str
    area: str
    starts_at: datetime
    venue: str
    code: str


_CARD = (
    Community.id,
    Community.code,
    Community.name,
    Community.phone,
    Community.synthetic,
    Community.source,
)
# Asked on every run of every screen: putting a statement together costs more than carrying it out.
_COMMUNITIES: Final = select(*map(col, _CARD)).order_by(col(Community.id))


_DOOR: Final = (
    select(
        *map(col, (Round.id, Round.code, Round.name, Questionnaire.kind, Round.closes_at)), *map(col, _CARD)
    )
    .join_from(Round, Questionnaire)
    .join(Community, col(Community.id) == col(Round.community_id))
    .where(col(Round.code) == bindparam("code"))
)


def communities(session: Session) -> list[CommunityCard]:
    """All communities, in the order they were made."""
    return [CommunityCard(*row) for row in session.execute(_COMMUNITIES)]


def round_of_code(session: Session, code: str) -> RoundDoor:
    """The round of a code, as an address or a QR code has it. Raises NotFound."""
    found = session.execute(_DOOR, {"code": code}).first()
    if found is None:
        raise NotFound.say("unknown_round")
    round_id, round_code, name, kind, closes_at, *card = found
    return RoundDoor(round_id, round_code, name, kind, closes_at, CommunityCard(*card))


def code_of_round(session: Session, round_id: int) -> str:
    """The code of a round, as its address has it. Raises NotFound."""
    code = session.scalar(select(col(Round.code)).where(col(Round.id) == round_id))
    if code is None:
        raise NotFound.say("unknown_round")
    return code


def code_of_activity(session: Session, activity_id: int) -> str:
    """The code of an activity; empty when it is not there (any more)."""
    return session.scalar(select(col(Activity.code)).where(col(Activity.id) == activity_id)) or ""


_ACTIVITY = (Activity.id, Activity.name, Activity.area, Activity.starts_at, Activity.venue, Activity.code)


def activity_of_code(session: Session, code: str) -> ActivityCard | None:
    """One activity by its code, as a QR code has it; None when there is none."""
    found = session.execute(select(*map(col, _ACTIVITY)).where(col(Activity.code) == code)).first()
    return ActivityCard(*found) if found else None


def open_rounds(session: Session, community_id: int, at: datetime) -> list[OpenRound]:
    """The community's rounds open at a moment, the newest first."""
    query = (
        select(*map(col, (Round.id, Round.name, Questionnaire.kind, Round.closes_at, Round.code)))
        .join_from(Round, Questionnaire)
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
    query = (
        select(*map(col, _ACTIVITY))
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

"""The public board: published results, answers to residents, activities with free places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from models.account import Snapshot
from models.comment import AnswerToResidents
from models.programme import Activity, Enrolment
from models.questionnaire import Round


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """The newest snapshot of a round: `figures` are rows as `estimate` gives them (see DESIGN)."""

    round_id: int
    name: str
    version: int
    note: str
    published_at: datetime
    figures: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """One answer the committee has made public; `voices` is how many residents said so, if counted."""

    area: str
    topic: str
    voices: int | None
    state: str
    reason: str
    owner: str
    due_on: date | None
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class ComingActivity:
    """An activity still to come; `capacity` is null when the number of places is not limited.

    `waiting` are on its waiting list; `needs_contact`: signing up asks for a name and a phone number.
    """

    activity_id: int
    name: str
    area: str
    starts_at: datetime
    venue: str
    capacity: int | None
    code: str
    needs_contact: bool
    enrolled: int
    waiting: int

    @property
    def free(self) -> int | None:
        """Places left, never below 0; null when unlimited."""
        return None if self.capacity is None else max(0, self.capacity - self.enrolled)


def latest_result(session: Session, community_id: int) -> PublishedResult | None:
    """The result published last in this community; None when nothing is published yet."""
    shown = (
        Snapshot.round_id,
        Round.name,
        Snapshot.version,
        Snapshot.note,
        Snapshot.published_at,
        Snapshot.figures,
    )
    query = (
        select(*map(col, shown))
        .join_from(Snapshot, Round)
        .where(col(Snapshot.community_id) == community_id)
        .order_by(col(Snapshot.published_at).desc(), col(Snapshot.version).desc())
    )
    found = session.execute(query).first()
    return None if found is None else PublishedResult(*found)


def published_answers(session: Session, community_id: int, *, most: int = 20) -> list[PublishedAnswer]:
    """Answers made public, the latest first."""
    shown = (
        AnswerToResidents.area,
        AnswerToResidents.topic,
        AnswerToResidents.voices,
        AnswerToResidents.state,
        AnswerToResidents.reason,
        AnswerToResidents.owner,
        AnswerToResidents.due_on,
        AnswerToResidents.answered_at,
    )
    query = (
        select(*map(col, shown))
        .where(
            col(AnswerToResidents.community_id) == community_id,
            col(AnswerToResidents.published).is_(True),
        )
        .order_by(col(AnswerToResidents.answered_at).desc(), col(AnswerToResidents.id).desc())
        .limit(most)
    )
    return [PublishedAnswer(*row) for row in session.execute(query)]


def coming_activities(
    session: Session, community_id: int, *, since: datetime, until: datetime, most: int = 10
) -> list[ComingActivity]:
    """Activities that begin in the span and were not cancelled, the next first, with places taken."""
    shown = (
        Activity.id,
        Activity.name,
        Activity.area,
        Activity.starts_at,
        Activity.venue,
        Activity.capacity,
        Activity.code,
        Activity.needs_contact,
    )
    counted = (func.count(case((col(Enrolment.state) == state, 1))) for state in ("enrolled", "waiting"))
    query = (
        select(*map(col, shown), *counted)
        .join_from(Activity, Enrolment, isouter=True)
        .where(
            col(Activity.community_id) == community_id,
            col(Activity.starts_at).between(since, until),
            col(Activity.cancelled).is_(False),
        )
        .group_by(col(Activity.id))
        .order_by(col(Activity.starts_at), col(Activity.id))
        .limit(most)
    )
    return [ComingActivity(*row) for row in session.execute(query)]

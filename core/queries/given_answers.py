"""What was answered: to one comment, to whom else it matters, and what of it stands on the public board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from models.comment import AnswerToResidents
from models.topic import APPROVED, CommentTopic, Topic


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as staff see it; `wording`: what the public board calls it, empty where it is not there."""

    answer_id: int
    state: str
    reason: str
    owner: str
    due_on: date | None
    answered_at: datetime
    wording: str


@dataclass(frozen=True, slots=True)
class TopicHere:
    """The topic of a comment: its id, its approved title (may be empty) and how many comments it has."""

    topic_id: int
    title: str
    comments: int


@dataclass(frozen=True, slots=True)
class OnBoard:
    """One answer that stands on the public board."""

    answer_id: int
    area: str
    wording: str
    voices: int | None
    state: str
    answered_at: datetime


def answers_of(session: Session, comment_id: int) -> tuple[Given, ...]:
    """All answers to a comment, in the order they were given."""
    rows = session.scalars(
        select(AnswerToResidents)
        .where(col(AnswerToResidents.comment_id) == comment_id)
        .order_by(col(AnswerToResidents.answered_at), col(AnswerToResidents.id))
    )
    return tuple(
        Given(
            row.id or 0, row.state, row.reason, row.owner, row.due_on, row.answered_at,
            row.topic if row.published else "",
        )
        for row in rows
    )  # fmt: skip


def topic_here(session: Session, comment_id: int) -> TopicHere | None:
    """The topic a comment counts to; None where it has none."""
    own = select(col(CommentTopic.topic_id)).where(col(CommentTopic.comment_id) == comment_id)
    into = select(func.coalesce(col(Topic.merged_into_id), col(Topic.id)))
    found = session.scalar(into.where(col(Topic.id) == own.scalar_subquery()))
    topic = session.get(Topic, found) if found else None
    if topic is None:
        return None
    counted = or_(col(Topic.id) == topic.id, col(Topic.merged_into_id) == topic.id)
    query = select(func.count()).select_from(CommentTopic).where(
        col(CommentTopic.topic_id).in_(select(col(Topic.id)).where(counted))
    )  # fmt: skip
    title = topic.title if topic.state == APPROVED else ""
    return TopicHere(topic.id or 0, title, int(session.execute(query).scalar_one()))


def on_the_board(session: Session, community_id: int) -> list[OnBoard]:
    """What stands on the public board, the latest first."""
    row = AnswerToResidents
    shown = (row.id, row.area, row.topic, row.voices, row.state, row.answered_at)
    query = (
        select(*map(col, shown))
        .where(col(row.community_id) == community_id, col(row.published).is_(True))
        .order_by(col(row.answered_at).desc(), col(row.id).desc())
    )
    return [OnBoard(*found) for found in session.execute(query)]

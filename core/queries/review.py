"""One comment as a reviewer meets it before deciding: what the machine says, nothing that a person said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlmodel import Session, col

from core.words import CHINA
from models.comment import Classification, Comment, Correction, Label


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reviews, and the comments of which community."""

    community_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One comment as a reviewer meets it: redacted, with the machine's reading and nobody's label.

    `suggestions`: its two likeliest areas (fewer when it was not read); `areas`: its secondary ones. `meant`:
    the area its author says was meant, or empty.
    """

    comment_id: int
    text: str
    said_at: datetime
    channel: str
    state: str
    suggestions: tuple[str, ...]
    areas: tuple[str, ...]
    sentiment: str
    intent: str
    urgent: bool
    meant: str = ""


urgent_first: Final[ColumnElement[bool]] = or_(
    func.coalesce(col(Classification.urgent), False).is_(True), col(Comment.danger) != ""
)


def review_item(session: Session, desk: Desk, comment_id: int) -> ReviewItem | None:
    """One comment of the community, whoever has labelled it; None when it is not there (any more)."""
    read = Classification
    shown: tuple[Any, ...] = (
        col(Comment.redacted), col(Comment.said_at), col(Comment.channel), col(Comment.state), col(read.area),
        col(read.second), col(read.areas), col(read.sentiment), col(read.intent), urgent_first,
        func.coalesce(col(Correction.area), ""),
    )  # fmt: skip
    query = with_reading(select(*shown)).outerjoin(Correction, col(Correction.comment_id) == col(Comment.id))
    query = query.where(col(Comment.id) == comment_id, col(Comment.community_id) == desk.community_id)
    row = session.execute(query).first()
    if row is None:
        return None
    words, said_at, channel, state, area, second, areas, sentiment, intent, urgent, meant = row
    suggestions = tuple(code for code in (area, second) if code)
    others = tuple(code for code in (areas or "").split(";") if code)
    return ReviewItem(
        comment_id, words, said_at, channel, state, suggestions, others, sentiment or "neu", intent or "none",
        bool(urgent), meant,
    )  # fmt: skip


def labelled_today(session: Session, desk: Desk, at: datetime) -> int:
    """How many labels of this reviewer stand that were given since midnight in China."""
    midnight = at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    query = (
        select(func.count())
        .select_from(Label)
        .join(Comment, col(Comment.id) == col(Label.comment_id))
        .where(
            col(Label.account_id) == desk.account_id,
            col(Label.labelled_at) >= midnight,
            col(Comment.community_id) == desk.community_id,
        )
    )
    return int(session.execute(query).scalar_one())


def with_reading(query: Select[Any]) -> Select[Any]:
    """Comments with the reading in force, where there is one."""
    return query.select_from(Comment).join(
        Classification, col(Classification.id) == col(Comment.classification_id), isouter=True
    )

"""主题: what many comments of one area are about, and which comments those are."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, BigInteger, ColumnElement, Subquery, case, func, select
from sqlmodel import Field, col

from models.base import BIG_ID, Base, UTCDateTime
from models.comment import Classification, Comment, Label

FOUND: Final = "found"
APPROVED: Final = "approved"
HIDDEN: Final = "hidden"
MERGED: Final = "merged"
TOPIC_STATES: Final = (FOUND, APPROVED, HIDDEN, MERGED)


class Topic(Base, table=True):
    """A topic as it is kept from one search to the next.

    `title` is what a person approved; residents never see anything else of it. `centre` (word → weight)
    is what the topic is known by again: it follows the comments while nobody has decided on the topic, and
    stays as it was decided upon from then on. `merged_into_id` is a topic of the same area.
    """

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    area: str = Field(max_length=20)
    state: str = Field(default=FOUND, max_length=12)
    title: str = Field(default="", max_length=40)
    words: list[str] = Field(sa_type=JSON)
    centre: dict[str, float] = Field(sa_type=JSON)
    titled_by: int | None = Field(default=None, foreign_key="account.id")
    titled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    found_at: datetime = Field(sa_type=UTCDateTime)
    # No foreign key: a restore writes the rows by their ids, and a topic may be merged into a later one.
    merged_into_id: int | None = None


class CommentTopic(Base, table=True):
    """The one topic a comment belongs to; goes when the comment goes.

    `nearness` 0–1: how typical it is of the topic. `repeats_id`: the comment it says again in nearly the same
    words, its own id when it repeats none.
    """

    __tablename__ = "comment_topic"

    comment_id: int = Field(foreign_key="comment.id", ondelete="CASCADE", primary_key=True, sa_type=BIG_ID)
    topic_id: int = Field(foreign_key="topic.id", index=True)
    nearness: float
    repeats_id: int = Field(sa_type=BigInteger)


def decided_areas(community_id: int) -> Subquery:
    """Comments of a community whose area is decided (comment_id, area): by the newest label, else as read."""
    newest = select(func.max(col(Label.id)).label("id")).group_by(col(Label.comment_id)).subquery()
    area = func.coalesce(col(Label.area), col(Classification.area))
    read = col(Comment.state) == "classified"
    label = (col(Label.comment_id) == col(Comment.id)) & col(Label.id).in_(select(newest.c.id))
    return (
        select(col(Comment.id).label("comment_id"), area.label("area"))
        .outerjoin(Classification, (col(Classification.id) == col(Comment.classification_id)) & read)
        .outerjoin(Label, label)
        .where(col(Comment.community_id) == community_id, area.is_not(None))
        .subquery("decided")
    )


def voice() -> ColumnElement[int]:
    """Whose comment it is, as far as the record knows: all comments of one response are one voice."""
    return case((col(Comment.response_id).is_not(None), -col(Comment.response_id)), else_=col(Comment.id))

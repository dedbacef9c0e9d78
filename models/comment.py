"""意见 and how they were read: by the machine (classification), by a person (label), and what came of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field

from models.base import BIG_ID, Base, UTCDateTime

# How long one's own label can be taken back; until then nobody else's label of the comment is shown.
UNDO_MINUTES = 30


def _where_set(column: str, *, unique: bool = False) -> Index:
    """An index over the rows of `comment` in which `column` is set."""
    rule = text(f"{column} IS NOT NULL")
    return Index(f"ix_comment_{column}", column, unique=unique, sqlite_where=rule, postgresql_where=rule)


class Comment(Base, table=True):
    """What a resident said. It may belong to a response, a round or an activity, or to none of them.

    `original` is restricted; `redacted` is what screens show. `state` is taxonomy.READING_STATES:
    every comment is in exactly one of them.
    """

    __table_args__ = (
        Index("ix_comment_community_id_said_at", "community_id", "said_at"),
        # Partial: most comments have none of these, and a null would still cost an index entry on SQLite.
        _where_set("response_id"),
        _where_set("receipt_hash", unique=True),
        _where_set("idempotency_key", unique=True),
        _where_set("import_key", unique=True),
        Index(
            "ix_comment_unread",
            "id",
            sqlite_where=text("state IN ('waiting', 'failed')"),
            postgresql_where=text("state IN ('waiting', 'failed')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_ID)
    community_id: int = Field(foreign_key="community.id")
    response_id: int | None = Field(default=None, foreign_key="response.id")
    round_id: int | None = Field(default=None, foreign_key="round.id")
    activity_id: int | None = Field(default=None, foreign_key="activity.id")
    grid_id: int | None = Field(default=None, foreign_key="grid.id")
    building_id: int | None = Field(default=None, foreign_key="building.id")
    channel: str = Field(max_length=12)
    original: str = Field(sa_type=Text)
    redacted: str = Field(sa_type=Text)
    said_at: datetime = Field(sa_type=UTCDateTime)
    received_at: datetime = Field(sa_type=UTCDateTime)
    state: str = Field(default="waiting", max_length=12)
    attempts: int = 0
    danger: str = Field(default="", max_length=80, description="kinds found by the light word check")
    classification_id: int | None = Field(default=None, sa_type=BIG_ID)
    contact: str | None = Field(default=None, max_length=32, description="token of a Contact, if asked for")
    receipt_hash: str | None = Field(default=None, max_length=64)
    idempotency_key: str | None = Field(default=None, max_length=64)
    import_key: str | None = Field(default=None, max_length=64)


class Classification(Base, table=True):
    """机器分类: one reading of one comment by one version of the classifier."""

    __table_args__ = (UniqueConstraint("comment_id", "classifier"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_ID)
    comment_id: int = Field(foreign_key="comment.id", sa_type=BIG_ID)
    classifier: str = Field(max_length=40)
    area: str = Field(max_length=20, index=True)
    areas: str = Field(default="", max_length=60, description="secondary areas, joined by ;")
    probability: float
    second: str = Field(default="", max_length=20, description="the next likeliest area, for a reviewer")
    second_probability: float | None = Field(default=None, description="null: read before it was kept")
    sentiment: str = Field(max_length=4)
    intent: str = Field(max_length=12)
    urgent: bool
    abstained: bool
    read_at: datetime = Field(sa_type=UTCDateTime)


class Label(Base, table=True):
    """人工标注: what a person decided; stands beside the classification, never over it.

    All rows of this table stand; one that its author took back is moved to WithdrawnLabel.
    """

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id", index=True, sa_type=BIG_ID)
    account_id: int = Field(foreign_key="account.id")
    area: str = Field(max_length=20)
    areas: str = Field(default="", max_length=60)
    sentiment: str = Field(max_length=4)
    intent: str = Field(max_length=12)
    urgent: bool
    labelled_at: datetime = Field(sa_type=UTCDateTime)


class WithdrawnLabel(Base, table=True):
    """撤回的标注: a label its author took back, kept as it was."""

    __tablename__ = "withdrawn_label"

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id", index=True, sa_type=BIG_ID)
    account_id: int = Field(foreign_key="account.id")
    area: str = Field(max_length=20)
    areas: str = Field(default="", max_length=60)
    sentiment: str = Field(max_length=4)
    intent: str = Field(max_length=12)
    urgent: bool
    labelled_at: datetime = Field(sa_type=UTCDateTime)
    withdrawn_at: datetime = Field(sa_type=UTCDateTime)


class AnswerToResidents(Base, table=True):
    """回应: what became of a comment or of a topic: state, reason, owner, date."""

    __tablename__ = "answer_to_residents"

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    comment_id: int | None = Field(default=None, foreign_key="comment.id", index=True, sa_type=BIG_ID)
    area: str = Field(max_length=20)
    topic: str = Field(default="", max_length=120)
    voices: int | None = None
    state: str = Field(max_length=12)
    reason: str = Field(default="", max_length=400)
    owner: str = Field(default="", max_length=80)
    due_on: date | None = None
    answered_at: datetime = Field(sa_type=UTCDateTime)
    published: bool = False


class Verdict(Base, table=True):
    """居民评价: whether its author thinks the matter of a comment settled (taxonomy.VERDICTS)."""

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id", unique=True, sa_type=BIG_ID)
    verdict: str = Field(max_length=12)
    given_at: datetime = Field(sa_type=UTCDateTime)


class Correction(Base, table=True):
    """本人更正: the service area its author meant, where the machine read another one."""

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id", unique=True, sa_type=BIG_ID)
    area: str = Field(max_length=20)
    given_at: datetime = Field(sa_type=UTCDateTime)

"""Hot topics: how many voices each has now and had before, its typical comments, what residents may see.

A voice is a response, whatever it said and how often, or a comment that came without one. A merged topic's
comments count to the one it was merged into.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import pandas as pd
from sqlalchemy import ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.analysis.suppression import SMALLEST_SHOWN
from models.comment import Comment
from models.topic import APPROVED, MERGED, CommentTopic, Topic, decided_areas, voice

COUNTED: Final = ["topic", "area", "state", "title", "words", "now", "before"]
TOTALS: Final = ["area", "now", "before"]


class Span(NamedTuple):
    """A period and the one before it: `before` ≤ t < `since`, `since` ≤ t < `until`."""

    before: datetime
    since: datetime
    until: datetime

    @classmethod
    def last(cls, days: int, until: datetime) -> Span:
        """The last so many days, and as many before them."""
        return cls(until - timedelta(days=2 * days), until - timedelta(days=days), until)


@dataclass(frozen=True, slots=True)
class Typical:
    """A comment that is typical of its topic, redacted, for staff; `alike`: how many others say it again."""

    topic_id: int
    comment_id: int
    text: str
    said_at: datetime
    alike: int


@dataclass(frozen=True, slots=True)
class PublicTopic:
    """A topic as residents see it: words a person approved, and its voices (five at least)."""

    topic_id: int
    area: str
    title: str
    voices: int


class OthersSaid(NamedTuple):
    """How many other residents spoke of a comment's topic (five at least), and the topic's approved title."""

    title: str
    voices: int


class MergedTopic(NamedTuple):
    """A topic that counts to another one of its area; words are joined by 、, a title may be empty."""

    area: str
    topic_id: int
    title: str
    words: str
    into_id: int
    into_title: str
    into_words: str


_counting = aliased(Topic, name="counting")
_MERGED: Final = (
    select(Topic, _counting)
    .join(_counting, col(_counting.id) == col(Topic.merged_into_id))
    .where(col(Topic.community_id) == bindparam("community_id"), col(Topic.state) == MERGED)
    .order_by(col(_counting.id), col(Topic.id))
)
_topic_id: ColumnElement[Any] = func.coalesce(col(Topic.merged_into_id), col(Topic.id))


def _linked(query: Select[Any]) -> Select[Any]:
    """Comments of topics, each with the topic it counts to (`_counting`)."""
    return (
        query.select_from(CommentTopic)
        .join(Topic, col(Topic.id) == col(CommentTopic.topic_id))
        .join(_counting, col(_counting.id) == _topic_id)
        .join(Comment, col(Comment.id) == col(CommentTopic.comment_id))
    )


def _voices(since: datetime, until: datetime) -> ColumnElement[Any]:
    said_at = col(Comment.said_at)
    return func.count(case(((said_at >= since) & (said_at < until), voice())).distinct())


def topic_counts(session: Session, community_id: int, span: Span, *, area: str = "") -> pd.DataFrame:
    """Topics with their voices now and before, unhidden: `analysis.trends.hot_topics` hides what is small.

    Columns topic, area, state, title, words (joined by 、), now, before; those nobody spoke of are left out.
    """
    now, before = _voices(span.since, span.until), _voices(span.before, span.since)
    query = (
        _linked(select(col(_counting.id), now, before))
        .where(col(_counting.community_id) == community_id)
        .where(col(Comment.said_at) >= span.before, col(Comment.said_at) < span.until)
        .group_by(col(_counting.id))
    )
    counted = {row[0]: (row[1], row[2]) for row in session.execute(query)}
    which = select(Topic).where(col(Topic.community_id) == community_id, col(Topic.state) != MERGED)
    if area:
        which = which.where(col(Topic.area) == area)
    rows = [
        (t.id, t.area, t.state, t.title, "、".join(t.words), *counted[t.id])
        for t in session.scalars(which.order_by(col(Topic.id)))
        if t.id in counted
    ]
    return pd.DataFrame(rows, columns=COUNTED).astype({"now": int, "before": int})


def merged_topics(session: Session, community_id: int) -> list[MergedTopic]:
    """What was merged into what, of all areas, whether anybody spoke of it lately or not."""
    return [
        MergedTopic(one.area, *_named(one), *_named(into))
        for one, into in session.execute(_MERGED, {"community_id": community_id})
    ]


def _named(topic: Topic) -> tuple[int, str, str]:
    return topic.id or 0, topic.title, "、".join(topic.words)


def area_voices(session: Session, community_id: int, span: Span) -> pd.DataFrame:
    """All voices of each area, now and before: area, now, before."""
    decided = decided_areas(community_id)
    query = (
        select(decided.c.area, _voices(span.since, span.until), _voices(span.before, span.since))
        .join(Comment, col(Comment.id) == decided.c.comment_id)
        .where(col(Comment.said_at) >= span.before, col(Comment.said_at) < span.until)
        .group_by(decided.c.area)
        .order_by(decided.c.area)
    )
    return pd.DataFrame(session.execute(query).all(), columns=TOTALS).astype({"now": int, "before": int})


def typical_comments(
    session: Session, community_id: int, span: Span, *, area: str = "", most: int = 1
) -> list[Typical]:
    """For each topic its most typical comments of the period now, redacted: for staff only."""
    rank = func.row_number().over(
        partition_by=col(_counting.id),
        order_by=(col(CommentTopic.nearness).desc(), func.length(col(Comment.redacted)), col(Comment.id)),
    )
    alike = func.count().over(partition_by=(col(_counting.id), col(CommentTopic.repeats_id)))
    shown: tuple[Any, ...] = (
        col(_counting.id).label("topic_id"), col(Comment.id).label("comment_id"),
        col(Comment.redacted).label("text"), col(Comment.said_at).label("said_at"),
        (alike - 1).label("alike"), rank.label("rank"),
    )  # fmt: skip
    query = _linked(select(*shown)).where(
        col(_counting.community_id) == community_id,
        col(Comment.said_at) >= span.since, col(Comment.said_at) < span.until,
    )  # fmt: skip
    if area:
        query = query.where(col(_counting.area) == area)
    ranked = query.subquery()
    first = (
        select(*list(ranked.c)[:-1]).where(ranked.c.rank <= most).order_by(ranked.c.topic_id, ranked.c.rank)
    )
    return [Typical(*row) for row in session.execute(first)]


def public_topics(session: Session, community_id: int, since: datetime, until: datetime) -> list[PublicTopic]:
    """What residents may see: approved titles with at least five voices in the time, most voices first."""
    voices = _voices(since, until)
    query = (
        _linked(select(col(_counting.id), col(_counting.area), col(_counting.title), voices))
        .where(col(_counting.community_id) == community_id, col(_counting.state) == APPROVED)
        .group_by(col(_counting.id), col(_counting.area), col(_counting.title))
        .having(voices >= SMALLEST_SHOWN)
        .order_by(voices.desc(), col(_counting.id))
    )
    return [PublicTopic(*row) for row in session.execute(query)]


def others_said(session: Session, comment_id: int) -> OthersSaid | None:
    """The comment's topic, how many other voices it has: None below five, and without an approved title."""
    wanted: tuple[Any, ...] = (col(_counting.id), voice(), col(_counting.title))
    of_comment = _linked(select(*wanted)).where(
        col(Comment.id) == comment_id, col(_counting.state) == APPROVED
    )
    found = session.execute(of_comment).first()
    if found is None:
        return None
    query = _linked(select(func.count(voice().distinct()))).where(
        col(_counting.id) == found[0], voice() != found[1]
    )
    others = int(session.execute(query).scalar_one())
    return OthersSaid(found[2], others) if others >= SMALLEST_SHOWN else None

"""Hot topics of one community: found again from its comments, and what a person decides about each.

A topic nobody decided on goes with its comments; one that has a title, is hidden or merged stays as decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from core import database
from core.actions.audit import audit
from core.text.duplicates import near_duplicates
from core.text.topic_words import area_words, topic_words
from core.text.topics import Found, find_topics, rarity, same_as
from models.base import now
from models.comment import Comment
from models.place import Community
from models.taxonomy import AREA_LABELS
from models.topic import FOUND, CommentTopic, Topic, decided_areas

# Topics are of the latest comments of a community.
MOST_COMMENTS: Final = 20_000
# What says nothing has no topic.
WITHOUT: Final = ("other",)
# SQLite takes a limited number of values in one statement.
CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuilding found: topics, how many of them were known before, comments that have one."""

    topics: int
    known: int
    comments: int


@dataclass(frozen=True, slots=True)
class _Linked:
    """One topic found, its comments as (comment_id, nearness, repeats_id)."""

    found: Found
    comments: tuple[tuple[int, float, int], ...]


def rebuild_topics(
    community_id: int, areas: Sequence[str] = (), *, by: int | None = None, at: datetime | None = None
) -> Rebuilt:
    """Find the topics of some areas (none named: all) anew; the same topic keeps its row and its title.

    Comments are read and compared outside any transaction, the outcome is stored in one. Raises Unavailable.
    """
    wanted = [area for area in AREA_LABELS if area not in WITHOUT and (not areas or area in areas)]
    linked = _search(community_id, wanted)
    with database.writing() as session:
        # Two rebuildings at once would each keep topics of their own; what residents send is not held up.
        row = select(col(Community.id)).where(col(Community.id) == community_id)
        session.execute(row.with_for_update(key_share=True))
        there = _still_there(session, linked)
        known = sum(
            _store(session, (community_id, area), found, there=there, at=at or now())
            for area, found in linked.items()
        )
        audit(session, "topics.rebuilt", "community", community_id, account_id=by)
    topics = [topic for found in linked.values() for topic in found]
    return Rebuilt(len(topics), known, sum(len(topic.comments) for topic in topics))


def _search(community_id: int, areas: Sequence[str]) -> dict[str, list[_Linked]]:
    decided = decided_areas(community_id)
    with database.reading() as session:
        query = (
            select(decided.c.area, col(Comment.id), col(Comment.redacted))
            .join(decided, decided.c.comment_id == col(Comment.id))
            .order_by(col(Comment.said_at).desc(), col(Comment.id).desc())
            .limit(MOST_COMMENTS)
        )
        rows = session.execute(query).all()
    said = [topic_words(row.redacted) for row in rows]
    rare = rarity(said)
    of_area: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        of_area[row.area].append(i)
    found: dict[str, list[_Linked]] = {}
    for area in areas:
        places = of_area[area]
        topics = find_topics([said[i] for i in places], rare, own=area_words(area))
        repeats = near_duplicates([rows[i].redacted for i in places])
        ids = [rows[i].id for i in places]
        found[area] = [_link(topic, ids, [ids[i] for i in repeats]) for topic in topics]
    return found


def _link(found: Found, ids: Sequence[int], repeats: Sequence[int]) -> _Linked:
    rows = zip(found.members, found.nearness, strict=True)
    return _Linked(found, tuple((ids[i], near, repeats[i]) for i, near in rows))


def _still_there(session: Session, linked: Mapping[str, Sequence[_Linked]]) -> set[int]:
    """The comments nobody deleted meanwhile; they stay until the links to them are stored."""
    ids = [i for topics in linked.values() for topic in topics for i, _, _ in topic.comments]
    found: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        query = select(col(Comment.id)).where(col(Comment.id).in_(ids[start : start + CHUNK]))
        found.update(session.scalars(query.with_for_update(read=True, key_share=True)))
    return found


def _store(
    session: Session, where: tuple[int, str], linked: Sequence[_Linked], *, there: set[int], at: datetime
) -> int:
    """Put one area's topics in the place of those before; how many were known."""
    community_id, area = where
    of_area = (col(Topic.community_id) == community_id, col(Topic.area) == area)
    # Locked: what a person decides meanwhile about one of them waits, and finds it gone where it went.
    rows = select(Topic).where(*of_area).order_by(col(Topic.id)).with_for_update()
    kept = session.scalars(rows).all()
    session.execute(
        delete(CommentTopic).where(col(CommentTopic.topic_id).in_(select(col(Topic.id)).where(*of_area)))
    )
    which = same_as([one.found for one in linked], [topic.centre for topic in kept])
    topics = [
        _renewed(kept[i], one.found) if i is not None else _new(where, one.found, at)
        for i, one in zip(which, linked, strict=True)
    ]
    session.add_all(topics)
    session.flush()
    _forget(session, kept, {i for i in which if i is not None})
    links = [
        {"comment_id": i, "topic_id": topic.id, "nearness": near, "repeats_id": repeats}
        for topic, one in zip(topics, linked, strict=True)
        for i, near, repeats in one.comments
        if i in there
    ]
    # A comment whose area a person changed meanwhile leaves its topic in the other area.
    moved = [link["comment_id"] for link in links]
    for start in range(0, len(moved), CHUNK):
        part = moved[start : start + CHUNK]
        session.execute(delete(CommentTopic).where(col(CommentTopic.comment_id).in_(part)))
    if links:
        session.execute(insert(CommentTopic), links)
    return sum(i is not None for i in which)


def _renewed(topic: Topic, found: Found) -> Topic:
    """What was decided about keeps the words it was decided by: else a title could drift to other words."""
    if topic.state == FOUND:
        topic.words, topic.centre = list(found.words), dict(found.centre)
    return topic


def _new(where: tuple[int, str], found: Found, at: datetime) -> Topic:
    return Topic(
        community_id=where[0], area=where[1], words=list(found.words), centre=dict(found.centre), found_at=at
    )


def _forget(session: Session, kept: Sequence[Topic], again: set[int]) -> None:
    """Delete the topics nobody decided on and nothing was merged into that were not found again."""
    needed: Mapping[int | None, Topic] = {topic.merged_into_id: topic for topic in kept}
    for i, topic in enumerate(kept):
        if i not in again and topic.state == FOUND and topic.id not in needed:
            session.delete(topic)

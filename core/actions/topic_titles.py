"""What a person decides about a topic: its title, that it is another one, that residents don't see it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from core.actions.audit import audit
from core.errors import Invalid, NotFound
from core.redaction import clean, redact
from core.text.duplicates import plain
from core.words import say
from models.base import now
from models.comment import Comment
from models.topic import APPROVED, FOUND, HIDDEN, MERGED, CommentTopic, Topic

LONGEST_TITLE: Final = 20
# A run of so many characters that stands in a comment is that person's sentence, not a title.
RAW_FROM: Final = 8


def approve_title(session: Session, topic_id: int, title: str, *, community_id: int, by: int) -> None:
    """Give the topic the title residents see, or another one (the account `by` answers for it).

    Raises NotFound, and Invalid: empty, too long, a number to be hidden, or a comment's own words.
    """
    topic = _topic(session, topic_id, community_id)
    if topic.state == MERGED:
        raise Invalid(say("topics.merged_already"))
    words = _checked(session, topic_id, title)
    deed = "topic.renamed" if topic.title else "topic.approved"
    topic.title, topic.state = words, APPROVED
    topic.titled_by, topic.titled_at = by, now()
    audit(session, deed, "topic", topic_id, account_id=by)


def hide_topic(session: Session, topic_id: int, *, community_id: int, by: int) -> None:
    """Show the topic to residents no more; found again it stays hidden. Raises NotFound, Invalid."""
    topic = _topic(session, topic_id, community_id)
    if topic.state == MERGED:
        raise Invalid(say("topics.merged_already"))
    topic.state = HIDDEN
    audit(session, "topic.hidden", "topic", topic_id, account_id=by)


def merge_topics(session: Session, topic_id: int, into_id: int, *, community_id: int, by: int) -> None:
    """Say that two topics of an area are one matter: the first counts to the other, whose title stays.

    Those merged into it before go along. Raises NotFound, and Invalid: with itself, of another community or
    area, merged already, or hidden (taking the merging back would show it to residents again).
    """
    if topic_id == into_id:
        raise Invalid(say("topics.itself"))
    topic, into = _pair(session, topic_id, into_id, community_id)
    if topic.area != into.area:
        raise Invalid(say("topics.other_area"))
    if topic.state == HIDDEN:
        raise Invalid(say("topics.hidden_first"))
    if MERGED in (topic.state, into.state):
        raise Invalid(say("topics.merged_already" if topic.state == MERGED else "topics.into_merged"))
    topic.state, topic.merged_into_id = MERGED, into_id
    # A merged topic always points to one that counts.
    before = update(Topic).where(col(Topic.merged_into_id) == topic_id)
    session.execute(before.values(merged_into_id=into_id))
    audit(session, "topic.merged", "topic", topic_id, account_id=by)
    audit(session, "topic.merged_into", "topic", into_id, account_id=by)


def restore_topic(session: Session, topic_id: int, *, community_id: int, by: int) -> None:
    """Take back that a topic was hidden or merged. Raises NotFound."""
    topic = _topic(session, topic_id, community_id)
    topic.state, topic.merged_into_id = APPROVED if topic.title else FOUND, None
    audit(session, "topic.restored", "topic", topic_id, account_id=by)


def _pair(session: Session, topic_id: int, into_id: int, community_id: int) -> tuple[Topic, Topic]:
    """Both topics, locked in the order of their numbers: the same pair the other way round waits its turn."""
    found = {i: session.get(Topic, i, with_for_update=True) for i in sorted((topic_id, into_id))}
    topic, into = found[topic_id], found[into_id]
    if topic is None or into is None or topic.community_id != community_id:
        raise NotFound(say("topics.unknown"))
    if into.community_id != community_id:
        raise Invalid(say("topics.other_community"))
    return topic, into


def _topic(session: Session, topic_id: int, community_id: int) -> Topic:
    found = session.get(Topic, topic_id, with_for_update=True)
    if found is None or found.community_id != community_id:
        raise NotFound(say("topics.unknown"))
    return found


def _checked(session: Session, topic_id: int, title: str) -> str:
    words = " ".join(clean(title).split())
    if not plain(words):
        raise Invalid(say("topics.title_empty"))
    if len(words) > LONGEST_TITLE:
        raise Invalid(say("topics.title_long", n=len(words), most=LONGEST_TITLE))
    if redact(words) != words:
        raise Invalid(say("topics.title_private"))
    if len(plain(words)) >= RAW_FROM and _is_said(session, topic_id, plain(words)):
        raise Invalid(say("topics.title_raw"))
    return words


def _is_said(session: Session, topic_id: int, words: str) -> bool:
    """Whether the words stand as they are in one of the topic's comments, those merged into it among them."""
    query = (
        select(col(Comment.redacted))
        .join(CommentTopic, col(CommentTopic.comment_id) == col(Comment.id))
        .join(Topic, col(Topic.id) == col(CommentTopic.topic_id))
        .where(func.coalesce(col(Topic.merged_into_id), col(Topic.id)) == topic_id)
    )
    return any(words in plain(text) for text in session.scalars(query))

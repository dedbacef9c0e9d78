"""答复: staff tell the author of a comment what becomes of it, or all who spoke of a topic at once.

Answers are appended, so that a receipt shows them all in order. What stands on the public board is an answer
with a wording that was approved for it: never a resident's own sentence.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, update
from sqlmodel import Session, col

from core.actions.alerts import Desk
from core.actions.answer_words import Answer, check_not_raw, checked
from core.actions.audit import audit
from core.analysis.suppression import SMALLEST_SHOWN
from core.errors import Invalid, NotFound
from core.words import say
from models.base import now
from models.comment import AnswerToResidents, Classification, Comment, Correction, Label
from models.topic import APPROVED, CommentTopic, Topic, voice

UNDECIDED_AREA: Final = "other"


def answer_comment(
    session: Session, comment_id: int, given: Answer, desk: Desk, *, at: datetime | None = None
) -> int:
    """Append an answer to one comment; its id. One that only goes onto the board now stays the same answer.

    Raises NotFound (comment), Invalid (see `checked`, said already, the wording is a resident's sentence).
    """
    moment = at or now()
    told = checked(given, moment)
    said = session.get(Comment, comment_id, with_for_update=True)
    if said is None or said.community_id != desk.community_id:
        raise NotFound(say("answers.unknown_comment"))
    topic = _topic_of(session, comment_id)
    if told.wording and not (topic and told.wording == topic.title):
        check_not_raw(told.wording, [said.redacted, said.original])
    area = _area_of(session, said) or told.area or UNDECIDED_AREA
    row = _same_again(session, comment_id, told) or _new(told, desk.community_id, area, moment)
    row.comment_id = comment_id
    if told.wording:
        _off_the_board(session, desk.community_id, row.area, told.wording, comment_id=comment_id)
        row.published, row.topic = True, told.wording
        row.voices = _voices(session, topic.id) if topic and topic.id else None
    session.add(row)
    session.flush()
    assert row.id is not None
    audit(session, "answer.given", "comment", comment_id, account_id=desk.account_id)
    if told.wording:
        audit(session, "answer.published", "answer", row.id, account_id=desk.account_id)
    return row.id


def answer_topic(
    session: Session, topic_id: int, given: Answer, desk: Desk, *, at: datetime | None = None
) -> int:
    """Append the same answer to every comment of a topic with an approved title; how many are told.

    Comments that have this very answer already are not told again. On the board it is one answer, with the
    topic's voices. Raises NotFound, Invalid (as answer_comment does, or everybody was told before).
    """
    moment = at or now()
    told = checked(given, moment)
    topic = session.get(Topic, topic_id, with_for_update=True)
    if topic is None or topic.community_id != desk.community_id or topic.state != APPROVED:
        raise NotFound(say("answers.unknown_topic"))
    query = select(Comment).where(col(Comment.id).in_(_comments_of(topic_id))).order_by(col(Comment.id))
    comments = list(session.scalars(query.with_for_update(key_share=True)))
    if told.wording and told.wording != topic.title:
        check_not_raw(told.wording, [text for one in comments for text in (one.redacted, one.original)])
    before = _told_already(session, topic_id, told)
    fresh = [one.id for one in comments if one.id not in before]
    if not fresh and not told.wording:
        raise Invalid(say("answers.same"))
    row = _values(told, desk.community_id, topic.area, moment)
    if fresh:
        session.execute(insert(AnswerToResidents), [row | {"comment_id": id_} for id_ in fresh])
    audit(session, "answer.topic_given", "topic", topic_id, account_id=desk.account_id)
    if told.wording:
        _publish_topic(session, topic, told, desk, moment)
    return len(fresh)


def take_down(session: Session, answer_id: int, desk: Desk) -> None:
    """Take an answer off the public board; those it was given to keep it. Raises NotFound."""
    row = session.get(AnswerToResidents, answer_id, with_for_update=True)
    if row is None or row.community_id != desk.community_id or not row.published:
        raise NotFound(say("answers.unknown_answer"))
    row.published = False
    audit(session, "answer.taken_down", "answer", answer_id, account_id=desk.account_id)


def _values(given: Answer, community_id: int, area: str, at: datetime) -> dict[str, Any]:
    return {
        "community_id": community_id, "area": area, "state": given.state, "reason": given.reason,
        "owner": given.owner, "due_on": given.due_on, "answered_at": at,
        "topic": "", "voices": None, "published": False,
    }  # fmt: skip


def _new(given: Answer, community_id: int, area: str, at: datetime) -> AnswerToResidents:
    return AnswerToResidents(**_values(given, community_id, area, at))


def _same_again(session: Session, comment_id: int, given: Answer) -> AnswerToResidents | None:
    """The comment's last answer where it says the same, to go onto the board. Raises Invalid otherwise."""
    query = select(AnswerToResidents).where(col(AnswerToResidents.comment_id) == comment_id)
    last = session.scalars(query.order_by(col(AnswerToResidents.id).desc()).limit(1)).first()
    if last is None or not _says(last, given):
        return None
    if not given.wording or (last.published and last.topic == given.wording):
        raise Invalid(say("answers.same"))
    return last


def _says(row: AnswerToResidents, given: Answer) -> bool:
    same = (row.state, row.reason, row.owner, row.due_on)
    return same == (given.state, given.reason, given.owner, given.due_on)


def _told_already(session: Session, topic_id: int, given: Answer) -> set[int]:
    """The topic's comments whose last answer is this one."""
    last = (
        select(func.max(col(AnswerToResidents.id)))
        .where(col(AnswerToResidents.comment_id).in_(_comments_of(topic_id)))
        .group_by(col(AnswerToResidents.comment_id))
    )
    found = session.scalars(select(AnswerToResidents).where(col(AnswerToResidents.id).in_(last)))
    return {row.comment_id for row in found if row.comment_id is not None and _says(row, given)}


def _publish_topic(session: Session, topic: Topic, given: Answer, desk: Desk, at: datetime) -> None:
    """One answer on the board for all of the topic's comments: it stays when one of them is taken back."""
    assert topic.id is not None
    _off_the_board(session, desk.community_id, topic.area, given.wording)
    row = _new(given, desk.community_id, topic.area, at)
    row.published, row.topic, row.voices = True, given.wording, _voices(session, topic.id)
    session.add(row)
    session.flush()
    audit(session, "answer.published", "answer", row.id, account_id=desk.account_id)


def _off_the_board(
    session: Session, community_id: int, area: str, wording: str, *, comment_id: int | None = None
) -> None:
    """On the board a matter stands once, with its newest answer."""
    same: ColumnElement[bool] = col(AnswerToResidents.topic) == wording
    if comment_id is not None:
        same = or_(same, col(AnswerToResidents.comment_id) == comment_id)
    mine = (col(AnswerToResidents.community_id) == community_id, col(AnswerToResidents.area) == area)
    session.execute(update(AnswerToResidents).where(*mine, same).values(published=False))


def _topic_of(session: Session, comment_id: int) -> Topic | None:
    """The topic with an approved title that the comment counts to."""
    own = (
        select(col(CommentTopic.topic_id)).where(col(CommentTopic.comment_id) == comment_id).scalar_subquery()
    )
    into = select(func.coalesce(col(Topic.merged_into_id), col(Topic.id))).where(col(Topic.id) == own)
    query = select(Topic).where(col(Topic.id) == into.scalar_subquery(), col(Topic.state) == APPROVED)
    return session.scalars(query).first()


def _comments_of(topic_id: int) -> Select[Any]:
    """Ids of the comments that count to a topic."""
    counted = or_(col(Topic.id) == topic_id, col(Topic.merged_into_id) == topic_id)
    topics = select(col(Topic.id)).where(counted)
    return select(col(CommentTopic.comment_id)).where(col(CommentTopic.topic_id).in_(topics))


def _voices(session: Session, topic_id: int) -> int | None:
    """How many residents spoke of a topic; None below five."""
    query = select(func.count(voice().distinct())).where(col(Comment.id).in_(_comments_of(topic_id)))
    n = int(session.execute(query).scalar_one())
    return n if n >= SMALLEST_SHOWN else None


def _area_of(session: Session, said: Comment) -> str | None:
    """What the comment is about: by its newest label, else as read, else as its author corrected it."""
    label = select(col(Label.area)).where(col(Label.comment_id) == said.id).order_by(col(Label.id).desc())
    read = select(col(Classification.area)).where(col(Classification.id) == said.classification_id)
    meant = select(col(Correction.area)).where(col(Correction.comment_id) == said.id)
    by_machine = session.scalar(read) if said.state == "classified" else None
    return session.scalar(label.limit(1)) or by_machine or session.scalar(meant)

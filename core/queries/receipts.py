"""What became of one's words: the life of a response or a sentence, found by its receipt's hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from models.comment import AnswerToResidents, Classification, Comment, Label
from models.programme import Activity
from models.questionnaire import Questionnaire, Round
from models.response import Response, Tombstone


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """One answer to a comment; `state` is of taxonomy.ANSWER_STATES."""

    state: str
    reason: str
    owner: str
    due_on: date | None
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class SaidWords:
    """One comment as its author may see it: redacted text, the areas it was read as, the answers to it.

    `areas` has the primary area first; it is empty while nobody, person or machine, is sure.
    """

    text: str
    state: str
    areas: tuple[str, ...]
    answers: tuple[AnswerGiven, ...]
    comment_id: int


@dataclass(frozen=True, slots=True)
class ReceiptLife:
    """What stands behind one receipt; `kind`: needs, feedback, sentence, or deleted (nothing is left)."""

    kind: str
    received_at: datetime
    about: str = ""
    said: tuple[SaidWords, ...] = ()


def life_of(session: Session, receipt_hash: str) -> ReceiptLife | None:
    """The life behind a receipt's hash (core.security.receipt_hash); None for an unknown one."""
    for look in (_of_response, _of_sentence, _deleted):
        if life := look(session, receipt_hash):
            return life
    return None


def _of_response(session: Session, receipt_hash: str) -> ReceiptLife | None:
    shown = (Response.id, Response.received_at, Questionnaire.kind, Round.name, Activity.name)
    query = (
        select(*map(col, shown))
        .join_from(Response, Round)
        .join(Questionnaire)
        .join(Activity, col(Response.activity_id) == col(Activity.id), isouter=True)
    )
    found = session.execute(query.where(col(Response.receipt_hash) == receipt_hash)).first()
    if found is None:
        return None
    response_id, received_at, kind, round_name, activity_name = found
    said = _said(session, col(Comment.response_id) == response_id)
    return ReceiptLife(kind, received_at, activity_name or round_name, said)


def _of_sentence(session: Session, receipt_hash: str) -> ReceiptLife | None:
    query = select(col(Comment.id), col(Comment.received_at))
    found = session.execute(query.where(col(Comment.receipt_hash) == receipt_hash)).first()
    if found is None:
        return None
    return ReceiptLife("sentence", found.received_at, said=_said(session, col(Comment.id) == found.id))


def _deleted(session: Session, receipt_hash: str) -> ReceiptLife | None:
    query = select(col(Tombstone.deleted_at)).where(col(Tombstone.receipt_hash) == receipt_hash)
    deleted_at = session.scalar(query)
    return ReceiptLife("deleted", deleted_at) if deleted_at else None


def _said(session: Session, which: ColumnElement[bool]) -> tuple[SaidWords, ...]:
    shown = (Comment.id, Comment.redacted, Comment.state, Classification.area, Classification.areas)
    query = (
        select(*map(col, shown))
        .join_from(
            Comment, Classification, col(Comment.classification_id) == col(Classification.id), isouter=True
        )
        .where(which)
        .order_by(col(Comment.id))
    )
    return tuple(
        SaidWords(
            text,
            state,
            _reviewed(session, comment_id) or (_joined(area, areas) if state == "classified" else ()),
            _answers(session, comment_id),
            comment_id,
        )
        for comment_id, text, state, area, areas in session.execute(query)
    )


def _reviewed(session: Session, comment_id: int) -> tuple[str, ...]:
    """How a person read it last: that goes before the machine's reading, whose row stays as it is."""
    query = select(col(Label.area), col(Label.areas)).where(col(Label.comment_id) == comment_id)
    found = session.execute(query.order_by(col(Label.labelled_at).desc(), col(Label.id).desc())).first()
    return _joined(*found) if found else ()


def _joined(area: str | None, areas: str | None) -> tuple[str, ...]:
    return tuple(code for code in (area, *(areas or "").split(";")) if code)


def _answers(session: Session, comment_id: int) -> tuple[AnswerGiven, ...]:
    shown = (
        AnswerToResidents.state,
        AnswerToResidents.reason,
        AnswerToResidents.owner,
        AnswerToResidents.due_on,
        AnswerToResidents.answered_at,
    )
    query = select(*map(col, shown)).where(col(AnswerToResidents.comment_id) == comment_id)
    found = session.execute(query.order_by(col(AnswerToResidents.answered_at), col(AnswerToResidents.id)))
    return tuple(AnswerGiven(*row) for row in found)

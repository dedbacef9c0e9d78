"""What became of one's words: the life of a response or a sentence, found by its receipt's hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from models.comment import AnswerToResidents, Classification, Comment, Correction, Label, Verdict
from models.programme import Activity
from models.questionnaire import Questionnaire, Round
from models.response import Response, Tombstone

# The first state of an answer only says that the comment came in.
NOT_YET_ANSWERED: Final = "received"
MOST_LIKELY: Final = 2
NO_AREA: Final = "other"


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

    `areas` has the primary area first; it is empty while nobody, person or machine, is sure. `likely`: up to
    two areas that may have been meant instead. `verdict` and `correction` are the author's own, or empty.
    """

    text: str
    state: str
    areas: tuple[str, ...]
    answers: tuple[AnswerGiven, ...]
    comment_id: int
    likely: tuple[str, ...] = ()
    verdict: str = ""
    correction: str = ""

    @property
    def answered(self) -> bool:
        """Whether there is an answer to give a verdict on."""
        return any(given.state != NOT_YET_ANSWERED for given in self.answers)


@dataclass(frozen=True, slots=True)
class ReceiptLife:
    """What stands behind one receipt; `kind`: needs, feedback, sentence, or deleted (nothing is left).

    `community_id` is 0, `closes_at` null where there is none.
    """

    kind: str
    received_at: datetime
    about: str = ""
    said: tuple[SaidWords, ...] = ()
    community_id: int = 0
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """A response as its author may see it: the closed answers as stored, the texts redacted, in order.

    `mode` and `collector`: by which way and by whom it was filled in.
    """

    round_id: int
    answers: Mapping[str, Any]
    texts: tuple[str, ...]
    mode: str
    collector: str


def life_of(session: Session, receipt_hash: str) -> ReceiptLife | None:
    """The life behind a receipt's hash (core.security.receipt_hash); None for an unknown one."""
    for look in (_of_response, _of_sentence, _deleted):
        if life := look(session, receipt_hash):
            return life
    return None


def _of_response(session: Session, receipt_hash: str) -> ReceiptLife | None:
    shown = (
        *(Response.id, Response.received_at, Questionnaire.kind, Round.name, Activity.name),
        *(Round.community_id, Round.closes_at),
    )
    query = (
        select(*map(col, shown))
        .join_from(Response, Round)
        .join(Questionnaire)
        .join(Activity, col(Response.activity_id) == col(Activity.id), isouter=True)
    )
    found = session.execute(query.where(col(Response.receipt_hash) == receipt_hash)).first()
    if found is None:
        return None
    response_id, received_at, kind, round_name, activity_name, community_id, closes_at = found
    said = _said(session, col(Comment.response_id) == response_id)
    return ReceiptLife(kind, received_at, activity_name or round_name, said, community_id, closes_at)


def _of_sentence(session: Session, receipt_hash: str) -> ReceiptLife | None:
    query = select(col(Comment.id), col(Comment.received_at), col(Comment.community_id))
    found = session.execute(query.where(col(Comment.receipt_hash) == receipt_hash)).first()
    if found is None:
        return None
    said = _said(session, col(Comment.id) == found.id)
    return ReceiptLife("sentence", found.received_at, said=said, community_id=found.community_id)


def _deleted(session: Session, receipt_hash: str) -> ReceiptLife | None:
    query = select(col(Tombstone.deleted_at)).where(col(Tombstone.receipt_hash) == receipt_hash)
    deleted_at = session.scalar(query)
    return ReceiptLife("deleted", deleted_at) if deleted_at else None


def sheet_of(session: Session, receipt_hash: str) -> OwnSheet | None:
    """The response behind a receipt's hash; None where there is none (a sentence, deleted, unknown)."""
    found = session.scalars(select(Response).where(col(Response.receipt_hash) == receipt_hash)).first()
    if found is None:
        return None
    said = select(col(Comment.redacted)).where(col(Comment.response_id) == found.id)
    texts = tuple(session.scalars(said.order_by(col(Comment.id))))
    return OwnSheet(found.round_id, found.answers, texts, found.mode, found.collector)


def _said(session: Session, which: ColumnElement[bool]) -> tuple[SaidWords, ...]:
    read = Classification
    query = (
        select(col(Comment.id), col(Comment.redacted), col(Comment.state))
        .add_columns(col(read.area), col(read.areas), col(read.second))
        .add_columns(func.coalesce(col(Verdict.verdict), ""), func.coalesce(col(Correction.area), ""))
        .select_from(Comment)
        .outerjoin(read, col(Comment.classification_id) == col(read.id))
        .outerjoin(Verdict, col(Verdict.comment_id) == col(Comment.id))
        .outerjoin(Correction, col(Correction.comment_id) == col(Comment.id))
        .where(which)
        .order_by(col(Comment.id))
    )
    return tuple(_words(session, row) for row in session.execute(query))


def _words(session: Session, row: Any) -> SaidWords:
    comment_id, text, state, area, areas, second, verdict, correction = row
    by_machine = _joined(area, areas) if state == "classified" else ()
    shown = _reviewed(session, comment_id) or by_machine
    # What the machine thought of beside what is shown, the likelier first.
    thought = dict.fromkeys((area, second, *_joined("", areas)))
    likely = tuple(code for code in thought if code and code not in (NO_AREA, *shown[:1]))[:MOST_LIKELY]
    answers = _answers(session, comment_id)
    return SaidWords(text, state, shown, answers, comment_id, likely, verdict, correction)


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

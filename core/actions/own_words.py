"""What the author of a comment does with its receipt: says whether the matter is settled, and what was meant.

Neither changes how the comment was read or labelled: both stand beside it, for staff to see.
"""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlmodel import Session, col

from core.actions.audit import audit
from core.errors import Invalid, NotFound
from core.words import say
from models.base import now
from models.comment import AnswerToResidents, Comment, Correction, Verdict
from models.response import Response
from models.taxonomy import AREA_LABELS, VERDICTS

# The first state only says that the comment came in.
NOT_YET_ANSWERED = "received"


def give_verdict(session: Session, receipt: str, comment_id: int, *, verdict: str) -> None:
    """Keep what the author thinks of the answer, in the place of what was thought before.

    `receipt` is the hash of the author's code. Raises NotFound (not a comment of this receipt), Invalid.
    """
    said = _own(session, receipt, comment_id)
    if verdict not in VERDICTS:
        raise Invalid(say("door.receipt.verdict.unknown"))
    answered = exists().where(
        col(AnswerToResidents.comment_id) == said, col(AnswerToResidents.state) != NOT_YET_ANSWERED
    )
    if not session.scalar(select(answered)):
        raise Invalid(say("door.receipt.verdict.too_early"))
    found = session.scalars(select(Verdict).where(col(Verdict.comment_id) == said)).first()
    if found is None:
        session.add(Verdict(comment_id=said, verdict=verdict, given_at=now()))
    else:
        found.verdict, found.given_at = verdict, now()
    audit(session, "verdict.given", "comment", said)


def correct_reading(session: Session, receipt: str, comment_id: int, *, area: str) -> None:
    """Keep the area the author meant, in the place of an earlier correction; the reading stays as it is.

    Raises NotFound (not a comment of this receipt), Invalid (no such area).
    """
    said = _own(session, receipt, comment_id)
    if area not in AREA_LABELS:
        raise Invalid(say("door.receipt.correct.unknown"))
    found = session.scalars(select(Correction).where(col(Correction.comment_id) == said)).first()
    if found is None:
        session.add(Correction(comment_id=said, area=area, given_at=now()))
    else:
        found.area, found.given_at = area, now()
    audit(session, "reading.corrected", "comment", said)


def _own(session: Session, receipt: str, comment_id: int) -> int:
    """The comment if it came with this receipt, kept from others until the transaction ends."""
    sheet = select(col(Response.id)).where(col(Response.receipt_hash) == receipt).scalar_subquery()
    mine = or_(col(Comment.receipt_hash) == receipt, col(Comment.response_id) == sheet)
    query = select(col(Comment.id)).where(col(Comment.id) == comment_id, mine)
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFound.say("unknown_receipt")
    return found

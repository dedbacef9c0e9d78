"""Changing what was sent: the stored response comes back as a draft, and when that is sent, takes its place.

It keeps its receipt, its time of receipt and by which way it first came. A comment whose words stay keeps its
reading and its answers; one whose words changed is another comment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import delete, select
from sqlmodel import Session, col

from core import database
from core.actions.audit import audit
from core.actions.drafts import DraftSheet, forget_draft
from core.actions.raise_alerts import raise_for
from core.actions.refold import recounting
from core.actions.round_cache import round_facts
from core.actions.store_response import Receipt
from core.actions.submit import Submission, prepare
from core.actions.withdraw import forget_comments, withdrawn_before
from core.errors import Closed, Invalid, NotFound
from core.security import receipt_code
from core.words import day, say
from models.account import AuditEntry
from models.base import now
from models.comment import Comment
from models.questionnaire import Round
from models.response import Draft, Response

# The mode of a draft that changes a stored response; the response itself keeps the mode it came by.
CHANGE: Final = "change"
# What a changed sheet may change of the stored row.
CHANGED: Final = ("short", "who", "grid_id", "building_id", "age_band", "sex", "groups", "notice_version")
# Flags that answers alone give (core.questionnaires.quality); whatever else was flagged stays flagged.
BY_ANSWERS: Final = ("quick", "straight", "blank", "exclusive", "not_chosen")


def reopen(session: Session, receipt: str) -> DraftSheet:
    """The response of a receipt's hash as a draft under its own key and code; one begun before goes on.

    Texts come back redacted, for a code may have been found by somebody else. Raises NotFound, Closed.
    """
    query = select(Response).where(col(Response.receipt_hash) == receipt)
    stored = session.scalars(query.with_for_update()).first()
    if stored is None:
        raise NotFound.say("unknown_receipt")
    _require_open(session, stored.round_id)
    key = stored.idempotency_key
    draft = session.scalars(select(Draft).where(col(Draft.idempotency_key) == key)).first()
    if draft is None or draft.mode != CHANGE:
        session.execute(delete(Draft).where(col(Draft.idempotency_key) == key))
        draft = _draft_of(session, stored)
        session.add(draft)
        audit(session, "response.reopened", "response", stored.id)
    further = draft.further
    return DraftSheet(key, stored.round_id, stored.activity_id, draft.answers, further, mode=CHANGE)


def _draft_of(session: Session, stored: Response) -> Draft:
    facts = round_facts(stored.round_id)
    said = select(col(Comment.redacted)).where(col(Comment.response_id) == stored.id)
    # Which comment answers which question is not kept: they stand in the order of the questions.
    texts = zip(facts.text_questions, session.scalars(said.order_by(col(Comment.id))), strict=False)
    return Draft(
        round_id=stored.round_id,
        activity_id=stored.activity_id,
        code_hash=stored.receipt_hash,
        idempotency_key=stored.idempotency_key,
        answers=stored.answers | dict(texts),
        further=not stored.short,
        mode=CHANGE,
        collector=stored.collector,
        saved_at=now(),
        started_at=now(),
    )


def replace_response(draft: DraftSheet) -> Receipt:
    """Put a changed sheet in the place of the stored response of its key; the receipt stays the same.

    The tally follows in the same transaction. Raises NotFound (withdrawn meanwhile), Closed, AnswerError,
    Unavailable; the stored response is as it was then.
    """
    with database.reading() as session:
        stored = _of_key(session, draft.key)
    # Thinking it over takes time too: nobody becomes a hasty one by that.
    taken = None if stored.seconds is None else stored.seconds + _seconds_since(draft.started_at)
    fresh = prepare(
        Submission(
            round_id=stored.round_id,
            answers=draft.answers,
            key=draft.key,
            mode=stored.mode,
            collector=stored.collector,
            short=not draft.further,
            seconds=taken,
            activity_id=stored.activity_id,
        )
    )
    with database.writing() as session, recounting(session, [stored.id or 0]):
        current = _of_key(session, draft.key, locked=True)
        _require_open(session, current.round_id)
        _change(session, current, fresh.response)
        _change_comments(session, current, fresh.comments)
        session.execute(delete(Draft).where(col(Draft.idempotency_key) == draft.key))
    return Receipt(draft.code, stored.id or 0, repeated=False)


def _seconds_since(moment: datetime) -> int:
    return round((now() - moment).total_seconds())


def _of_key(session: Session, key: str, *, locked: bool = False) -> Response:
    query = select(Response).where(col(Response.idempotency_key) == key)
    found = session.scalars(query.with_for_update() if locked else query).first()
    if found is None:
        raise NotFound(say("door.receipt.change.gone"))
    return found


def _require_open(session: Session, round_id: int) -> None:
    closes: datetime | None = session.scalar(select(col(Round.closes_at)).where(col(Round.id) == round_id))
    if closes is not None and now() >= closes:
        raise Closed(say("door.receipt.change.closed", closed=day(closes)))


def _change(session: Session, stored: Response, fresh: Mapping[str, Any]) -> None:
    for name in CHANGED:
        setattr(stored, name, fresh[name])
    stored.answers = orjson.loads(fresh["answers"])
    others = [flag for flag in stored.flags.split(";") if flag and flag not in BY_ANSWERS]
    stored.flags = ";".join([*filter(None, fresh["flags"].split(";")), *others])
    digest = hashlib.sha256(fresh["answers"].encode()).hexdigest()
    session.add(
        AuditEntry(at=now(), deed="response.changed", subject="response", subject_id=stored.id, digest=digest)
    )


def _change_comments(session: Session, stored: Response, fresh: Sequence[dict[str, Any]]) -> None:
    """Keep the comments whose words stayed, at the place the sheet names now; replace the others.

    A contact left with what was replaced goes over to what took its place.
    """
    mine = select(Comment).where(col(Comment.response_id) == stored.id).order_by(col(Comment.id))
    left = list(session.scalars(mine.with_for_update()))
    added: list[Comment] = []
    for record in fresh:
        same = next((said for said in left if record["original"] in (said.original, said.redacted)), None)
        if same is None:
            added.append(Comment(**record | {"response_id": stored.id}))
            continue
        left.remove(same)
        same.grid_id, same.building_id = stored.grid_id, stored.building_id
    contact = next((said.contact for said in left if said.contact), None)
    for said in added[:1]:
        said.contact = contact
    session.add_all(added)
    session.flush()
    forget_comments(session, [said.id for said in left if said.id is not None])
    raise_for(session, [said.id for said in added if said.danger and said.id is not None], "words")


def again(draft: DraftSheet) -> Receipt | None:
    """What sending a draft does that is not of a new sheet; None for a new one, which is to be stored.

    A change takes its place. Raises as replace_response does, and Invalid for a change that came too late and
    for a sheet that was withdrawn meanwhile.
    """
    if draft.mode == CHANGE:
        try:
            return replace_response(draft)
        except Closed as error:
            # No late draft for the committee to take up: what was sent in time is stored.
            raise Invalid(str(error)) from None
    # A draft begun under a used key could not get the key's first code: no other sheet asks the record.
    if draft.code != receipt_code(draft.key):
        _refuse_withdrawn(draft.key)
    return None


def _refuse_withdrawn(key: str) -> None:
    """Going back in the browser and sending a withdrawn form once more does not bring it back."""
    with database.reading() as session:
        gone = withdrawn_before(session, key)
    if gone:
        forget_draft(key)
        raise Invalid(say("door.receipt.change.gone"))

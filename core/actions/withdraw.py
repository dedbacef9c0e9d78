"""撤回: a resident takes back what was said. It goes from every table and every future figure; a tombstone
says that something was deleted and when. What was published stays as it was, for it names nobody."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext

from sqlalchemy import ColumnElement, delete, exists, select
from sqlmodel import Session, col

from core import database
from core.actions.audit import audit
from core.actions.comment_tally import moving
from core.actions.refold import recounting
from core.actions.store_response import CODE_ATTEMPTS
from core.errors import NotFound
from core.security import receipt_code, receipt_hash
from models.account import Consent, Contact
from models.base import now
from models.comment import (
    AnswerToResidents,
    Classification,
    Comment,
    Correction,
    Label,
    Verdict,
    WithdrawnLabel,
)
from models.response import Draft, Response, Tombstone
from models.topic import CommentTopic

# What hangs on a comment and goes with it. An alert and a recorded miss stay, without the comment: they tell
# what staff did, and the database itself takes the link away (models.alert).
WITH_IT = (CommentTopic, Classification, Label, WithdrawnLabel, AnswerToResidents, Verdict, Correction)


def withdraw(session: Session, receipt: str) -> None:
    """Delete what stands behind a receipt's hash (core.security.receipt_hash): a sheet or a sentence.

    `session` must be a fresh write transaction. What is deleted already stays so. Raises NotFound.
    """
    response_id = session.scalar(select(col(Response.id)).where(col(Response.receipt_hash) == receipt))
    with nullcontext() if response_id is None else recounting(session, [response_id]):
        found = _sheet(session, receipt) or _sentence(session, receipt)
        known = _is_deleted(session, [receipt])
        if found is None:
            # Whoever pressed twice waited here for the first press to be done.
            if known:
                return
            raise NotFound.say("unknown_receipt")
        subject, id_ = found
        if not known:
            session.add(Tombstone(subject=subject, receipt_hash=receipt, deleted_at=now()))
        audit(session, f"{subject}.withdrawn", subject, id_)


def withdrawn_before(session: Session, key: str) -> bool:
    """Whether what was sent under this idempotency key was withdrawn: then it must not come back."""
    return _is_deleted(session, [receipt_hash(receipt_code(key, i)) for i in range(CODE_ATTEMPTS)])


def withdraw_again() -> int:
    """Delete what came back though its author had deleted it (a restored backup may hold it); how many.

    One transaction each: whatever ends it early, the next call goes on.
    """
    hashes = col(Tombstone.receipt_hash)
    back = [select(hashes).join(model, col(model.receipt_hash) == hashes) for model in (Response, Comment)]
    with database.reading() as session:
        found = sorted({receipt for query in back for receipt in session.scalars(query)})
    for receipt in found:
        with database.writing() as session:
            withdraw(session, receipt)
    return len(found)


def forget_comments(session: Session, ids: Collection[int]) -> None:
    """Delete comments with all that was read in them, said about them and left for them."""
    if not ids:
        return
    tokens = select(col(Comment.contact)).where(col(Comment.id).in_(ids), col(Comment.contact).is_not(None))
    contacts = {token for token in session.scalars(tokens) if token}
    with moving(session, ids):
        for table in WITH_IT:
            session.execute(delete(table).where(col(table.comment_id).in_(ids)))
        session.execute(delete(Comment).where(col(Comment.id).in_(ids)))
    if contacts:
        _forget_contacts(session, contacts)


def _is_deleted(session: Session, receipts: Collection[str]) -> bool:
    return bool(session.scalar(select(exists().where(col(Tombstone.receipt_hash).in_(receipts)))))


def _sheet(session: Session, receipt: str) -> tuple[str, int] | None:
    """Delete the response of the receipt, its comments, and the draft that was to change it."""
    mine = select(col(Response.id), col(Response.idempotency_key)).where(
        col(Response.receipt_hash) == receipt
    )
    found = session.execute(mine.with_for_update()).first()
    if found is None:
        return None
    response_id, key = found
    forget_comments(session, _locked(session, col(Comment.response_id) == response_id))
    session.execute(delete(Draft).where(col(Draft.idempotency_key) == key))
    session.execute(delete(Response).where(col(Response.id) == response_id))
    return "response", response_id


def _sentence(session: Session, receipt: str) -> tuple[str, int] | None:
    ids = _locked(session, col(Comment.receipt_hash) == receipt)
    forget_comments(session, ids)
    return ("comment", ids[0]) if ids else None


def _locked(session: Session, which: ColumnElement[bool]) -> list[int]:
    """The ids of comments, kept from whoever would read or label them meanwhile."""
    query = select(col(Comment.id)).where(which).order_by(col(Comment.id)).with_for_update()
    return [id_ for id_ in session.scalars(query) if id_ is not None]


def _forget_contacts(session: Session, tokens: Collection[str]) -> None:
    """Delete the ways to reach the author that no other comment needs, and the consent given for each."""
    kept = set(session.scalars(select(col(Comment.contact)).where(col(Comment.contact).in_(tokens))))
    tokens = [token for token in tokens if token not in kept]
    given = select(col(Contact.consent_id)).where(col(Contact.token).in_(tokens))
    consents = list(session.scalars(given))
    session.execute(delete(Contact).where(col(Contact.token).in_(tokens)))
    others = exists().where(col(Contact.consent_id) == col(Consent.id))
    session.execute(delete(Consent).where(col(Consent.id).in_(consents), ~others))

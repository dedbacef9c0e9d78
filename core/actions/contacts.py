"""联系方式: how to reach a resident who asks for it. Encrypted, apart from everything else, short-lived.

A comment holds a random token and nothing more. Staff open a contact one at a time, and each time it is
written down who did. Consent stays as a record of its own, without the contact, after that is gone.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, CursorResult, delete, select, update
from sqlmodel import Session, col

from core import database
from core.actions.alerts import Desk
from core.actions.audit import audit
from core.errors import Invalid, NotFound
from core.notice import VERSION
from core.redaction import clean
from core.sealing import Unreadable, seal, unseal
from core.security import normalise_receipt, receipt_hash
from core.settings import settings
from core.words import CHINA, say
from models.account import Consent, Contact
from models.base import now
from models.comment import Comment
from models.programme import Enrolment
from models.response import Response

# What the key is derived for, and what residents agree to.
PURPOSE = "contact"
MOST_CALLED = 20


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach somebody: a number as core.phones has it, and how to address them (may be empty)."""

    phone: str
    called: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a contact was left for: the community, and the kinds of danger its comments speak of."""

    community_id: int
    dangers: tuple[str, ...]


def called_of(typed: str) -> str:
    """How to address a person, as typed. Raises Invalid with the sentence to show."""
    name = " ".join(clean(typed).split())
    if len(name) > MOST_CALLED:
        raise Invalid(say("door.contact.called_long", most=MOST_CALLED))
    return name


def leave(session: Session, reach: Reach, *, purpose: str = PURPOSE, channel: str = "plain") -> Contact:
    """Keep a contact together with its consent, in the transaction of what it belongs to."""
    consent = Consent(purpose=purpose, notice_version=VERSION, channel=channel, given_at=now())
    session.add(consent)
    session.flush()
    assert consent.id is not None
    token = secrets.token_hex(16)
    told = orjson.dumps([reach.phone, reach.called]).decode()
    contact = Contact(
        token=token,
        consent_id=consent.id,
        sealed=seal(told, purpose=PURPOSE, token=token),
        expires_on=_today() + timedelta(days=settings().contact_days),
    )
    session.add(contact)
    session.flush()
    return contact


def leave_for(session: Session, said: Sequence[Comment], reach: Reach, *, channel: str = "plain") -> None:
    """Leave a contact for comments of one author, instead of an earlier one; the same changes nothing."""
    if _same(session, said, reach):
        return
    _forget(session, [one.contact for one in said if one.contact])
    token = leave(session, reach, channel=channel).token
    for one in said:
        one.contact = token
        audit(session, "contact.left", "comment", one.id)


def matter_of(code: str) -> Matter:
    """What was said under a receipt code. Raises NotFound (code), Invalid (nothing was said under it)."""
    with database.reading() as session:
        return _matter(_said(session, code))


def attach(code: str, reach: Reach, *, channel: str = "plain") -> Matter:
    """Leave a contact for what was said under a receipt code, instead of one left before.

    Of a questionnaire's comments it belongs to those that speak of danger, or to all where none does.
    Raises NotFound (code), Invalid (nothing was said under it), Unavailable.
    """
    with database.writing() as session:
        said = _said(session, code)
        leave_for(session, [one for one in said if one.danger] or said, reach, channel=channel)
        return _matter(said)


def forget(code: str) -> Matter:
    """Delete the contact left for what was said under a receipt code: the consent is withdrawn.

    Raises NotFound (code), Invalid (nothing was said under it), Unavailable.
    """
    with database.writing() as session:
        said = _said(session, code)
        _forget(session, [one.contact for one in said if one.contact])
        for one in said:
            if one.contact:
                one.contact = None
                audit(session, "contact.withdrawn", "comment", one.id)
        return _matter(said)


def reveal(session: Session, comment_id: int, desk: Desk) -> Reach:
    """Open the contact left with a comment; who looked is recorded.

    Raises NotFound: no such comment here, no contact left, deleted by now, sealed under an older secret.
    """
    said = session.get(Comment, comment_id)
    if said is None or said.community_id != desk.community_id or said.contact is None:
        raise NotFound(say("contacts.none"))
    try:
        found = _opened(session, said.contact)
    except Unreadable as error:
        raise NotFound(say("contacts.unreadable")) from error
    if found is None:
        raise NotFound(say("contacts.gone"))
    audit(session, "contact.opened", "comment", comment_id, account_id=desk.account_id)
    return found


def expire_contacts() -> int:
    """Delete what has been kept as long as was promised; how many. Comments keep an empty token."""
    with database.reading() as session:
        due = select(col(Contact.id)).where(col(Contact.expires_on) <= _today()).limit(1)
        # Asked first: a write transaction would hold up those who are saving.
        if session.execute(due).first() is None:
            return 0
    with database.writing() as session:
        return _delete(session, col(Contact.expires_on) <= _today())


def _opened(session: Session, token: str | None) -> Reach | None:
    """The contact of a token; None where there is none, or none any more. Raises Unreadable."""
    query = select(Contact).where(col(Contact.token) == token, col(Contact.expires_on) > _today())
    contact = session.scalars(query).first()
    if contact is None:
        return None
    return Reach(*orjson.loads(unseal(contact.sealed, purpose=PURPOSE, token=contact.token)))


def _same(session: Session, said: Sequence[Comment], reach: Reach) -> bool:
    """Whether this very contact was left for all of them before."""
    known = {one.contact for one in said}
    try:
        return len(known) == 1 and _opened(session, known.pop()) == reach
    except Unreadable:
        return False


def _said(session: Session, code: str) -> list[Comment]:
    """The comments under a receipt code, kept from others until the transaction ends.

    Raises NotFound (code), Invalid (no comments).
    """
    hashed = receipt_hash(normalise_receipt(code))
    query = select(Comment).where(col(Comment.receipt_hash) == hashed)
    if found := list(session.scalars(query.with_for_update())):
        return found
    response = session.scalar(select(col(Response.id)).where(col(Response.receipt_hash) == hashed))
    if response is None:
        raise NotFound.say("unknown_receipt")
    query = select(Comment).where(col(Comment.response_id) == response).order_by(col(Comment.id))
    if found := list(session.scalars(query.with_for_update())):
        return found
    raise Invalid(say("door.contact.nothing_said"))


def _matter(said: Sequence[Comment]) -> Matter:
    kinds = (kind for one in said for kind in one.danger.split(";") if kind)
    return Matter(said[0].community_id, tuple(dict.fromkeys(kinds)))


def _forget(session: Session, tokens: Sequence[str]) -> int:
    """Delete contacts and note that their consents are withdrawn."""
    if not tokens:
        return 0
    mine = col(Contact.token).in_(tokens)
    consents = select(col(Contact.consent_id)).where(mine)
    session.execute(update(Consent).where(col(Consent.id).in_(consents)).values(withdrawn_at=now()))
    return _delete(session, mine)


def _delete(session: Session, which: ColumnElement[bool]) -> int:
    """Delete contacts; a sign-up stays, without the way to reach the person."""
    ids = select(col(Contact.id)).where(which)
    session.execute(update(Enrolment).where(col(Enrolment.contact_id).in_(ids)).values(contact_id=None))
    gone: CursorResult[Any] = session.execute(delete(Contact).where(which))  # type: ignore[assignment]
    return int(gone.rowcount)


def _today() -> date:
    return now().astimezone(CHINA).date()

"""报名: signing up for an activity without an account, and taking that back by a code.

Places are given out one after the other: each sign-up holds the activity's row while it counts, so that two
at once can't both have the last place. Who comes later waits, and moves up in order when a place comes free.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlmodel import Session, col

from core import database
from core.actions.audit import audit
from core.actions.contacts import Reach, leave
from core.actions.store_response import CODE_ATTEMPTS
from core.errors import Closed, Invalid, NotFound
from core.security import normalise_receipt, receipt_code, receipt_hash
from core.words import say
from models.account import Consent, Contact
from models.base import now
from models.programme import Activity, Enrolment

ENROLLED, WAITING, WITHDRAWN = "enrolled", "waiting", "withdrawn"
# What a contact left here is for; residents agree to this and nothing else.
PURPOSE: Final = "activity"
# A lock for whoever signs up or cancels; feedback that only points to the activity need not wait for it.
HELD: Final = {"key_share": True}


@dataclass(frozen=True, slots=True)
class SignedUp:
    """A sign-up as it was stored: its code, its state of taxonomy.ENROLMENT_STATES.

    `repeated`: this very form had been sent before.
    """

    code: str
    enrolment_id: int
    state: str
    repeated: bool


def sign_up(
    activity_id: int, key: str, *, reach: Reach | None = None, at: datetime | None = None
) -> SignedUp:
    """Sign one person up; `key` is made once per form: the same key again gives the same sign-up.

    `reach` only, and then always, where the activity needs a contact. Raises NotFound (activity), Closed
    (called off, begun), Invalid (contact missing, the form was used for another activity), Unavailable.
    """
    moment = at or now()
    for attempt in range(CODE_ATTEMPTS):
        code = receipt_code(key, attempt)
        try:
            with database.writing() as session:
                # Held until the end: who comes at the same moment counts after us.
                activity = session.get(Activity, activity_id, with_for_update=HELD)
                if activity is None:
                    raise NotFound.say("unknown_activity")
                before = _stored_before(session, activity_id, key)
                return before or _store(session, activity, (key, code), reach=reach, at=moment)
        except database.DUPLICATE:
            if attempt == CODE_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def cancel(typed: str, *, at: datetime | None = None) -> str:
    """Take a sign-up back, with the contact left for it; the activity's name. Twice is the same as once.

    The place goes to whoever has waited longest. Raises NotFound (code), Unavailable.
    """
    hashed = receipt_hash(normalise_receipt(typed))
    with database.writing() as session:
        query = select(col(Enrolment.activity_id)).where(col(Enrolment.receipt_hash) == hashed)
        activity_id = session.scalar(query)
        if activity_id is None:
            raise NotFound(say("door.signup.unknown_code"))
        activity = session.get_one(Activity, activity_id, with_for_update=HELD)
        mine = select(Enrolment).where(col(Enrolment.receipt_hash) == hashed)
        enrolment = session.scalars(mine.with_for_update()).one()
        if enrolment.state != WITHDRAWN:
            enrolment.state = WITHDRAWN
            _forget_contact(session, enrolment)
            audit(session, "enrolment.withdrawn", "enrolment", enrolment.id)
            if _open(activity, at or now()):
                move_up(session, activity)
        return activity.name


def move_up(session: Session, activity: Activity) -> int:
    """Give free places to those who wait, the longest first; how many. The activity's row must be held."""
    session.flush()
    places = select(Enrolment).where(
        col(Enrolment.activity_id) == activity.id, col(Enrolment.state) == WAITING
    )
    free = _free(session, activity)
    lucky = list(session.scalars(places.order_by(col(Enrolment.id)).limit(free).with_for_update()))
    for enrolment in lucky:
        enrolment.state = ENROLLED
        audit(session, "enrolment.moved_up", "enrolment", enrolment.id)
    session.flush()
    return len(lucky)


def _stored_before(session: Session, activity_id: int, key: str) -> SignedUp | None:
    found = session.scalars(select(Enrolment).where(col(Enrolment.idempotency_key) == key)).first()
    if found is None:
        return None
    if found.activity_id != activity_id:
        raise Invalid(say("door.signup.used"))
    codes = (receipt_code(key, attempt) for attempt in range(CODE_ATTEMPTS))
    code = next(code for code in codes if receipt_hash(code) == found.receipt_hash)
    return SignedUp(code, found.id or 0, found.state, repeated=True)


def _store(
    session: Session, activity: Activity, named: tuple[str, str], *, reach: Reach | None, at: datetime
) -> SignedUp:
    key, code = named
    if not _open(activity, at):
        raise Closed(say("door.signup.off" if activity.cancelled else "door.signup.begun"))
    if activity.needs_contact and (reach is None or not reach.called):
        raise Invalid(say("door.signup.called_missing" if reach else "door.signup.phone_missing"))
    move_up(session, activity)
    # A contact nobody asked for is not kept.
    contact = leave(session, reach, purpose=PURPOSE) if reach and activity.needs_contact else None
    made = Enrolment(
        activity_id=activity.id or 0,
        contact_id=contact.id if contact else None,
        enrolled_at=at,
        state=ENROLLED if _free(session, activity) else WAITING,
        receipt_hash=receipt_hash(code),
        idempotency_key=key,
    )
    session.add(made)
    session.flush()
    assert made.id is not None
    audit(session, "enrolment.made", "enrolment", made.id)
    return SignedUp(code, made.id, made.state, repeated=False)


def _open(activity: Activity, at: datetime) -> bool:
    return not activity.cancelled and activity.starts_at > at


# More than anybody will ever wait for where places are not limited.
_UNLIMITED: Final = 1_000_000


def _free(session: Session, activity: Activity) -> int:
    """Places left, 0 at least."""
    if activity.capacity is None:
        return _UNLIMITED
    taken = select(func.count()).select_from(Enrolment).where(
        col(Enrolment.activity_id) == activity.id, col(Enrolment.state) == ENROLLED
    )  # fmt: skip
    return max(0, activity.capacity - int(session.execute(taken).scalar_one()))


def _forget_contact(session: Session, enrolment: Enrolment) -> None:
    """Delete the way to reach the person; that consent was given, and taken back, stays on record."""
    contact = session.get(Contact, enrolment.contact_id) if enrolment.contact_id else None
    if contact is None:
        return
    session.get_one(Consent, contact.consent_id).withdrawn_at = now()
    enrolment.contact_id = None
    session.flush()
    session.delete(contact)

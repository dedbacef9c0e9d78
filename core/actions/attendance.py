"""签到: who came to an activity, with a card or without."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlmodel import Session, col

from core.actions.audit import audit
from core.errors import Closed, Invalid, NotFound
from core.words import CHINA, say
from models.base import now
from models.programme import Activity, Attendance, Programme, ServiceUser


def attend(
    session: Session,
    activity_id: int,
    cards: Sequence[int] = (),
    *,
    heads: int = 0,
    at: datetime | None = None,
) -> list[int]:
    """Sign in: one attendance for each card, and `heads` persons without a card; the new rows' ids.

    A card that signed in to this activity before is left out. `first_for_need` is set on a card's first
    attendance for the activity's need item within the programme's period, whichever programme it was.
    Raises NotFound (activity, card), Closed (cancelled), Invalid (nobody).
    """
    activity = session.get(Activity, activity_id)
    if activity is None:
        raise NotFound.say("unknown_activity")
    if activity.cancelled:
        raise Closed(say("programmes.cancelled"))
    if heads < 0 or not (cards or heads):
        raise Invalid(say("programmes.nobody"))
    _check_cards(session, cards, activity.community_id)
    here = select(col(Attendance.service_user_id)).where(col(Attendance.activity_id) == activity_id)
    signed = set(session.scalars(here))
    known = _served_before(session, activity)
    moment = at or now()
    rows = [
        Attendance(
            activity_id=activity_id, service_user_id=card, attended_at=moment,
            first_for_need=known is not None and card not in known,
        )
        for card in dict.fromkeys(cards)
        if card not in signed
    ]  # fmt: skip
    if heads:
        rows.append(Attendance(activity_id=activity_id, heads=heads, attended_at=moment))
    session.add_all(rows)
    session.flush()
    audit(session, "attendance.recorded", "activity", activity_id)
    return [row.id for row in rows if row.id is not None]


def _served_before(session: Session, activity: Activity) -> set[int] | None:
    """Cards that attended for the same need within the programme's period; None where none is counted."""
    programme = session.get(Programme, activity.programme_id) if activity.programme_id else None
    if programme is None or not activity.need:
        return None
    first = datetime.combine(programme.starts_on, time.min, CHINA).astimezone(UTC)
    last = datetime.combine(programme.ends_on, time.max, CHINA).astimezone(UTC)
    query = (
        select(col(Attendance.service_user_id))
        .join(Activity)
        .where(
            col(Attendance.first_for_need),
            col(Activity.community_id) == activity.community_id,
            col(Activity.need) == activity.need,
            col(Activity.starts_at).between(first, last),
        )
    )
    return {card for card in session.scalars(query) if card is not None}


def _check_cards(session: Session, cards: Sequence[int], community_id: int) -> None:
    of_here = (col(ServiceUser.id).in_(cards), col(ServiceUser.community_id) == community_id)
    found = set(session.scalars(select(col(ServiceUser.id)).where(*of_here))) if cards else set()
    if missing := [card for card in cards if card not in found]:
        raise NotFound(say("programmes.unknown_card", n=len(missing)))

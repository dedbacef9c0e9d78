"""What is done about 预警: opened, closed with an outcome, passed on when nobody opens it; and 漏报."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col

from core import database
from core.actions.audit import audit
from core.actions.duty import roster_of
from core.actions.raise_alerts import raise_for, sweep
from core.analysis.duty_hours import Roster, deadline
from core.errors import Invalid, NotFound
from core.settings import settings
from core.words import say
from models.alert import Alert, AlertMiss
from models.base import now
from models.comment import Comment
from models.taxonomy import ALERT_OUTCOMES, MISS_WAYS

MOST_NOTE = 400


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts, and for which community: an alert of another one is not found."""

    community_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class Miss:
    """A comment that should have raised an alert; `still`: there may be danger yet, so raise one now."""

    comment_id: int
    how: str
    note: str = ""
    still: bool = False


def open_alert(session: Session, alert_id: int, desk: Desk, *, at: datetime | None = None) -> bool:
    """Take an alert up; False when a colleague has it already. Raises NotFound, Invalid (closed)."""
    found = _alert(session, alert_id, desk)
    if found.closed_at is not None:
        raise Invalid(say("alerts.closed_already"))
    if found.opened_at is not None:
        return False
    found.opened_at, found.opened_by = at or now(), desk.account_id
    audit(session, "alert.opened", "alert", alert_id, account_id=desk.account_id)
    return True


def close_alert(
    session: Session, alert_id: int, desk: Desk, *, outcome: str, note: str = "", at: datetime | None = None
) -> None:
    """Record what came of it; one nobody had opened is opened by that. Raises NotFound, Invalid."""
    if outcome not in ALERT_OUTCOMES:
        raise Invalid(say("alerts.no_outcome"))
    words = _note(note)
    found = _alert(session, alert_id, desk)
    if found.closed_at is not None:
        raise Invalid(say("alerts.closed_already"))
    moment = at or now()
    if found.opened_at is None:
        found.opened_at, found.opened_by = moment, desk.account_id
    found.closed_at, found.closed_by = moment, desk.account_id
    found.outcome, found.note = outcome, words
    audit(session, "alert.closed", "alert", alert_id, account_id=desk.account_id)


def original_words(session: Session, alert_id: int, desk: Desk) -> str:
    """The comment with what screens hide (a telephone number may save a life); who looked is recorded.

    Raises NotFound (alert, comment taken back), Invalid unless the alert is opened and not closed.
    """
    found = _alert(session, alert_id, desk)
    if found.opened_at is None or found.closed_at is not None:
        raise Invalid(say("alerts.open_first"))
    said = session.get(Comment, found.comment_id) if found.comment_id is not None else None
    if said is None:
        raise NotFound(say("alerts.taken_back"))
    audit(session, "alert.original_seen", "comment", said.id, account_id=desk.account_id)
    return said.original


def record_miss(session: Session, miss: Miss, desk: Desk, *, at: datetime | None = None) -> int:
    """Record 漏报; its id. Raises NotFound (comment), Invalid (recorded before, or an alert was raised)."""
    if miss.how not in MISS_WAYS:
        raise Invalid(say("alerts.no_way"))
    words = _note(miss.note)
    said = session.get(Comment, miss.comment_id)
    if said is None or said.community_id != desk.community_id:
        raise NotFound(say("alerts.unknown_comment"))
    _check_missed(session, miss.comment_id)
    made = AlertMiss(
        community_id=desk.community_id,
        comment_id=miss.comment_id,
        found_at=at or now(),
        found_by=desk.account_id,
        how=miss.how,
        note=words,
    )
    session.add(made)
    session.flush()
    assert made.id is not None
    audit(session, "alert.missed", "comment", miss.comment_id, account_id=desk.account_id)
    if miss.still:
        raise_for(session, [miss.comment_id], "person", any_age=True)
    return made.id


def _check_missed(session: Session, comment_id: int) -> None:
    """What the machine raised was not missed; a person's own alert was."""
    source = session.scalar(select(col(Alert.source)).where(col(Alert.comment_id) == comment_id))
    if source not in (None, "person"):
        raise Invalid(say("alerts.was_raised"))
    known = select(col(AlertMiss.id)).where(col(AlertMiss.comment_id) == comment_id)
    if session.scalar(known) is not None:
        raise Invalid(say("alerts.missed_already"))


def watch() -> int:
    """One step of the background worker: raise what was left out, pass on what nobody opened. How many."""
    return sweep() + escalate()


def escalate(at: datetime | None = None) -> int:
    """Pass every alert that nobody opened in time on: to the deputy, then to the supervisor. How many.

    Each stage happens once, whoever runs this and how often; without a deputy both come at once.
    """
    moment = at or now()
    with database.reading() as session:
        late = list(session.scalars(select(col(Alert.id)).where(_late(moment))))
    if not late:
        return 0
    with database.writing() as session:
        query = select(Alert).where(col(Alert.id).in_(late), _late(moment)).order_by(col(Alert.id))
        found = list(session.scalars(query.with_for_update(skip_locked=True)))
        known = {id_: roster_of(session, id_) for id_ in {one.community_id for one in found}}
        for one in found:
            _pass_on(one, known[one.community_id], moment)
            audit(session, "alert.escalated", "alert", one.id)
        return len(found)


def _late(at: datetime) -> ColumnElement[bool]:
    """Not opened by the deadline, and not passed on as far as it should be by now."""
    waited = at - timedelta(minutes=settings().alert_minutes)
    again = and_(col(Alert.escalated_again_at).is_(None), col(Alert.escalated_at) <= waited)
    return and_(
        col(Alert.closed_at).is_(None),
        col(Alert.opened_at).is_(None),
        col(Alert.due_at) <= at,
        or_(col(Alert.escalated_at).is_(None), again),
    )


def _pass_on(alert: Alert, roster: Roster, at: datetime) -> None:
    """The next stage; the deputy is that of the turn the alert fell into."""
    turn = deadline(roster, alert.raised_at, settings().alert_minutes).turn
    deputy = turn.shift.deputy if turn else ""
    supervisor = roster.supervisor or say("alerts.any_supervisor")
    if alert.escalated_at is None:
        alert.escalated_at, alert.escalated_to = at, deputy or supervisor
        if deputy:
            return
    alert.escalated_again_at, alert.escalated_again_to = at, supervisor


def _alert(session: Session, alert_id: int, desk: Desk) -> Alert:
    """The alert, kept from others until the transaction ends."""
    found = session.get(Alert, alert_id, with_for_update=True)
    if found is None or found.community_id != desk.community_id:
        raise NotFound(say("alerts.unknown"))
    return found


def _note(note: str) -> str:
    words = note.strip()
    if len(words) > MOST_NOTE:
        raise Invalid(say("alerts.note_too_long", n=len(words), most=MOST_NOTE))
    return words

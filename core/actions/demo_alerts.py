"""The demo's roster, and alerts in every state: waiting, taken up, closed in time and late, missed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from core import database
from core.actions.alerts import Desk, Miss, record_miss
from core.actions.audit import audit
from core.actions.duty import NewPerson, Turns, add_person, add_turns, roster_of, set_plan
from core.actions.seed_data import seed_comments, seed_plan
from core.analysis.duty_hours import Roster, deadline
from core.redaction import redact
from core.settings import settings
from core.text.danger import dangers
from models.account import Account
from models.alert import Alert
from models.base import now
from models.comment import Comment
from models.place import Community

# How long before the deadline, or after it, an alert was opened; how long it then took.
OPENED, CLOSED = timedelta(minutes=11), timedelta(hours=3)


def load_demo_alerts(at: datetime | None = None) -> int:
    """Give the demo community its roster and alerts, counted back from `at`; how many alerts.

    The demo and its accounts must be there (core.actions.demo, demo_accounts); 0 where they are not.
    """
    moment = at or now()
    with database.writing() as session:
        place = session.scalars(select(col(Community.id)).where(col(Community.synthetic).is_(True))).first()
        accounts = dict(session.execute(select(col(Account.name), col(Account.id))).all())
        if place is None or "juwei" not in accounts:
            return 0
        plan = seed_plan("alerts")
        _roster(session, place, plan, accounts)
        # Saving the demo's answers has raised alerts for the latest of them, as of today: they are told anew.
        session.execute(delete(Alert).where(col(Alert.community_id) == place))
        desk = Desk(place, accounts["juwei"])
        raised = _past(session, plan, desk, moment) + _fresh(session, plan, desk, moment)
        _missed(session, plan["missed"], desk, moment)
        return raised


def _roster(session: Session, place: int, plan: Mapping[str, Any], accounts: Mapping[str, int]) -> None:
    people = {
        key: add_person(
            session,
            place,
            NewPerson(accounts.get(told.get("account", "")), told.get("name", ""), told["phone"]),
        )
        for key, told in plan["people"].items()
    }
    for turn in plan["turns"]:
        starts, ends = (_minute(turn[key]) for key in ("starts", "ends"))
        persons = people[turn["person"]], people[turn["deputy"]]
        add_turns(session, place, Turns(turn["weekdays"], starts, ends, *persons))
    set_plan(session, place, supervisor_id=people[plan["supervisor"]], holidays=())


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _past(session: Session, plan: Mapping[str, Any], desk: Desk, at: datetime) -> int:
    """An alert for every comment of the demo with words of danger, all closed."""
    query = select(Comment).where(col(Comment.community_id) == desk.community_id, col(Comment.danger) != "")
    found = session.scalars(query.order_by(col(Comment.said_at), col(Comment.id))).all()
    serious = {
        one.text for kind in ("needs", "feedback") for one in seed_comments(f"{kind}_comments") if one.once
    }
    roster = roster_of(session, desk.community_id)
    for nth, said in enumerate(found, start=1):
        made = _alert(said, roster)
        if nth % plan["late_every"] == 0:
            _pass_on(made, roster)
        came = plan["danger"][said.danger.split(";")[0]] if said.original in serious else plan["harmless"]
        _close(made, desk, came, at)
        session.add(made)
    return len(found)


def _pass_on(made: Alert, roster: Roster) -> None:
    """Nobody opened it by the deadline."""
    turn = deadline(roster, made.raised_at, settings().alert_minutes).turn
    made.escalated_at, made.escalated_to = made.due_at, turn.shift.deputy if turn else ""


def _close(made: Alert, desk: Desk, came: Mapping[str, str], at: datetime) -> None:
    """Opened a little before its deadline, or after it was passed on; closed some hours later."""
    opened = made.due_at + OPENED if made.escalated_at else max(made.due_at - OPENED, made.raised_at)
    made.opened_at, made.opened_by = min(opened, at), desk.account_id
    made.closed_at, made.closed_by = min(opened + CLOSED, at), desk.account_id
    made.outcome, made.note = came["outcome"], came["note"]


def _alert(said: Comment, roster: Roster) -> Alert:
    """The alert as it was raised when the comment was received."""
    until = deadline(roster, said.received_at, settings().alert_minutes)
    return Alert(
        community_id=said.community_id,
        comment_id=said.id,
        source="words",
        kinds=said.danger,
        raised_at=said.received_at,
        in_hours=until.in_hours,
        duty_name=until.turn.shift.person if until.turn else "",
        due_at=until.due_at,
    )


def _fresh(session: Session, plan: Mapping[str, Any], desk: Desk, at: datetime) -> int:
    """Sentences said a while ago, whose alerts wait or are taken up."""
    roster = roster_of(session, desk.community_id)
    for told in plan["fresh"]:
        said = _said(session, desk.community_id, told["text"], at - timedelta(minutes=told["minutes"]))
        made = _alert(said, roster)
        if "opened" in told:
            made.opened_at = said.received_at + timedelta(minutes=told["opened"])
            made.opened_by = desk.account_id
        session.add(made)
    return len(plan["fresh"])


def _said(session: Session, community_id: int, text: str, at: datetime) -> Comment:
    said = Comment(
        community_id=community_id,
        channel="sentence",
        original=text,
        redacted=redact(text),
        danger=";".join(dangers(text)),
        said_at=at,
        received_at=at,
    )
    session.add(said)
    session.flush()
    audit(session, "comment.said", "comment", said.id)
    return said


def _missed(session: Session, told: Mapping[str, Any], desk: Desk, at: datetime) -> None:
    said = _said(session, desk.community_id, told["text"], at - timedelta(days=told["days"]))
    assert said.id is not None
    found_at = at - timedelta(days=told["days"] - 2)
    record_miss(session, Miss(said.id, told["how"], told["note"]), desk, at=found_at)

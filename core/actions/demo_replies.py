"""What the demo's committee answered and who signed up for what is to come: data/seed/replies.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlmodel import Session, col

from core import database
from core.actions.alerts import Desk
from core.actions.answer_words import Answer
from core.actions.answers import answer_comment
from core.actions.contacts import Reach
from core.actions.enrolments import sign_up
from core.actions.seed_data import seed_plan
from core.words import CHINA
from models.account import Account
from models.base import now
from models.comment import Comment, Verdict
from models.place import Community
from models.programme import Activity

# Who answers, and how long after the last answer its author says what became of it.
CLERK: Final = "juwei"
THOUGHT: Final = timedelta(hours=9)


def load_demo_replies(at: datetime | None = None) -> int:
    """Answer the comments of data/seed/replies.yaml, counted back from `at`; how many comments.

    The demo and its accounts must be there (core.actions.demo, demo_accounts); 0 where they are not.
    """
    moment, told = at or now(), 0
    with database.writing() as session:
        place = _place(session)
        clerk = session.scalar(select(col(Account.id)).where(col(Account.name) == CLERK))
        if place is None or clerk is None:
            return 0
        for reply in seed_plan("replies")["replies"]:
            query = select(Comment).where(
                col(Comment.community_id) == place, col(Comment.original) == reply["text"]
            )
            said = session.scalars(query.order_by(col(Comment.id)).limit(1)).first()
            if said is not None:
                _reply(session, said, reply, desk=Desk(place, clerk), at=moment)
                told += 1
    return told


def _reply(session: Session, said: Comment, reply: Mapping[str, Any], *, desk: Desk, at: datetime) -> None:
    assert said.id is not None
    answers, given_at = reply["answers"], said.said_at
    for left, given in enumerate(answers, start=1 - len(answers)):
        # What was said lately is answered before the demo is loaded all the same, one answer after the other.
        latest = at + left * timedelta(minutes=30) - THOUGHT
        given_at = max(min(said.said_at + timedelta(days=given["days"]), latest), given_at)
        due_on = at.astimezone(CHINA).date() + timedelta(days=given["due"]) if "due" in given else None
        words = (given["state"], given["reason"], given["owner"], due_on)
        answer = Answer(*words, wording=given.get("public", ""), area=reply["area"])
        answer_comment(session, said.id, answer, desk, at=given_at)
    if "verdict" in reply:
        verdict = Verdict(comment_id=said.id, verdict=reply["verdict"], given_at=given_at + THOUGHT)
        session.add(verdict)


def load_demo_signups(at: datetime | None = None) -> int:
    """Sign people up for the next activities of some series; how many."""
    moment, plan = at or now(), seed_plan("replies")
    with database.reading() as session:
        place = _place(session)
        found = {series: _next(session, place, series, moment) for series in _series(plan)}
    n = 0
    for series, activity_id in found.items():
        if activity_id is None:
            continue
        reaches = [Reach(phone, called) for called, phone in plan["contacts"].get(series, [])]
        for i, reach in enumerate(reaches or [None] * plan["signups"][series]):
            sign_up(activity_id, f"demo-signup-{series}-{i:02d}", reach=reach, at=moment)
            n += 1
    return n


def _series(plan: Mapping[str, Any]) -> list[str]:
    return [*plan["signups"], *plan["contacts"]]


def _next(session: Session, place: int | None, series: str, at: datetime) -> int | None:
    """The next activity of a series (its code is d-<series>-<k>)."""
    query = select(col(Activity.id)).where(
        col(Activity.community_id) == place,
        col(Activity.code).startswith(f"d-{series}-", autoescape=True),
        col(Activity.starts_at) > at,
        col(Activity.cancelled).is_(False),
    )
    return session.scalar(query.order_by(col(Activity.starts_at)).limit(1))


def _place(session: Session) -> int | None:
    return session.scalar(select(col(Community.id)).where(col(Community.synthetic).is_(True)))

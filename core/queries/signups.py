"""Signing up, as residents see it: one activity with its places, one sign-up behind its code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlmodel import Session, col

from core.errors import NotFound
from core.queries.rounds import CommunityCard, communities
from models.programme import Activity, Enrolment


@dataclass(frozen=True, slots=True)
class JoinCard:
    """One activity to sign up for; `capacity` is null when the number of places is not limited.

    `enrolled` have a place, `waiting` are on the waiting list. `needs_contact`: name and phone are asked for.
    """

    activity_id: int
    code: str
    name: str
    starts_at: datetime
    venue: str
    capacity: int | None
    cancelled: bool
    needs_contact: bool
    enrolled: int
    waiting: int
    community: CommunityCard

    @property
    def free(self) -> int | None:
        """Places left, never below 0; null when unlimited."""
        return None if self.capacity is None else max(0, self.capacity - self.enrolled)

    def open_at(self, at: datetime) -> bool:
        """Whether one can sign up at a moment: not called off, not begun."""
        return not self.cancelled and self.starts_at > at


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One sign-up: its state of taxonomy.ENROLMENT_STATES, its place on the waiting list (0: not on it)."""

    state: str
    place: int
    card: JoinCard


def activity_to_join(session: Session, code: str) -> JoinCard:
    """The activity of a code, whatever its state. Raises NotFound."""
    return _card(session, _activities().where(col(Activity.code) == code))


def sign_up_of(session: Session, receipt_hash: str) -> Enrolled | None:
    """The sign-up behind a code's hash (core.security.receipt_hash); None for an unknown one."""
    found = session.scalars(select(Enrolment).where(col(Enrolment.receipt_hash) == receipt_hash)).first()
    if found is None:
        return None
    before = select(func.count()).select_from(Enrolment).where(
        col(Enrolment.activity_id) == found.activity_id,
        col(Enrolment.state) == "waiting",
        col(Enrolment.id) <= found.id,
    )  # fmt: skip
    place = int(session.execute(before).scalar_one()) if found.state == "waiting" else 0
    card = _card(session, _activities().where(col(Activity.id) == found.activity_id))
    return Enrolled(found.state, place, card)


def _activities() -> Select[Any]:
    shown: list[Any] = [Activity]
    shown += [func.count(case((col(Enrolment.state) == state, 1))) for state in ("enrolled", "waiting")]
    return select(*shown).join_from(Activity, Enrolment, isouter=True).group_by(col(Activity.id))


def _card(session: Session, query: Select[Any]) -> JoinCard:
    found = session.execute(query).first()
    if found is None:
        raise NotFound.say("unknown_activity")
    activity, enrolled, waiting = found
    here = next(card for card in communities(session) if card.community_id == activity.community_id)
    shown = ("code", "name", "starts_at", "venue", "capacity", "cancelled", "needs_contact")
    facts = {name: getattr(activity, name) for name in shown}
    return JoinCard(activity.id, **facts, enrolled=enrolled, waiting=waiting, community=here)

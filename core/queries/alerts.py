"""预警 as staff see them: what is open and until when, what came of it, how well the net holds.

Nothing here is a statistic of what residents need: no other figure is made of alerts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.account import Account
from models.alert import Alert, AlertMiss
from models.base import UTCDateTime
from models.comment import Comment
from models.place import Building, Grid

MOST_CLOSED, MOST_FOUND = 8, 10


@dataclass(frozen=True, slots=True)
class AlertItem:
    """One alert with its comment, redacted; `taken_back`: the resident deleted the comment.

    `place` is grid and building as far as they were told; `hides`: the original says more than `text`.
    """

    alert_id: int
    comment_id: int | None
    text: str
    said_at: datetime | None
    channel: str
    place: tuple[str, ...]
    hides: bool
    taken_back: bool
    source: str
    kinds: tuple[str, ...]
    raised_at: datetime
    in_hours: bool
    duty_name: str
    due_at: datetime
    passed_on: tuple[tuple[datetime, str], ...]
    opened_at: datetime | None
    opened_by: str
    closed_at: datetime | None
    closed_by: str
    outcome: str
    note: str


class OpenAlerts(NamedTuple):
    """What waits in some communities: not closed, of them not opened, of these past their deadline."""

    n: int
    unopened: int
    overdue: int


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """How the net held since a moment. `in_time` of `due`: opened by the deadline, of those it came to.

    `real` of `judged`: what the machine raised and staff found to be danger, of what they could judge
    (duplicates, those they could reach nobody about, and open ones aside). `missed`: what the machine missed.
    """

    raised: int
    by_source: dict[str, int]
    due: int
    in_time: int
    escalated: int
    outcomes: dict[str, int]
    judged: int
    real: int
    missed: int


class Found(NamedTuple):
    """A comment looked for by its words."""

    comment_id: int
    text: str
    said_at: datetime


def open_alerts(session: Session, community_id: int) -> list[AlertItem]:
    """Alerts that are not closed: those nobody opened first, then by deadline."""
    waiting = col(Alert.opened_at).is_not(None)
    query = _items(community_id).where(col(Alert.closed_at).is_(None))
    return _told(session, query.order_by(waiting, col(Alert.due_at), col(Alert.id)))


def closed_alerts(session: Session, community_id: int, *, most: int = MOST_CLOSED) -> list[AlertItem]:
    """The alerts closed last, the latest first."""
    query = _items(community_id).where(col(Alert.closed_at).is_not(None))
    return _told(session, query.order_by(col(Alert.closed_at).desc(), col(Alert.id).desc()).limit(most))


def _items(community_id: int) -> Select[Any]:
    opener, closer = aliased(Account), aliased(Account)
    shown: tuple[Any, ...] = (
        Alert,
        Comment,
        col(Grid.name),
        col(Building.name),
        col(opener.display),
        col(closer.display),
    )
    return (
        select(*shown)
        .outerjoin(Comment, col(Comment.id) == col(Alert.comment_id))
        .outerjoin(Grid, col(Grid.id) == col(Comment.grid_id))
        .outerjoin(Building, col(Building.id) == col(Comment.building_id))
        .outerjoin(opener, col(opener.id) == col(Alert.opened_by))
        .outerjoin(closer, col(closer.id) == col(Alert.closed_by))
        .where(col(Alert.community_id) == community_id)
    )


def _told(session: Session, query: Select[Any]) -> list[AlertItem]:
    return [_item(*row) for row in session.execute(query)]


def _item(
    alert: Alert, said: Comment | None, grid: str | None, building: str | None, *names: str | None
) -> AlertItem:
    passed = ((alert.escalated_at, alert.escalated_to), (alert.escalated_again_at, alert.escalated_again_to))
    opened_by, closed_by = (name or "" for name in names)
    return AlertItem(
        alert_id=alert.id or 0,
        comment_id=alert.comment_id,
        text=said.redacted if said else "",
        said_at=said.said_at if said else None,
        channel=said.channel if said else "",
        place=tuple(name for name in (grid, building) if name),
        hides=said is not None and said.original != said.redacted,
        taken_back=said is None,
        source=alert.source,
        kinds=tuple(kind for kind in alert.kinds.split(";") if kind),
        raised_at=alert.raised_at,
        in_hours=alert.in_hours,
        duty_name=alert.duty_name,
        due_at=alert.due_at,
        passed_on=tuple({(at, to): None for at, to in passed if at is not None}),
        opened_at=alert.opened_at,
        opened_by=opened_by,
        closed_at=alert.closed_at,
        closed_by=closed_by,
        outcome=alert.outcome,
        note=alert.note,
    )


_unopened = col(Alert.opened_at).is_(None)
_late = col(Alert.due_at) <= bindparam("at", type_=UTCDateTime())
# Asked on every run of every staff screen: putting a statement together costs more than carrying it out.
_OPEN: Final = (
    select(
        col(Alert.community_id),
        func.count(),
        func.count(case((_unopened, 1))),
        func.count(case((_unopened & _late, 1))),
    )
    .where(col(Alert.closed_at).is_(None))
    .group_by(col(Alert.community_id))
)


def open_by_community(session: Session, at: datetime) -> dict[int, OpenAlerts]:
    """What waits, by community; nothing for those where nothing does. Reads the index of open alerts only."""
    found = session.execute(_OPEN, {"at": at})
    return {id_: OpenAlerts(*map(int, counted)) for id_, *counted in found}


def together(found: dict[int, OpenAlerts], community_ids: Collection[int]) -> OpenAlerts:
    """What waits in several communities together."""
    return OpenAlerts(*(sum(found[id_][k] for id_ in community_ids if id_ in found) for k in range(3)))


def alert_figures(session: Session, community_id: int, *, since: datetime, at: datetime) -> AlertFigures:
    """How the net held for what was raised, and found missed, from `since` on."""
    in_time = case((col(Alert.opened_at) <= col(Alert.due_at), 1), else_=0)
    due = case((or_(col(Alert.opened_at).is_not(None), col(Alert.due_at) <= at), 1), else_=0)
    escalated = case((col(Alert.escalated_at).is_not(None), 1), else_=0)
    axes = (col(Alert.source), col(Alert.outcome), due, in_time, escalated)
    query = select(*axes, func.count()).where(
        col(Alert.community_id) == community_id, col(Alert.raised_at) >= since
    )
    rows = session.execute(query.group_by(*axes)).all()
    missed = select(func.count()).select_from(AlertMiss).where(
        col(AlertMiss.community_id) == community_id, col(AlertMiss.found_at) >= since
    )  # fmt: skip
    by_source, outcomes = Counter[str](), Counter[str]()
    machine = Counter[str]()
    for source, outcome, *_, n in rows:
        by_source[source] += n
        outcomes[outcome] += n
        machine[outcome] += n if source != "person" else 0
    outcomes.pop("", None)
    real = machine["handled"] + machine["handed_over"]
    return AlertFigures(
        raised=by_source.total(),
        by_source=dict(by_source),
        due=sum(row[2] * row[-1] for row in rows),
        in_time=sum(row[3] * row[-1] for row in rows),
        escalated=sum(row[4] * row[-1] for row in rows),
        outcomes=dict(outcomes),
        judged=real + machine["not_danger"],
        real=real,
        missed=int(session.scalar(missed) or 0),
    )


def missable(session: Session, community_id: int, words: str, *, most: int = MOST_FOUND) -> list[Found]:
    """Comments with these words, the latest first; none for empty words.

    Left out is what the machine raised an alert for, and what was recorded as missed before.
    """
    if not words.strip():
        return []
    alerted = select(col(Alert.id)).where(
        col(Alert.comment_id) == col(Comment.id), col(Alert.source) != "person"
    )
    missed = select(col(AlertMiss.id)).where(col(AlertMiss.comment_id) == col(Comment.id))
    query = (
        select(col(Comment.id), col(Comment.redacted), col(Comment.said_at))
        .where(
            col(Comment.community_id) == community_id,
            col(Comment.redacted).contains(words.strip(), autoescape=True),
            ~alerted.exists(),
            ~missed.exists(),
        )
        .order_by(col(Comment.said_at).desc(), col(Comment.id).desc())
        .limit(most)
    )
    return [Found(*row) for row in session.execute(query)]

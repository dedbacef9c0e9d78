"""Raising 预警: exactly one for each comment that may speak of danger, in the transaction that finds it.

Old texts (imported letters, say) raise none, nor do texts from elsewhere, for which nobody here is on duty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from core import database
from core.actions.duty import roster_of, roster_on
from core.actions.statements import insert, run_many, table_of
from core.analysis.duty_hours import Roster, deadline
from core.settings import settings
from models.alert import Alert
from models.base import now
from models.comment import Classification, Comment, Label
from models.place import Community

ALERT = table_of(Alert)
# Rows a statement: SQLite takes 32 766 values at a time.
BATCH = 500


class Alarming(NamedTuple):
    """A comment that may speak of danger; `kinds` as in Comment.danger, `source` of ALERT_SOURCES."""

    comment_id: int
    community_id: int
    kinds: str
    source: str = "words"


def oldest(at: datetime) -> datetime:
    """What was said before this raises no alert at the moment `at`."""
    return at - timedelta(days=settings().alert_days)


def insert_alerts(cursor: Any, name: str, found: Iterable[tuple[int | None, Mapping[str, Any]]]) -> None:
    """On a driver's cursor, in the transaction that stored the comments: pairs of id and columns."""
    at = now()
    alarming = [
        Alarming(id_, comment["community_id"], comment["danger"])
        for id_, comment in found
        if id_ is not None and comment["said_at"] >= oldest(at)
    ]
    known = {id_: roster_on(cursor, name, id_) for id_ in {one.community_id for one in alarming}}
    statement = insert(ALERT, name, unique=("comment_id",))
    run_many(cursor, statement, statement.rows(_record(one, known[one.community_id], at) for one in alarming))


def raise_for(
    session: Session, comment_ids: Collection[int], source: str, *, any_age: bool = False
) -> list[int]:
    """Raise an alert for each of these comments that has none yet; the comments it was new for.

    Left out are comments said too long ago, unless `any_age`, and those of communities of imported texts.
    """
    found: list[int] = []
    ids = sorted(comment_ids)
    at = now()
    for start in range(0, len(ids), BATCH):
        query = (
            select(col(Comment.id), col(Comment.community_id), col(Comment.danger))
            .join(Community, col(Community.id) == col(Comment.community_id))
            .where(col(Comment.id).in_(ids[start : start + BATCH]), col(Community.source) == "")
        )
        if not any_age:
            query = query.where(col(Comment.said_at) >= oldest(at))
        found += _raise(
            session, [Alarming(*row)._replace(source=source) for row in session.execute(query)], at
        )
    return found


def sweep() -> int:
    """Raise what no transaction raised: a person's label, what was read before this was running. How many."""
    at = now()
    with database.reading() as session:
        left = [Alarming(*row) for row in session.execute(_left_out(at))]
    if not left:
        return 0
    with database.writing() as session:
        return len(_raise(session, left, at))


def _left_out(at: datetime) -> Any:
    """Recent comments, urgent by label, words or detector, that have no alert: columns of Alarming."""
    newest = select(func.max(col(Label.id))).group_by(col(Label.comment_id))
    labelled, machine = col(Label.urgent), col(Classification.urgent)
    urgent = or_(labelled, and_(col(Label.id).is_(None), or_(machine, col(Comment.danger) != "")))
    source = case((col(Comment.danger) != "", "words"), (machine, "detector"), else_="person")
    alerted = select(col(Alert.id)).where(col(Alert.comment_id) == col(Comment.id)).exists()
    return (
        select(col(Comment.id), col(Comment.community_id), col(Comment.danger), source)
        .join(Community, col(Community.id) == col(Comment.community_id))
        .outerjoin(Classification, col(Classification.id) == col(Comment.classification_id))
        .outerjoin(Label, and_(col(Label.comment_id) == col(Comment.id), col(Label.id).in_(newest)))
        .where(col(Community.source) == "", col(Comment.said_at) >= oldest(at), urgent, ~alerted)
        .order_by(col(Comment.id))
        .limit(BATCH)
    )


def _raise(session: Session, found: Sequence[Alarming], at: datetime) -> list[int]:
    """Insert where there is none yet; whichever transaction comes first has raised it."""
    if not found:
        return []
    known = {id_: roster_of(session, id_) for id_ in {one.community_id for one in found}}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [_record(one, known[one.community_id], at) for one in found]
    statement = dialect.insert(ALERT).values(rows).on_conflict_do_nothing(index_elements=["comment_id"])
    return [id_ for id_ in session.scalars(statement.returning(ALERT.c.comment_id)) if id_ is not None]


def _record(found: Alarming, roster: Roster, at: datetime) -> dict[str, Any]:
    """The columns of a new alert."""
    until = deadline(roster, at, settings().alert_minutes)
    return {
        "community_id": found.community_id,
        "comment_id": found.comment_id,
        "source": found.source,
        "kinds": found.kinds,
        "raised_at": at,
        "in_hours": until.in_hours,
        "duty_name": until.turn.shift.person if until.turn else "",
        "due_at": until.due_at,
        "escalated_at": None,
        "escalated_to": "",
        "escalated_again_at": None,
        "escalated_again_to": "",
        "opened_at": None,
        "opened_by": None,
        "closed_at": None,
        "closed_by": None,
        "outcome": "",
        "note": "",
    }

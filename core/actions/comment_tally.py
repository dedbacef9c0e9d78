"""The tally of comments: moved in the same transaction that changes how a comment is read.

A comment that waits to be read is in no cell: those are few and counted from the comments themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import and_, case, delete, func, or_, select
from sqlmodel import Session, col

from core.actions.statements import insert, table_of
from core.database import month_of
from models.comment import Classification, Comment, Label
from models.tally import CommentTally
from models.taxonomy import UNREAD_STATES

TABLE = table_of(CommentTally)
CELL = ("community_id", "month", "area", "state", "urgent")


class Cell(NamedTuple):
    """Where a comment is counted; see models.tally.CommentTally."""

    community_id: int
    month: str
    area: str
    state: str
    urgent: bool


@contextmanager
def moving(session: Session, ids: Collection[int]) -> Iterator[None]:
    """Whatever is done to these comments inside (read, labelled, deleted), the tally follows it."""
    before = _cells(session, ids)
    yield
    session.flush()
    move = Counter(_cells(session, ids))
    move.subtract(before)
    _add(session, move)


def counted(session: Session) -> Counter[Cell]:
    """Every cell counted again from the comments: what the tally must hold."""
    return _cells(session, None)


def recount(session: Session) -> None:
    """Write the tally anew from the comments."""
    session.execute(delete(CommentTally))
    _add(session, counted(session))


def _cells(session: Session, ids: Collection[int] | None) -> Counter[Cell]:
    labelled = col(Label.id).is_not(None)
    newest = select(func.max(col(Label.id))).group_by(col(Label.comment_id))
    if ids is not None:
        newest = newest.where(col(Label.comment_id).in_(ids))
    area = case(
        (labelled, col(Label.area)), (col(Comment.state) == "classified", col(Classification.area)), else_=""
    )
    state = case((labelled, "classified"), else_=col(Comment.state))
    urgent = case((labelled, col(Label.urgent)), else_=col(Classification.urgent))
    cell = (col(Comment.community_id), month_of(col(Comment.said_at), session), area, state, urgent)
    query = (
        select(*cell, func.count())
        .select_from(Comment)
        .join(Classification, col(Classification.id) == col(Comment.classification_id), isouter=True)
        .join(Label, and_(col(Label.comment_id) == col(Comment.id), col(Label.id).in_(newest)), isouter=True)
        .where(or_(labelled, col(Comment.state).not_in(UNREAD_STATES)))
        .group_by(*cell)
    )
    if ids is not None:
        query = query.where(col(Comment.id).in_(ids))
    found = session.execute(query).all()
    return Counter({Cell(place, m, a, s, bool(u)): n for place, m, a, s, u, n in found})


def _add(session: Session, move: Counter[Cell]) -> None:
    """Add to the cells, in key order so that two movers could not deadlock."""
    rows = [(*cell, n) for cell, n in sorted(move.items()) if n]
    if not rows:
        return
    name = session.get_bind().dialect.name
    statement = insert(TABLE, name, unique=CELL, add=("n",))
    cursor = session.connection().connection.cursor()
    records = [dict(zip((*CELL, "n"), row, strict=True)) for row in rows]
    cursor.executemany(statement.sql, statement.rows(records))
    cursor.close()

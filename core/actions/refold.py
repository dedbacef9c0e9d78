"""Changing or deleting responses that were counted already: the tally follows in the same transaction.

The fold counts each response once and never looks back (core.actions.fold), so whoever changes one behind the
watermark takes out what it counted as and puts in what it counts as now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, func, select, text, update
from sqlmodel import Session, col

from core.actions.fold import COLUMNS, FOLDER_LOCK, MARGIN, TALLY, Counts
from core.actions.statements import insert
from models.base import now
from models.response import Response
from models.tally import FoldState

Key = tuple[Any, ...]
Figures = dict[Key, tuple[int, int]]


class _Counted(NamedTuple):
    """What some responses add: key → (n, asked), for the tally and for its margins."""

    cells: Figures
    margins: Figures


@contextmanager
def recounting(session: Session, ids: Collection[int]) -> Iterator[None]:
    """Whatever is done to these responses inside (changed, deleted), the tally follows it.

    To be entered before the transaction locks any row: on PostgreSQL it first waits for a fold under way, and
    holds off the next one until the transaction ends. On SQLite the write transaction is that lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(FOLDER_LOCK)))
    before = _counted(session, ids)
    yield
    session.flush()
    after = _counted(session, ids)
    moves = [_move(session, TALLY, before.cells, after.cells)]
    moves.append(_move(session, MARGIN, before.margins, after.margins))
    if any(moves):
        session.execute(update(FoldState).values(folded_at=now()))
    _lower_watermark(session)


def _counted(session: Session, ids: Collection[int]) -> _Counted:
    """What the fold has added for these responses; nothing for those behind which it still is."""
    mark = session.scalar(select(func.max(col(FoldState.last_response_id)))) or 0
    query = text(f"SELECT {COLUMNS} FROM response WHERE id IN :ids AND id <= :mark")
    query = query.bindparams(bindparam("ids", expanding=True))
    counts = Counts()
    for row in session.execute(query, {"ids": list(ids), "mark": mark}):
        counts.add(tuple(row))
    return _Counted(_summed(counts.cell_rows()), _summed(counts.margin_rows()))


def _summed(rows: Iterable[tuple[Any, ...]]) -> Figures:
    n: Counter[Key] = Counter()
    asked: Counter[Key] = Counter()
    for *key, persons, told in rows:
        n[tuple(key)] += persons
        asked[tuple(key)] += told
    return {key: (n[key], asked[key]) for key in n}


def _move(session: Session, table: Table, before: Figures, after: Figures) -> bool:
    """Add what is more and take off what is less; rows that nobody is left in go. Whether anything moved."""
    keys = [column.name for column in table.primary_key]
    moved = []
    for key in sorted(before.keys() | after.keys()):
        was, is_ = before.get(key, (0, 0)), after.get(key, (0, 0))
        if was != is_:
            moved.append((*key, is_[0] - was[0], is_[1] - was[1]))
    if not moved:
        return False
    name = session.get_bind().dialect.name
    statement = insert(table, name, unique=tuple(keys), add=("n", "asked"))
    records = [dict(zip((*keys, "n", "asked"), row, strict=True)) for row in moved]
    cursor = session.connection().connection.cursor()
    cursor.executemany(statement.sql, statement.rows(records))
    mark = "?" if name == "sqlite" else "%s"
    where = " AND ".join(f"{key} = {mark}" for key in keys)
    emptied = [row[: len(keys)] for row in moved if row[-2] < 0]
    if emptied:
        cursor.executemany(f"DELETE FROM {table.name} WHERE {where} AND n = 0 AND asked = 0", emptied)
    cursor.close()
    return True


def _lower_watermark(session: Session) -> None:
    """Never leave the watermark above the last response: SQLite gives the id of a deleted last row out again,
    and a new response that got it would count as folded already."""
    last = select(func.coalesce(func.max(col(Response.id)), 0)).scalar_subquery()
    mark = col(FoldState.last_response_id)
    session.execute(
        update(FoldState).where(mark > last).values(last_response_id=last),
        execution_options={"synchronize_session": False},
    )

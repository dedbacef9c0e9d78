"""Compiled statements for the two paths where the ORM would cost more than the deed: saving and folding."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Dialect, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlalchemy.dialects.sqlite.pysqlite import dialect as sqlite_dialect

from core import database
from models.base import Base, UTCDateTime

Row = Sequence[Any]


class Statement(NamedTuple):
    """One INSERT as the driver takes it: `columns` is the order of the values in a row.

    `take` picks them out of a record; `times` are the places of those the driver stores in another form.
    """

    sql: str
    columns: tuple[str, ...]
    take: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    times: tuple[int, ...]

    def rows(self, records: Iterable[Mapping[str, Any]]) -> list[Row]:
        """The records as rows of this statement, their times as the driver stores them."""
        found: list[Row] = list(map(self.take, records))
        return [self._timed(row) for row in found] if self.times else found

    def _timed(self, row: Row) -> Row:
        cells = list(row)
        for place in self.times:
            cells[place] = cells[place] and _as_text(cells[place])
        return cells


def table_of(model: type[Base]) -> Table:
    """The table a record class stands for, as the compiled statements need it."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


@lru_cache(maxsize=32)
def insert(
    table: Table,
    name: str,
    *,
    unique: tuple[str, ...] = (),
    add: tuple[str, ...] = (),
    returning: bool = False,
) -> Statement:
    """The INSERT for `table` on the dialect `name`.

    A row whose `unique` columns exist already is left alone, or, with `add`, has those columns added to.
    `returning` is for `run_returning`: SQLite's driver tells the new id anyway, PostgreSQL has to be asked.
    """
    dialects = postgresql if name == "postgresql" else sqlite
    columns = tuple(
        column.name for column in table.columns if not (column.name == "id" and column.primary_key)
    )
    base = dialects.insert(table).values({column: bindparam(column) for column in columns})
    statement: Any = base
    if add:
        sums = {column: table.c[column] + base.excluded[column] for column in add}
        statement = base.on_conflict_do_update(index_elements=list(unique), set_=sums)
    elif unique:
        statement = base.on_conflict_do_nothing(index_elements=list(unique))
    if returning and name == "postgresql":
        statement = statement.returning(table.c.id)
    compiled = statement.compile(dialect=_driver(name))
    order = tuple(compiled.positiontup or ())
    stored = [] if name == "postgresql" else [isinstance(table.c[c].type, UTCDateTime) for c in order]
    times = tuple(place for place, is_time in enumerate(stored) if is_time)
    return Statement(str(compiled), order, itemgetter(*order), times)


def sql(query: ClauseElement, name: str) -> str:
    """A query as the driver of dialect `name` takes it, its parameters in the order they stand in it."""
    return str(query.compile(dialect=_driver(name)))


def _driver(name: str) -> Dialect:
    if name == "postgresql":
        return psycopg_dialect(paramstyle="format")  # type: ignore[no-untyped-call]
    return sqlite_dialect(paramstyle="qmark")


def run_many(cursor: Any, statement: Statement, rows: Sequence[Row]) -> None:
    """Execute the statement once for each row, on a driver's cursor."""
    if rows:
        cursor.executemany(statement.sql, rows)


def run_returning(cursor: Any, statement: Statement, rows: Sequence[Row]) -> list[int | None]:
    """Execute once for each row and return each new id, None where the row existed already."""
    if isinstance(cursor, sqlite3.Cursor):
        # A row that was left alone counts as none; `lastrowid` is then still an older row's.
        made = (cursor.execute(statement.sql, row) for row in rows)
        return [done.lastrowid if done.rowcount else None for done in made]
    cursor.executemany(statement.sql, rows, returning=True)
    found = [each.fetchone() for each in cursor.results()]
    return [row[0] if row else None for row in found]


@contextmanager
def writing_cursor() -> Iterator[tuple[Any, str]]:
    """A driver's cursor inside one write transaction, and the dialect's name; committed at the end.

    Raises Unavailable when the record is locked, full or gone; nothing is stored then.
    """
    try:
        writer = database.writer()
        raw = writer.take()
        try:
            cursor = raw.cursor()
            if writer.name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            yield cursor, writer.name
            if writer.name == "sqlite":
                cursor.execute("COMMIT")  # the driver keeps this statement; its own commit() makes it anew
            else:
                raw.commit()
        except BaseException:  # whatever happened, an interrupt too, half a transaction must not stay
            _undo(raw)
            raise
        finally:
            writer.give_back(raw)
    except database.OPERATIONAL as error:
        raise database.unavailable(error) from error


def _undo(raw: Any) -> None:
    """Roll back; a connection that cannot is dead: the pool must not hand it out again."""
    try:
        raw.rollback()
    except database.OPERATIONAL:
        raw.invalidate()


def moment(value: datetime, name: str) -> Any:
    """A time as the driver of dialect `name` stores it, the same as models.base.UTCDateTime does."""
    return value if name == "postgresql" else _as_text(value)


@lru_cache(maxsize=1024)
def _as_text(value: datetime) -> str:
    """Kept, because one moment is stored in several columns and rows."""
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(" ", "microseconds")

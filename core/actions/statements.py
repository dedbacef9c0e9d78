"""Compiled statements for the two paths where the ORM would cost more than the deed: saving and folding."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlalchemy.dialects.sqlite.pysqlite import dialect as sqlite_dialect

from core import database
from models.base import Base


class Statement(NamedTuple):
    """One INSERT as the driver takes it: `columns` is the order of the values in a row."""

    sql: str
    columns: tuple[str, ...]

    def rows(self, records: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """The records as rows of this statement."""
        return list(map(itemgetter(*self.columns), records))


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
    With `returning` the statement hands back the new id, or no row when one existed.
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
    if returning:
        statement = statement.returning(table.c.id)
    made = (
        psycopg_dialect(paramstyle="format")  # type: ignore[no-untyped-call]
        if name == "postgresql"
        else sqlite_dialect(paramstyle="qmark")
    )
    compiled = statement.compile(dialect=made)
    return Statement(str(compiled), tuple(compiled.positiontup or ()))


def run_many(cursor: Any, statement: Statement, rows: Sequence[tuple[Any, ...]]) -> None:
    """Execute the statement once for each row, on a driver's cursor."""
    if rows:
        cursor.executemany(statement.sql, rows)


def run_returning(cursor: Any, statement: Statement, rows: Sequence[tuple[Any, ...]]) -> list[int | None]:
    """Execute once for each row and return each new id, None where the row existed already."""
    if isinstance(cursor, sqlite3.Cursor):
        found = [cursor.execute(statement.sql, row).fetchone() for row in rows]
    else:
        cursor.executemany(statement.sql, rows, returning=True)
        found = [each.fetchone() for each in cursor.results()]
    return [row[0] if row else None for row in found]


@contextmanager
def writing_cursor() -> Iterator[tuple[Any, str]]:
    """A driver's cursor inside one write transaction, and the dialect's name; committed at the end.

    Raises Unavailable when the record is locked, full or gone; nothing is stored then.
    """
    try:
        raw = database.engine().raw_connection()
        name = database.engine().dialect.name
        try:
            cursor = raw.cursor()
            if name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            yield cursor, name
            raw.commit()
        except BaseException:  # whatever happened, an interrupt too, half a transaction must not stay
            _undo(raw)
            raise
        finally:
            raw.close()
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
    if name == "postgresql":
        return value
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(" ", "microseconds")

"""Past the ORM: rows, ids and times as the models have them, and whose turn it is to write to SQLite."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core import database
from core.actions.statements import insert, run_many, run_returning, table_of, writing_cursor
from core.errors import Unavailable
from models.account import AuditEntry
from models.alert import Alert
from models.response import Tombstone

TOMBSTONE = table_of(Tombstone)
NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def _tombstone(name: str, at: datetime = NOON) -> dict[str, Any]:
    return {"subject": "response", "receipt_hash": name, "deleted_at": at}


def _write(*records: dict[str, Any]) -> list[int | None]:
    with writing_cursor() as (cursor, name):
        statement = insert(TOMBSTONE, name, unique=("receipt_hash",), returning=True)
        return run_returning(cursor, statement, statement.rows(records))


def _stored() -> list[Tombstone]:
    with database.reading() as session:
        return list(session.scalars(select(Tombstone).order_by(Tombstone.id)))


def test_each_new_row_gives_its_id_and_one_that_was_there_none(record: Path) -> None:
    assert _write(_tombstone("a"), _tombstone("b")) == [1, 2]
    first, *others = _write(_tombstone("b"), _tombstone("c"), _tombstone("a"), _tombstone("c"))
    assert first is None and others[1:] == [None, None]
    assert [(row.id, row.receipt_hash) for row in _stored()] == [(1, "a"), (2, "b"), (others[0], "c")]


@pytest.mark.parametrize(
    "at",
    [
        NOON,
        datetime(2026, 11, 1, 7, 30, tzinfo=timezone(timedelta(hours=8))),
        NOON.replace(microsecond=7),
    ],
    ids=["utc", "china", "microseconds"],
)
def test_times_are_stored_as_the_models_store_them(record: Path, at: datetime) -> None:
    _write(_tombstone("past", at))
    with database.writing() as session:
        session.add(Tombstone(**_tombstone("orm", at)))
    with database.engine().connect() as connection:
        kept = connection.exec_driver_sql("SELECT deleted_at FROM tombstone ORDER BY id").scalars().all()
    assert kept[0] == kept[1]
    assert [row.deleted_at for row in _stored()] == [at, at]


def test_a_time_that_is_not_known_stays_unknown(record: Path) -> None:
    statement = insert(table_of(Alert), database.engine().dialect.name)
    row = statement.rows([dict.fromkeys(statement.columns) | {"raised_at": NOON}])[0]
    cells = dict(zip(statement.columns, row, strict=True))
    assert cells["raised_at"] is not None and cells["closed_at"] is None


def test_an_error_leaves_nothing_and_the_next_one_can_write(record: Path) -> None:
    with pytest.raises(RuntimeError), writing_cursor() as (cursor, name):
        statement = insert(TOMBSTONE, name)
        run_many(cursor, statement, statement.rows([_tombstone("half")]))
        raise RuntimeError
    assert _stored() == []
    assert len(_write(_tombstone("whole"))) == 1
    assert [row.receipt_hash for row in _stored()] == ["whole"]


def test_many_writers_at_once_each_get_their_turn(record: Path) -> None:
    entries = table_of(AuditEntry)

    def write(k: int) -> None:
        for _ in range(5):
            with writing_cursor() as (cursor, name):
                statement = insert(entries, name)
                blank = dict.fromkeys(statement.columns)
                made = blank | {"at": NOON, "deed": f"d{k}", "subject": "s", "digest": ""}
                run_many(cursor, statement, statement.rows([made]))

    threads = [threading.Thread(target=write, args=(k,)) for k in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        found = session.execute(select(AuditEntry.deed, func.count()).group_by(AuditEntry.deed)).all()
    assert sorted(map(tuple, found)) == sorted((f"d{k}", 5) for k in range(12))


def test_on_sqlite_the_same_connection_writes_again(sqlite_record: Path) -> None:
    writer = database.writer()
    first = writer.take()
    writer.give_back(first)
    assert writer.take() is first
    writer.give_back(first)


def test_closing_the_record_closes_the_connection_that_is_kept(sqlite_record: Path) -> None:
    writer = database.writer()
    kept = writer.take()
    writer.give_back(kept)
    assert kept.is_valid
    database.dispose()
    assert not kept.is_valid


def test_a_dead_connection_is_replaced(sqlite_record: Path) -> None:
    writer = database.writer()
    dead = writer.take()
    dead.invalidate()
    writer.give_back(dead)
    assert len(_write(_tombstone("after"))) == 1


def test_who_waits_too_long_for_a_turn_is_told(sqlite_record: Path, impatient: Callable[[], None]) -> None:
    impatient()
    writer = database.writer()
    taken = writer.take()
    with pytest.raises(Unavailable, match="没有存上"):
        _write(_tombstone("late"))
    writer.give_back(taken)
    assert len(_write(_tombstone("in time"))) == 1


def test_a_connection_that_cannot_be_opened_blocks_nobody(
    sqlite_record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("no file handle left")

    with monkeypatch.context() as patch:
        patch.setattr(database.engine(), "raw_connection", broken)
        for _ in range(2):
            with pytest.raises(RuntimeError):
                _write(_tombstone("never"))
    assert len(_write(_tombstone("after"))) == 1


def test_after_the_record_was_closed_it_is_opened_again(record: Path) -> None:
    _write(_tombstone("before"))
    database.dispose()
    _write(_tombstone("after"))
    assert [row.receipt_hash for row in _stored()] == ["before", "after"]


def test_a_turn_does_not_keep_others_from_reading(sqlite_record: Path) -> None:
    with writing_cursor() as (cursor, name):
        statement = insert(TOMBSTONE, name)
        run_many(cursor, statement, statement.rows([_tombstone("new")]))
        assert _stored() == []
    assert [row.receipt_hash for row in _stored()] == ["new"]

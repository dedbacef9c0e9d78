"""The record's transactions and migrations, on both databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, StatementError

from core import database
from core.errors import NotSetUp, Unavailable
from core.settings import ROOT
from models.base import UTCDateTime, now
from models.place import Community
from models.response import Tombstone


def test_migrations_make_exactly_the_tables_the_models_say(record: Path) -> None:
    with database.engine().connect() as connection:
        command.check(database._alembic(connection))


def test_a_fresh_database_is_current_after_upgrade_and_upgrading_again_changes_nothing(record: Path) -> None:
    database.upgrade()
    assert database.is_current()
    database.require_current()


def test_a_database_without_tables_says_what_to_run(sqlite_record: Path) -> None:
    database.dispose()
    (sqlite_record / "linsheng.db").unlink()
    with pytest.raises(NotSetUp, match=r"core\.cli upgrade"):
        database.require_current()


def test_two_processes_that_start_together_migrate_once(sqlite_record: Path) -> None:
    database.dispose()
    for leftover in sqlite_record.glob("linsheng.db*"):
        leftover.unlink()
    line = "from core import database; database.upgrade(); assert database.is_current()"
    started = [subprocess.Popen([sys.executable, "-c", line], cwd=ROOT) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]


def test_an_error_inside_a_transaction_leaves_nothing_behind(record: Path) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        session.add(Community(code="half", name="半成品"))
        session.flush()
        raise RuntimeError
    with database.reading() as session:
        assert session.execute(select(Community)).all() == []


def test_a_locked_database_is_told_as_busy_and_nothing_is_stored(
    sqlite_record: Path, impatient: Callable[[], None]
) -> None:
    impatient()
    with database.writing() as first:
        first.add(Community(code="one", name="一"))
        first.flush()
        with pytest.raises(Unavailable, match="没有存上"), database.writing():
            pass
    assert database.can_write()


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("database is locked", "现在提交的人多"),
        ("database or disk is full", "存储空间不足"),
        ("gone", "暂时连不上"),
    ],
)
def test_each_database_error_has_its_sentence(reason: str, sentence: str) -> None:
    assert sentence in str(database.unavailable(OperationalError("", {}, Exception(reason))))


def test_a_record_that_cannot_be_written_is_not_healthy(
    sqlite_record: Path, impatient: Callable[[], None]
) -> None:
    assert database.can_write()
    impatient()
    with database.writing():
        assert not database.can_write()


def test_times_come_back_in_utc_and_a_time_without_zone_is_refused(record: Path) -> None:
    evening = datetime(2026, 11, 1, 20, 0, tzinfo=timezone(timedelta(hours=8)))
    with database.writing() as session:
        session.add(Tombstone(subject="response", receipt_hash="a", deleted_at=evening))
    with database.reading() as session:
        found = session.execute(select(Tombstone.deleted_at)).scalar_one()
    assert found == datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    assert now().tzinfo is UTC
    with pytest.raises(StatementError, match="time zone"), database.writing() as session:
        session.add(Tombstone(subject="response", receipt_hash="b", deleted_at=datetime(2026, 11, 1)))
    assert UTCDateTime().process_bind_param(None, database.engine().dialect) is None

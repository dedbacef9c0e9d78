"""The tests' own PostgreSQL database is after each test as it was migrated, whatever the test did."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from core import database
from models.tables import metadata
from tests.core.conftest import make_small
from tests.postgres import Emptied


def _rows() -> dict[str, int]:
    with database.reading() as session:
        counts = {
            table.name: session.scalar(text(f"SELECT count(*) FROM {table.name}"))
            for table in metadata.sorted_tables
        }
    return {name: n for name, n in counts.items() if n}


def test_rows_and_counters_go_and_the_tables_stay(postgres_record: Path, postgres_database: Emptied) -> None:
    first = make_small()
    assert first.community == 1 and _rows()["grid"] == 2
    postgres_database.empty()
    assert _rows() == {} and database.is_current()
    assert make_small() == first


def test_many_rows_go_as_well(postgres_record: Path, postgres_database: Emptied) -> None:
    with database.writing() as session:
        session.execute(
            text(
                "INSERT INTO audit_entry (deed, subject, digest, at) "
                "SELECT 'a', 'b', repeat('x', 64), now() FROM generate_series(1, 9000)"
            )
        )
    make_small()
    postgres_database.empty()
    assert _rows() == {}


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (n int)",
        "DROP TABLE audit_entry",
        "ALTER TABLE grid ADD COLUMN more int",
        "ALTER TABLE grid DROP COLUMN name",
        "UPDATE alembic_version SET version_num = '0'",
    ],
)
def test_a_changed_table_is_put_right(postgres_record: Path, postgres_database: Emptied, change: str) -> None:
    with database.writing() as session:
        session.execute(text(change))
    postgres_database.empty()
    assert _rows() == {} and database.is_current()
    make_small()
    tables = set(inspect(database.engine()).get_table_names())
    assert tables == {table.name for table in metadata.sorted_tables} | {"alembic_version"}


def test_a_transaction_left_open_does_not_stop_it(postgres_record: Path, postgres_database: Emptied) -> None:
    with database.engine().connect() as left:
        left.execute(text("LOCK TABLE grid"))
        done = threading.Thread(target=postgres_database.empty)
        done.start()
        done.join(20)
        assert not done.is_alive()
        left.invalidate()
    assert _rows() == {}

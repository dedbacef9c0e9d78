"""The ground a bench works on is durable, its own, and gone afterwards."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from bench.ground import Record, cluster, postgres_binaries, throwaway
from core import database
from core.settings import settings


def test_a_folder_is_gone_afterwards_and_the_settings_are_back(room: Path) -> None:
    with throwaway() as folder:
        record = Record("sqlite", folder / "a").make()
        assert settings().var == record.var and database.is_current()
        with database.reading() as session:
            assert session.scalar(text("PRAGMA synchronous")) == 2
    assert not folder.exists()
    assert settings().var == room and os.environ["LINSHENG_DATABASE_URL"] == ""


def test_records_are_taken_in_turn(room: Path) -> None:
    with throwaway() as folder:
        first, second = (Record("sqlite", folder / name).make() for name in "ab")
        first.use()
        assert settings().url.endswith("a/linsheng.db")
        second.use()
        assert settings().url.endswith("b/linsheng.db")


@pytest.mark.skipif(postgres_binaries() is None, reason="PostgreSQL is not installed")
def test_a_cluster_is_durable_and_comes_back_after_its_postmaster_was_killed(room: Path) -> None:
    with throwaway() as folder, cluster(folder) as server:
        record = server.record("one", folder / "one")
        address = record.url.replace("+psycopg", "")
        with psycopg.connect(address) as connection:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                assert connection.execute(f"SHOW {name}".encode()).fetchone() == ("on",)
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        server.kill()
        server.start()
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)

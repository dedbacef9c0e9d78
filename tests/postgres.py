"""A throwaway PostgreSQL for the tests: one server and one database a process, emptied after each test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

PACKAGED = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if os.name == "posix" else []
# Nothing of these tests has to outlive a power cut; vacuuming would only take the processor.
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")
# Deleting a few rows is quicker than truncating, which makes new files; of many rows it leaves many behind.
LARGE_BYTES = 512 * 1024
# The record as it was migrated, in three statements: who else is connected goes (a test may have left
# threads behind); every row goes, without foreign keys being asked; every counter begins anew.
ALONE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
EMPTY = f"""DO $$
DECLARE kept record; large text;
BEGIN
    SET LOCAL session_replication_role = replica;
    SELECT string_agg(oid::regclass::text, ', ') INTO large FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
        AND pg_relation_size(oid) > {LARGE_BYTES};
    IF large IS NOT NULL THEN EXECUTE 'TRUNCATE ' || large || ' CASCADE'; END IF;
    FOR kept IN SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
        AND pg_relation_size(oid) > 0
    LOOP EXECUTE format('DELETE FROM %s', kept.name); END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename), start_value, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
END $$"""
# Tables, columns, keys and the migration: what emptying cannot put right.
SHAPE = """WITH seen AS (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    SELECT (SELECT string_agg(version_num, ',') FROM alembic_version),
    (SELECT count(*) FROM seen), (SELECT max(oid) FROM seen),
    (SELECT count(*) FROM pg_attribute WHERE attrelid IN (SELECT oid FROM seen) AND NOT attisdropped),
    (SELECT max(oid) FROM pg_constraint), (SELECT max(oid) FROM pg_trigger)"""
TEMPLATE, MINE = "linsheng_template", "linsheng_tests"


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs, or None where it is not installed."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(os.path.realpath(found)).parent
    return PACKAGED[-1] if PACKAGED else None


def free_port() -> int:
    """A port of loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_postgres(*words: str) -> list[str]:
    """PostgreSQL refuses to run as root: there it runs as the packaged user `postgres`."""
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else list(words)


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """A server on loopback until the block ends; its address without a database name."""
    home = Path(tempfile.mkdtemp(prefix="linsheng-pg-"))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
    data, port = home / "data", free_port()

    def run(program: str, *words: str, must: bool = True) -> None:
        command = _as_postgres(str(programs / program), "-D", str(data), *words)
        subprocess.run(command, check=must, capture_output=True, cwd=home)

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    places = (f"-p {port}", f"-k {home}", "-c listen_addresses=127.0.0.1", "-c max_connections=60")
    options = [*places, *(f"-c {one}" for one in QUICK)]
    run("pg_ctl", "-l", str(home / "log"), "-o", " ".join(options), "-w", "start")
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop", must=False)
        shutil.rmtree(home, ignore_errors=True)


class Emptied:
    """The database of this process's tests: made from the template once, then emptied again and again.

    A test that changed more than rows gets the next one a database made anew.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._plain = address.replace("+psycopg", "")
        self._turns = count(1)
        self._admin = psycopg.connect(f"{self._plain}/postgres", autocommit=True)
        self._make()

    def url(self) -> str:
        """Its address, another one each time: what a test keeps by address is not the next one's."""
        return f"{self.address}/{MINE}?application_name=test{next(self._turns)}"

    def empty(self) -> None:
        """Make it as it was migrated, whatever a test did to it."""
        try:
            self._inside.execute(ALONE)
            if self._inside.execute(SHAPE).fetchone() == self._shape:
                self._inside.execute(EMPTY)
                return
        except psycopg.Error:
            pass  # a test ended our own connection too
        self._inside.close()
        self._make()

    def _make(self) -> None:
        self._admin.execute(f"DROP DATABASE IF EXISTS {MINE} WITH (FORCE)".encode())
        self._admin.execute(f"CREATE DATABASE {MINE} TEMPLATE {TEMPLATE}".encode())
        self._inside = psycopg.connect(f"{self._plain}/{MINE}", autocommit=True)
        self._shape = self._inside.execute(SHAPE).fetchone()

    def close(self) -> None:
        """Let go of it; the server is stopped with all it holds."""
        self._inside.close()
        self._admin.close()


def execute(address: str, statement: str) -> None:
    """One statement on the server's own database."""
    with psycopg.connect(f"{address.replace('+psycopg', '')}/postgres", autocommit=True) as connection:
        connection.execute(statement.encode())

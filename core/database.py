"""The record's engine, its transactions and its migrations; SQLite embedded, PostgreSQL by URL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import ColumnElement, Connection, Engine, create_engine, event, func, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import PoolProxiedConnection
from sqlmodel import Session

from core.errors import NotSetUp, Unavailable
from core.settings import ROOT, settings
from core.words import CHINA

# What a database says when it cannot be read or written, and when a unique value exists already;
# the drivers' own errors too, because saving talks to the driver directly.
OPERATIONAL = (OperationalError, sqlite3.OperationalError, psycopg.OperationalError)
DUPLICATE = (IntegrityError, sqlite3.IntegrityError, psycopg.IntegrityError)

MIGRATIONS = ROOT / "models" / "migrations"
# Any fixed number will do: two processes that start together must ask for the same lock.
MIGRATION_LOCK = 7_340_011


@lru_cache(maxsize=8)
def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)
    settings().var.mkdir(parents=True, exist_ok=True)
    waits = {"timeout": settings().busy_seconds}
    made = create_engine(url, connect_args=waits, pool_size=10, max_overflow=50)
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def _prepare_sqlite(dbapi: Any, _record: object) -> None:
    dbapi.isolation_level = None  # we say BEGIN ourselves: the driver would open transactions too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        dbapi.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: upgrading a read transaction later could only fail."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def engine() -> Engine:
    """The engine of the configured database."""
    return _engine(settings().url)


class PooledWriter:
    """Connections to write by, past the ORM: each taken out of the pool and given back to it."""

    def __init__(self, engine: Engine) -> None:
        self.name, self._engine = engine.dialect.name, engine

    def take(self) -> PoolProxiedConnection:
        """A driver's connection, until it is given back."""
        return self._engine.raw_connection()

    def give_back(self, raw: PoolProxiedConnection) -> None:
        """To the pool."""
        raw.close()

    def close(self) -> None:
        """The pool closes its connections itself."""


class KeptWriter(PooledWriter):
    """The connection by which this process writes to SQLite, kept for whoever's turn it is.

    There is one writer at a time anyway. Waiting for one's turn here costs less than asking the database
    again and again, and a kept connection less than one out of the pool: it still knows its pages.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._turn = Lock()
        self._kept: PoolProxiedConnection | None = None

    def take(self) -> PoolProxiedConnection:
        """The connection; raises Unavailable when others keep it for too long."""
        if not self._turn.acquire(timeout=settings().busy_seconds):
            raise Unavailable.say("record_busy")
        try:
            if self._kept is None or self._kept.dbapi_connection is None:
                self._kept = self._engine.raw_connection()
        except BaseException:  # whatever happened, nobody else may wait for it for ever
            self._turn.release()
            raise
        return self._kept

    def give_back(self, raw: PoolProxiedConnection) -> None:
        """The next one's turn."""
        self._turn.release()

    def close(self) -> None:
        """Hand the connection to the pool, which closes it, once whoever writes is done."""
        is_mine = self._turn.acquire(timeout=settings().busy_seconds)
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        if is_mine:
            self._turn.release()


@lru_cache(maxsize=8)
def _writer(url: str) -> PooledWriter:
    made = _engine(url)
    return (KeptWriter if made.dialect.name == "sqlite" else PooledWriter)(made)


def writer() -> PooledWriter:
    """The connections to write to the configured record by, past the ORM."""
    return _writer(settings().url)


def dispose() -> None:
    """Close all connections and forget the engine (tests, forked children, restore)."""
    writer().close()
    engine().dispose()
    _writer.cache_clear()
    _engine.cache_clear()


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads one consistent state."""
    with _told(), Session(engine()) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A session that is one transaction: committed at the end, rolled back on any error.

    Raises Unavailable when the database is locked, full or gone; nothing is stored then.
    """
    with _told(), Session(engine().execution_options(writes=True)) as session, session.begin():
        session.connection()  # take the lock now: the session by itself would wait for the first statement
        yield session


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OPERATIONAL as error:
        raise unavailable(error) from error


def unavailable(error: BaseException) -> Unavailable:
    """The sentence for a database error: busy, full or gone."""
    reason = str(getattr(error, "orig", None) or error).lower()
    if "locked" in reason or "busy" in reason:
        return Unavailable.say("record_busy")
    full = "full" in reason or "no space" in reason
    return Unavailable.say("record_full" if full else "record_gone")


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade() -> None:
    """Bring the database to the newest version; two processes that start at once do it once."""
    with _told(), engine().connect() as connection:
        if connection.dialect.name == "sqlite":
            _upgrade_sqlite(connection)
            return
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        try:
            command.upgrade(_alembic(connection), "head")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
            connection.commit()


def _upgrade_sqlite(connection: Connection) -> None:
    """One write transaction is the lock; foreign keys are off, for a batch rebuilds its table."""
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.rollback()
    writer = connection.execution_options(writes=True)
    try:
        with writer.begin():
            command.upgrade(_alembic(writer), "head")
    finally:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.rollback()


def is_current() -> bool:
    """Whether the database has the newest migration."""
    with _told(), engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest()


def newest() -> str:
    """The name of the newest migration."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def require_current() -> None:
    """Raise NotSetUp unless the database has the newest migration."""
    if not is_current():
        raise NotSetUp.say("not_migrated")


def can_write() -> bool:
    """Whether a write transaction can be had now (health check); leaves nothing behind."""
    try:
        with writing() as session:
            session.connection().exec_driver_sql("UPDATE fold_state SET id = id WHERE id = 0")
    except Unavailable:
        return False
    return True


def month_of(column: Any, session: Session) -> ColumnElement[Any]:
    """The month of a moment's column in China's time, 2026-10, in the database the session speaks to."""
    if session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m", column, "+8 hours")
    return func.to_char(func.timezone(CHINA.key, column), "YYYY-MM")


@contextmanager
def snapshot() -> Iterator[Session]:
    """A session that sees one state of the record however long it reads (backup, checks)."""
    level = {} if engine().dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with _told(), Session(engine().execution_options(**level)) as session:
        yield session

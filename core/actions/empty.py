"""Emptying the whole record within a transaction: before a restore, and for a new demo."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlmodel import Session, func

from core import database
from core.actions import round_cache
from models.tables import metadata


def empty_record() -> None:
    """Delete every row of every table, in one transaction; the migrations stay."""
    with database.writing() as session:
        empty(session)
    round_cache.forget()


def empty(session: Session) -> None:
    """The same inside a transaction of the caller's."""
    tables = [table.name for table in reversed(metadata.sorted_tables)]
    if session.get_bind().dialect.name == "postgresql":
        # The lock that comes with TRUNCATE keeps other writers out until the end of the transaction.
        session.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"))
        return
    for name in tables:
        session.execute(text(f"DELETE FROM {name}"))


def is_empty(session: Session) -> bool:
    """Whether no table has a row."""
    return not any(
        session.scalar(select(func.count()).select_from(table.select().limit(1).subquery()))
        for table in metadata.sorted_tables
    )

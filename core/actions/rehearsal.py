"""Doing a deed to see what it would change, and undoing it: a preview is the deed itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from core import database


@contextmanager
def rehearsing() -> Iterator[Session]:
    """A session whose changes can be read inside the block and are gone after it. Raises Unavailable."""
    with database.writing() as session:
        yield session
        session.rollback()

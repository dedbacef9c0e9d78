"""Reading waiting comments with the classifier; a comment that cannot be read stays waiting or failed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from core import database
from core.actions.comment_tally import moving
from core.actions.raise_alerts import raise_for
from core.text.reading import Reading
from models.base import now
from models.comment import Classification, Comment
from models.taxonomy import UNREAD_STATES

BATCH = 500
# After this many failed attempts a comment waits for a person or for a new classifier version.
MOST_ATTEMPTS = 3

log = logging.getLogger(__name__)


class Reads(Protocol):
    """Whatever reads comments: core.text.reader.Reader, or another engine."""

    @property
    def version(self) -> str:
        """Name of this version of the classifier."""
        ...

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order."""
        ...


def read_waiting(reader: Reads, *, batch: int = BATCH) -> int:
    """Read one batch of waiting comments; the number taken up (0: none waits).

    The batch is read outside any transaction, then stored in one. A batch that fails is read one by
    one, so that one bad comment fails alone; it is tried MOST_ATTEMPTS times.
    """
    with database.reading() as session:
        waiting = session.execute(
            select(col(Comment.id), col(Comment.original))
            .where(col(Comment.state).in_(UNREAD_STATES), col(Comment.attempts) < MOST_ATTEMPTS)
            .order_by(col(Comment.attempts), col(Comment.id))
            .limit(batch)
        ).all()
    if waiting:
        found = _read(reader, [(row.id, row.original) for row in waiting])
        with database.writing() as session:
            _store(session, reader.version, found)
    return len(waiting)


def try_again() -> int:
    """Give failed comments their attempts back, for a classifier that has just come; how many those are."""
    failed = update(Comment).where(col(Comment.state) == "failed", col(Comment.attempts) >= MOST_ATTEMPTS)
    with database.writing() as session:
        found = session.execute(failed.values(attempts=0))
        return int(found.rowcount)  # type: ignore[attr-defined]


def _read(reader: Reads, waiting: Sequence[tuple[int, str]]) -> list[tuple[int, Reading | None]]:
    ids = [comment_id for comment_id, _ in waiting]
    try:
        return list(zip(ids, reader.read([text for _, text in waiting]), strict=True))
    except Exception as error:  # whatever the classifier does, no comment is lost and the worker goes on
        if len(waiting) == 1:
            log.error("comment %s could not be read (%s)", waiting[0][0], type(error).__name__)
            return [(waiting[0][0], None)]
        return [each for one in waiting for each in _read(reader, [one])]


def _store(session: Session, version: str, found: Sequence[tuple[int, Reading | None]]) -> None:
    ids = [comment_id for comment_id, _ in found]
    # Not deleted and not read by another process meanwhile; locked, so that they stay so until we are done.
    unread = select(col(Comment.id)).where(col(Comment.id).in_(ids), col(Comment.state).in_(UNREAD_STATES))
    there = {i for i in session.scalars(unread.order_by(col(Comment.id)).with_for_update()) if i}
    with moving(session, there):
        _change(session, version, [(i, reading) for i, reading in found if i in there])


def _change(session: Session, version: str, found: Sequence[tuple[int, Reading | None]]) -> None:
    """Give comments that are there and unread their reading, or note that it failed."""
    # A comment put back to waiting is read again: its earlier row of the same version gives way.
    ids = [comment_id for comment_id, _ in found]
    earlier = col(Classification.comment_id).in_(ids), col(Classification.classifier) == version
    session.execute(delete(Classification).where(*earlier))
    rows = [as_classification(i, reading, version) for i, reading in found if reading]
    session.add_all(rows)
    session.flush()
    states = [
        {
            "id": row.comment_id,
            "state": "abstained" if row.abstained else "classified",
            "classification_id": row.id,
        }
        for row in rows
    ]
    if states:
        session.execute(update(Comment), states)
    raise_for(session, [row.comment_id for row in rows if row.urgent], "detector")
    failed = [comment_id for comment_id, reading in found if reading is None]
    tried = update(Comment).where(col(Comment.id).in_(failed))
    session.execute(tried.values(state="failed", attempts=col(Comment.attempts) + 1))


def as_classification(comment_id: int, reading: Reading, version: str) -> Classification:
    """The row that keeps a reading."""
    return Classification(
        comment_id=comment_id,
        classifier=version,
        area=reading.area,
        areas=";".join(reading.areas),
        probability=reading.probability,
        second=reading.second,
        second_probability=reading.second_probability,
        sentiment=reading.sentiment,
        intent=reading.intent,
        urgent=reading.urgent,
        abstained=reading.abstained,
        read_at=now(),
    )

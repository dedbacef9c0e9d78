"""Reading all comments again with the version in use: in batches, beside the earlier readings, to be resumed.

The texts are read by joblib's workers; each batch is stored by one transaction here, together with the mark
of how far it is, so that a kill between two batches leaves nothing to mend. As a process of its own:
`python -m core.actions.reread [ACCOUNT]`.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from joblib import Parallel, delayed, effective_n_jobs
from sqlalchemy import Select, func, select, update
from sqlmodel import Session, col

from core import database
from core.actions import classifier_jobs as jobs
from core.actions.classifier_versions import LABELLED, LEXICON, file_of, in_force
from core.actions.comment_tally import moving
from core.actions.imports import Advance, no_progress
from core.actions.raise_alerts import raise_for
from core.actions.read_comments import BATCH, as_classification, read_waiting, try_again
from core.actions.retrain import Data, run_module
from core.errors import LinshengError, NotSetUp
from core.settings import settings
from core.text import store
from core.text.reader import Reader
from core.text.reading import Reading
from core.words import say
from models.classifier_version import DONE, REREAD
from models.comment import Classification, Comment, Label
from models.taxonomy import UNREAD_STATES

SHIPPED = Data(LABELLED, LEXICON)
# Batches handed to each worker at a time.
AHEAD = 2

log = logging.getLogger(__name__)


class Text(NamedTuple):
    """A comment to read again."""

    comment_id: int
    original: str


@dataclass(frozen=True)
class Reread:
    """What a re-reading came to; `failed` comments keep the reading they had."""

    version: str
    read: int
    failed: int


def to_reread(session: Session, version: str) -> int:
    """How many comments were read by another version."""
    query = _others(version).with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    return session.scalar(query) or 0


def reread(
    *,
    account_id: int | None = None,
    data: Data = SHIPPED,
    batch: int = BATCH,
    advance: Advance = no_progress,
) -> Reread:
    """Read every comment with the version in use, from where an interrupted re-reading stopped.

    Raises Closed when another one runs, NotSetUp when there is no classifier yet.
    """
    reader = running_reader(data)
    with database.reading() as session:
        left = to_reread(session, reader.version)
    job = jobs.begin(REREAD, reader.version, left, account_id=account_id)
    with jobs.at_work(job):
        try_again()
        while read_waiting(reader):
            pass
        work = _Work(job.id or 0, reader, batch, advance)
        work.passes(job.last_comment_id)
        jobs.end(work.job_id, DONE)
    return Reread(reader.version, work.read, work.failed)


def running_reader(data: Data = SHIPPED) -> Reader:
    """The version in use. Raises NotSetUp while it is still being trained."""
    with database.reading() as session:
        version = in_force(session, store.current_version(data.labelled, data.lexicon))
    found = store.load(settings().classifier_cache, version)
    if found is None:
        raise NotSetUp(say("classifier.not_ready"))
    return found


class _Work:
    """One re-reading under way."""

    def __init__(self, job_id: int, reader: Reader, batch: int, advance: Advance) -> None:
        self.job_id, self.version, self.batch, self.advance = job_id, reader.version, batch, advance
        self.read = self.failed = 0
        self._path = file_of(reader.version)

    def passes(self, mark: int) -> None:
        """From the mark to the end, then again from the beginning for what another version read meanwhile."""
        while True:
            before = self.read
            self._pass(mark)
            if mark == 0 and self.read == before:
                return
            mark = 0

    def _pass(self, mark: int) -> None:
        backend, n_jobs = settings().joblib_backend, settings().joblib_n_jobs
        at_once = AHEAD * effective_n_jobs(n_jobs)
        self.failed = 0
        with Parallel(n_jobs=n_jobs, backend=backend, return_as="generator") as workers:
            while batches := self._next(mark, at_once):
                found = workers(
                    delayed(read_part)(self._path, [t.original for t in part]) for part in batches
                )
                for part, readings in zip(batches, found, strict=True):
                    self._keep(part, readings)
                mark = batches[-1][-1].comment_id

    def _next(self, mark: int, n: int) -> list[list[Text]]:
        query = _others(self.version).where(col(Comment.id) > mark).limit(n * self.batch)
        with database.reading() as session:
            texts = [Text(*row) for row in session.execute(query)]
        return [texts[start : start + self.batch] for start in range(0, len(texts), self.batch)]

    def _keep(self, part: Sequence[Text], readings: Sequence[Reading | None]) -> None:
        """Store one batch and move the mark, in one transaction."""
        found = {t.comment_id: r for t, r in zip(part, readings, strict=True) if r is not None}
        with database.writing() as session:
            stored = store_readings(session, self.version, found)
            last = part[-1].comment_id
            jobs.advance(session, self.job_id, stored, last_comment_id=last)
        self.read += stored
        self.failed += len(part) - len(found)
        self.advance(stored)


def read_part(path: Path, texts: Sequence[str]) -> list[Reading | None]:
    """In a worker: one reading a text; None for one that cannot be read."""
    reader = _loaded(path)
    try:
        return list(reader.read(texts))
    except Exception as error:  # one bad comment must not cost the others their reading
        if len(texts) == 1:
            log.error("a comment could not be read again (%s)", type(error).__name__)
            return [None]
        return [each for text in texts for each in read_part(path, [text])]


@lru_cache(maxsize=1)
def _loaded(path: Path) -> Reader:
    return Reader.load(path)


def store_readings(session: Session, version: str, found: dict[int, Reading]) -> int:
    """Put these readings beside the earlier ones and in force; how many. Readings there already are kept."""
    # Not deleted nor read by this version meanwhile; locked, so that they stay so until we are done.
    there = select(col(Comment.id)).where(
        col(Comment.id).in_(found), col(Comment.state).not_in(UNREAD_STATES)
    )
    ids = {i for i in session.scalars(there.order_by(col(Comment.id)).with_for_update()) if i is not None}
    with moving(session, ids):
        mine = col(Classification.comment_id).in_(ids), col(Classification.classifier) == version
        rows = {row.comment_id: row for row in session.scalars(select(Classification).where(*mine))}
        fresh = {i: as_classification(i, found[i], version) for i in sorted(ids - rows.keys())}
        session.add_all(fresh.values())
        session.flush()
        changes = [_in_force(row) for row in (rows | fresh).values()]
        if changes:
            session.execute(update(Comment), changes)
    urgent = {row.comment_id for row in fresh.values() if row.urgent}
    raise_for(session, urgent - _labelled(session, urgent), "detector")
    return len(ids)


def _in_force(row: Classification) -> dict[str, object]:
    state = "abstained" if row.abstained else "classified"
    return {"id": row.comment_id, "state": state, "classification_id": row.id}


def _labelled(session: Session, ids: set[int]) -> set[int]:
    """Those a person has labelled: whether they are urgent is decided."""
    return set(session.scalars(select(col(Label.comment_id)).where(col(Label.comment_id).in_(ids))))


def _others(version: str) -> Select[int | None, str]:
    """Comments read by another version, in the order of their ids."""
    return (
        select(col(Comment.id), col(Comment.original))
        .join(Classification, col(Classification.id) == col(Comment.classification_id))
        .where(col(Comment.state).not_in(UNREAD_STATES), col(Classification.classifier) != version)
        .order_by(col(Comment.id))
    )


def begin_in_child(account_id: int) -> None:
    """Begin a re-reading in a process of its own and come back at once; its progress is in the record."""
    run_module("core.actions.reread", str(account_id))


def main(arguments: Sequence[str]) -> int:
    """Read all comments again; the exit code is 1 when it did not come to its end."""
    try:
        reread(account_id=int(arguments[0]) if arguments else None)
    except (LinshengError, jobs.Stopped) as error:
        log.error("re-reading ended: %s", type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

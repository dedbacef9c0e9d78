"""Long work with the classifier as a row of the record: how far it is, and whether anybody is still at it."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from core import database
from core.actions.imports import Advance
from core.errors import Closed, LinshengError, NotFound
from core.words import say
from models import tables as tables  # a process that begins with a job knows all tables
from models.base import now
from models.classifier_version import DONE, FAILED, INTERRUPTED, RUNNING, ClassifierJob

BEAT_SECONDS = 5.0
# Without a sign of life for so long, whoever was at it is gone.
DEAD_SECONDS = 45.0


class Stopped(Exception):
    """Somebody asked the work to stop, or another process has taken it over."""


def worker_name() -> str:
    """This process, as a job names it."""
    return f"{socket.gethostname()[:100]}:{os.getpid()}"


def is_alive(job: ClassifierJob) -> bool:
    """Whether somebody is at a job: it runs, its last beat is fresh, its process not known to be gone."""
    if job.state != RUNNING or now() - job.beat_at > timedelta(seconds=DEAD_SECONDS):
        return False
    host, _, process = job.worker.rpartition(":")
    # Only on POSIX does signal 0 ask and harm nobody.
    if os.name != "posix" or host != socket.gethostname()[:100] or not process.isdigit():
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def latest(session: Session, kind: str) -> ClassifierJob | None:
    """The newest job of a kind."""
    query = select(ClassifierJob).where(col(ClassifierJob.kind) == kind)
    return session.scalars(query.order_by(col(ClassifierJob.id).desc()).limit(1)).first()


def begin(kind: str, version: str, total: int, *, account_id: int | None = None) -> ClassifierJob:
    """Begin a job, or go on with the interrupted one of the same kind and version.

    Raises Closed when somebody is at one of this kind.
    """
    at = now()
    try:
        with database.writing() as session:
            job = latest(session, kind)
            if job is not None and is_alive(job):
                raise Closed(say(f"classifier.busy.{kind}"))
            if job is not None and job.state == RUNNING:
                job.state = INTERRUPTED
                session.flush()
            if job is None or job.state != INTERRUPTED or job.version != version or not version:
                job = ClassifierJob(
                    kind=kind, version=version, started_at=at, started_by=account_id, beat_at=at
                )
                session.add(job)
            job.state, job.worker, job.beat_at, job.ended_at = RUNNING, worker_name(), at, None
            job.total = job.done + total
            session.flush()
            session.expunge(job)
            return job
    except database.DUPLICATE as error:  # two began in the same moment
        raise Closed(say(f"classifier.busy.{kind}")) from error


def advance(session: Session, job_id: int, n: int, **values: object) -> None:
    """In the transaction that does the work: so much more is done. Raises Stopped when it is not ours."""
    columns = {"done": col(ClassifierJob.done) + n, "beat_at": now(), **values}
    ours = (
        col(ClassifierJob.id) == job_id,
        col(ClassifierJob.state) == RUNNING,
        col(ClassifierJob.worker) == worker_name(),
    )
    found = session.execute(update(ClassifierJob).where(*ours).values(columns))
    if not found.rowcount:  # type: ignore[attr-defined]
        raise Stopped


def telling(job: ClassifierJob, then: Advance) -> Advance:
    """Progress for the caller and for the record; raises Stopped when somebody asked the work to stop."""

    def _one(n: int) -> None:
        with database.writing() as session:
            advance(session, job.id or 0, n)
        then(n)

    return _one


def end(job_id: int, state: str, outcome: str = "") -> None:
    """The job is over, or interrupted; one that somebody else has taken over is left alone."""
    ours = col(ClassifierJob.id) == job_id, col(ClassifierJob.worker) == worker_name()
    values = {"state": state, "outcome": outcome, "ended_at": now() if state in (DONE, FAILED) else None}
    with database.writing() as session:
        session.execute(update(ClassifierJob).where(*ours).values(values))


def interrupt(session: Session, kind: str) -> None:
    """Ask whoever is at a job of this kind to stop after the batch at hand. Raises NotFound."""
    running = col(ClassifierJob.kind) == kind, col(ClassifierJob.state) == RUNNING
    found = session.execute(update(ClassifierJob).where(*running).values(state=INTERRUPTED))
    if not found.rowcount:  # type: ignore[attr-defined]
        raise NotFound(say("classifier.nothing_runs"))


@contextmanager
def at_work(job: ClassifierJob) -> Iterator[None]:
    """Give signs of life while the work goes on; what ends it early leaves it interrupted or failed."""
    assert job.id is not None
    over = threading.Event()
    beat = threading.Thread(target=_beat, args=(job.id, over), daemon=True)
    beat.start()
    try:
        yield
    except (Stopped, KeyboardInterrupt):
        with suppress(LinshengError):
            end(job.id, INTERRUPTED)
        raise
    except BaseException:  # whatever it is, nobody may take the job for one still going on
        with suppress(LinshengError):
            end(job.id, FAILED, "failed")
        raise
    finally:
        over.set()
        beat.join(timeout=BEAT_SECONDS)


def _beat(job_id: int, over: threading.Event) -> None:
    while not over.wait(BEAT_SECONDS):
        with suppress(Exception), database.writing() as session:  # a busy record: the next beat will do
            session.execute(
                update(ClassifierJob).where(col(ClassifierJob.id) == job_id).values(beat_at=now())
            )

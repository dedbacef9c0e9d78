"""Retraining: learn again, with what was reviewed here; the new version reads only when it is no worse.

As a process of its own: `python -m core.actions.retrain [ACCOUNT]` (the screen begins it so).
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from core import database
from core.actions import classifier_jobs as jobs
from core.actions.audit import audit
from core.actions.classifier_versions import (
    LABELLED,
    LEXICON,
    adopt,
    adopted,
    file_of,
    in_force,
    keep,
    record_version,
)
from core.actions.imports import Advance, no_progress
from core.actions.training_labels import FileReject, Folder, Labels, reviewed_labels, training_folder
from core.errors import LinshengError, NotSetUp
from core.settings import ROOT, settings
from core.text import store
from core.text.comparison import Comparison, compare, verdict
from core.text.reader import Reader
from core.words import say
from models.base import now
from models.classifier_version import ADOPTED, CANDIDATE, DONE, RETRAIN, ClassifierVersion

# What a training may end with instead of a classifier.
TROUBLE = (RuntimeError, OSError, ValueError)
# Steps of the job: the training's own, then the comparison.
STEPS = store.STEPS + 1

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Data:
    """Folders of the shipped labelled comments and of the lexicon."""

    labelled: Path
    lexicon: Path


@dataclass(frozen=True)
class Order:
    """Who wants a retraining; `adopt`: put the new version to reading if it is no worse."""

    account_id: int | None = None
    adopt: bool = True


@dataclass(frozen=True)
class Outcome:
    """What came of a retraining. `same`: there was nothing new to learn, so nothing was trained."""

    version: str
    compared_with: str
    state: str
    reason: str
    n_shipped: int
    n_community: int
    comparison: Comparison
    rejects: list[FileReject]

    @property
    def same(self) -> bool:
        """Whether the version in use is already made of all there is."""
        return self.version == self.compared_with


SHIPPED = Data(LABELLED, LEXICON)


def retrain(order: Order, *, data: Data = SHIPPED, advance: Advance = no_progress) -> Outcome:
    """Train on everything there is, compare with the version in use, and keep the result in the record.

    Whatever fails, the version in use goes on reading. Raises Closed when another retraining runs, NotSetUp
    when training fails.
    """
    with database.reading() as session:
        labels = reviewed_labels(session)
    job = jobs.begin(RETRAIN, "", STEPS, account_id=order.account_id)
    with jobs.at_work(job):
        try:
            found = _retrain(order, data, labels, jobs.telling(job, advance))
        except TROUBLE as error:
            raise NotSetUp(say("classifier.training_failed", reason=type(error).__name__)) from error
        jobs.end(job.id or 0, DONE, "same" if found.same else found.state)
    return found


def _retrain(order: Order, data: Data, labels: Labels, advance: Advance) -> Outcome:
    running = _running(data)
    with database.reading() as session:
        keep(session)
    with training_folder(data.labelled, labels) as folder:
        version = store.current_version(folder.path, data.lexicon)
        if version == running.version:
            return _same(version, folder)
        fresh = store.train(folder.path, data.lexicon, settings().classifier_cache, advance=advance)
    found = compare(labels.held, *(reader.read(list(labels.held["text"])) for reader in (running, fresh)))
    outcome = _decide(order, data, (running.version, fresh.version), folder=folder, found=found)
    advance(1)
    return outcome


def _running(data: Data) -> Reader:
    """The version in use; on a first start it is trained first: there must be something to compare with."""
    shipped = store.current_version(data.labelled, data.lexicon)
    cache = settings().classifier_cache
    with database.reading() as session:
        version = in_force(session, shipped)
    found = store.load(cache, version) or store.train(data.labelled, data.lexicon, cache)
    # The oldest files are tidied away after a training: this one must not be.
    os.utime(file_of(found.version))
    return found


def _same(version: str, folder: Folder) -> Outcome:
    return Outcome(
        version, version, ADOPTED, "same", folder.n_shipped, folder.n_community, Comparison(), folder.rejects
    )


def _decide(
    order: Order, data: Data, versions: tuple[str, str], *, folder: Folder, found: Comparison
) -> Outcome:
    old, new = versions
    shipped = store.current_version(data.labelled, data.lexicon)
    with database.writing() as session:
        state, reason = verdict(found, data_changed=_data_changed(session, old, shipped))
        if not order.adopt and state == ADOPTED:
            state, reason = CANDIDATE, "not_asked"
        made = _row(new, folder, found)
        made.shipped, made.made_by, made.compared_with = shipped, order.account_id, old
        made.state, made.reason = CANDIDATE if state == ADOPTED else state, reason
        kept = record_version(session, made)
        audit(session, "classifier.trained", "classifier_version", kept.id, account_id=order.account_id)
        if state == ADOPTED:
            adopt(session, new, account_id=order.account_id)
    return Outcome(new, old, state, reason, folder.n_shipped, folder.n_community, found, folder.rejects)


def _data_changed(session: Session, old: str, shipped: str) -> bool:
    """Whether the version in use was made of other shipped data than today's."""
    current = adopted(session)
    base = current.shipped if current is not None and current.version == old else old
    return base != shipped


def _row(version: str, folder: Folder, found: Comparison) -> ClassifierVersion:
    return ClassifierVersion(
        version=version, recipe=store.RECIPE, shipped="", made_at=now(), n_shipped=folder.n_shipped,
        n_community=folder.n_community, n_held=found.n, n_old_right=found.old_right,
        n_new_right=found.new_right, n_only_old=found.only_old, n_only_new=found.only_new,
        old_macro_f1=found.old_macro_f1, new_macro_f1=found.new_macro_f1, n_urgent=found.urgent,
        n_old_urgent=found.old_urgent, n_new_urgent=found.new_urgent,
    )  # fmt: skip


def begin_in_child(account_id: int) -> None:
    """Begin a retraining in a process of its own and come back at once; its progress is in the record."""
    run_module("core.actions.retrain", str(account_id))


def run_module(name: str, *arguments: str) -> None:
    """Start one of our modules as a process that needs nobody to wait for it."""
    command = [sys.executable, "-m", name, *arguments]
    quiet = subprocess.DEVNULL
    subprocess.Popen(command, cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet)


def main(arguments: Sequence[str]) -> int:
    """Retrain, gently; the exit code is 1 when it failed."""
    try:
        retrain(Order(int(arguments[0]) if arguments else None))
    except (LinshengError, jobs.Stopped) as error:
        log.error("retraining ended: %s", type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

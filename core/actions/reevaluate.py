"""Evaluating again: how well hands no classifier had seen are read, for the screen that tells it.

As a process of its own: `python -m core.actions.reevaluate [ACCOUNT]` (the screen begins it so).
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.actions import classifier_jobs as jobs
from core.actions.imports import Advance, no_progress
from core.actions.retrain import SHIPPED, TROUBLE, Data, run_module
from core.errors import LinshengError, NotSetUp
from core.settings import ROOT, settings
from core.text.evaluation_file import Newest, newest, write
from core.text.evaluation_whole import Plan, whole
from core.words import say
from models.classifier_version import DONE, EVALUATE

FILE = "evaluation.json"
# The evaluation that came with the program.
SHIPPED_FILE: Final = ROOT / "data" / FILE
# Seven groups of files: each file by itself would take five times as long and tells hardly more.
WANTED: Final = Plan(parts=7, detailed=True, curve=True)

log = logging.getLogger(__name__)


def kept_file() -> Path:
    """Where the newest evaluation made here is kept."""
    return settings().var / FILE


def files() -> tuple[Path, Path]:
    """Where an evaluation may lie: one made here, and the shipped one."""
    return kept_file(), SHIPPED_FILE


def to_show(version: str) -> Newest:
    """The evaluation to show beside labelled comments of this version."""
    return newest(files(), version)


def reevaluate(
    *,
    account_id: int | None = None,
    data: Data = SHIPPED,
    plan: Plan = WANTED,
    advance: Advance = no_progress,
) -> Path:
    """Evaluate on the shipped labelled comments and keep the result; where it lies.

    Whatever fails, the earlier result stays. Raises Closed when another evaluation runs, NotSetUp when it
    fails, classifier_jobs.Stopped when somebody stopped it.
    """
    job = jobs.begin(EVALUATE, "", plan.steps(data.labelled), account_id=account_id)
    with jobs.at_work(job):
        try:
            figures = whole(data.labelled, data.lexicon, plan=plan, advance=jobs.telling(job, advance))
            write(kept_file(), figures)
        except TROUBLE as error:
            raise NotSetUp(say("classifier.evaluation_failed", reason=type(error).__name__)) from error
        jobs.end(job.id or 0, DONE)
    return kept_file()


def begin_in_child(account_id: int) -> None:
    """Begin an evaluation in a process of its own and come back at once; its progress is in the record."""
    run_module("core.actions.reevaluate", str(account_id))


def main(arguments: Sequence[str]) -> int:
    """Evaluate, behind everything else that wants the processor; the exit code is 1 when it failed."""
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        reevaluate(account_id=int(arguments[0]) if arguments else None)
    except (LinshengError, jobs.Stopped) as error:
        log.error("evaluation ended: %s", type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

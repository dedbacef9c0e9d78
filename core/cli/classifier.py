"""What the commands that read comments share: the classifier of the current data, and labelled tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from core.actions.imports import Reject, read_table
from core.cli import out
from core.errors import ImportFailed, NotSetUp
from core.settings import ROOT, settings
from core.text import store
from core.text.labelled import COLUMNS, faults, missing_columns, usable
from core.text.reader import Reader
from core.words import say

LABELLED, LEXICON = ROOT / "data" / "labelled", ROOT / "data" / "lexicon"
# More rejected rows than these are told by their number only.
MOST_TOLD = 20


def ready(*, again: bool = False) -> Reader:
    """The classifier, trained first in a child process if need be; raises NotSetUp when that fails."""
    cache = settings().classifier_cache
    try:
        with out.progress(say("reading.train.training"), store.STEPS) as advance:
            return store.train(LABELLED, LEXICON, cache, again=again, advance=advance)
    except (RuntimeError, OSError, ValueError) as error:
        raise NotSetUp(say("reading.train.failed", reason=type(error).__name__)) from error


def labelled_table(path: Path) -> tuple[pd.DataFrame, list[Reject]]:
    """The usable rows of a table of labelled comments, and why the others are not.

    Raises ImportFailed when it is no such table or no row is usable.
    """
    table = read_table(path)
    frame = pd.DataFrame([row.cells for row in table.rows], columns=list(table.columns), dtype=str)
    if missing := missing_columns(frame):
        told = say("reading.evaluate.columns_missing", missing="、".join(missing), columns="、".join(COLUMNS))
        raise ImportFailed(told)
    wrong = [
        Reject(table.rows[i].line, say("reading.evaluate.wrong", column=fault.column, value=fault.value))
        for i, fault in zip(faults(frame).index, faults(frame).itertuples(), strict=True)
    ]
    good = usable(frame)
    if good.empty:
        raise ImportFailed(say("reading.evaluate.no_rows", name=path.name))
    return good.reset_index(drop=True), sorted([*table.rejects, *wrong])


def tell_rejects(rejects: list[Reject]) -> None:
    """Name the rows that were not taken, on stderr."""
    for reject in rejects[:MOST_TOLD]:
        out.tell(say("reading.rejected", line=reject.line, reason=reject.reason))
    if rejects:
        out.tell(say("reading.rejected_in_all", n=f"{len(rejects):,}"))

"""What the commands that read comments share: the classifier of the current data, and labelled tables."""

from __future__ import annotations

from core.actions.classifier_versions import LABELLED, LEXICON
from core.actions.imports import Reject
from core.actions.training_labels import labelled_table as labelled_table
from core.cli import out
from core.errors import NotSetUp
from core.settings import settings
from core.text import store
from core.text.reader import Reader
from core.words import say

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


def tell_rejects(rejects: list[Reject]) -> None:
    """Name the rows that were not taken, on stderr."""
    for reject in rejects[:MOST_TOLD]:
        out.tell(say("reading.rejected", line=reject.line, reason=reject.reason))
    if rejects:
        out.tell(say("reading.rejected_in_all", n=f"{len(rejects):,}"))

"""The two workers of a running portal: fold new responses, read waiting comments."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from core import database
from core.actions.fold import fold
from core.actions.read_comments import read_waiting
from core.errors import LinshengError
from core.settings import ROOT, settings
from core.text import store
from core.text.reader import Reader

LABELLED, LEXICON = ROOT / "data" / "labelled", ROOT / "data" / "lexicon"
# How long a worker rests when it found nothing, or when the record or the classifier was not there.
READ_SECONDS = 3.0
TROUBLE_SECONDS = 15.0

log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Calls `step` again and again: at once while it finds work, else after a rest."""

    def __init__(self, name: str, step: Callable[[], int], rest: float) -> None:
        super().__init__(name=name, daemon=True)
        self._step, self._rest = step, rest
        self._stopped = threading.Event()

    def run(self) -> None:
        """Work until stopped; trouble is logged without any content and tried again later."""
        pause = 0.0
        while not self._stopped.wait(pause):
            try:
                pause = 0.0 if self._step() else self._rest
            except LinshengError as error:
                log.warning("%s: %s", self.name, type(error).__name__)
                pause = TROUBLE_SECONDS
            except Exception as error:  # a worker that dies would leave everything waiting for ever
                log.error("%s: %s", self.name, type(error).__name__)
                pause = TROUBLE_SECONDS

    def stop(self) -> None:
        """Ask it to stop and wait for the step under way."""
        self._stopped.set()
        self.join(timeout=30)


class ReadingStep:
    """Reads waiting comments once a classifier of the current data is there; trains it in a child first."""

    def __init__(self) -> None:
        self._reader: Reader | None = None
        self._training: store.Training | None = None

    def __call__(self) -> int:
        """One batch; 0 when nothing waits or the classifier is not ready."""
        reader = self._ready()
        return read_waiting(reader) if reader else 0

    def _ready(self) -> Reader | None:
        if self._reader is not None:
            return self._reader
        cache = settings().classifier_cache
        self._reader = store.load(cache, store.current_version(LABELLED, LEXICON))
        if self._reader is None and (self._training is None or self._training.finished):
            self._training = store.train_in_child(LABELLED, LEXICON, cache)
        return self._reader


_workers: list[Worker] = []


def start() -> None:
    """Start both workers, once per process."""
    if not _workers:
        _workers.append(Worker("fold", lambda: fold().responses, settings().fold_seconds))
        _workers.append(Worker("read", ReadingStep(), READ_SECONDS))
        for worker in _workers:
            worker.start()


def stop() -> None:
    """Stop both workers and close the record's connections."""
    while _workers:
        _workers.pop().stop()
    database.dispose()

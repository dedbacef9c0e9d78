"""The workers of a running portal: fold responses, read comments, watch over alerts, find topics, tidy up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from core import database
from core.actions.alerts import watch
from core.actions.classifier_versions import LABELLED, LEXICON, in_force, n_shipped, note_shipped
from core.actions.fold import fold
from core.actions.read_comments import read_waiting, try_again
from core.actions.retention import tidy
from core.actions.topic_step import TopicStep
from core.errors import LinshengError
from core.settings import settings
from core.text import store
from core.text.reader import Reader

# How long a worker rests when it found nothing, or when the record or the classifier was not there.
READ_SECONDS = 3.0
WATCH_SECONDS = 60.0
TOPIC_SECONDS = 60.0
TIDY_SECONDS = 3600.0
TROUBLE_SECONDS = 15.0
# How often to look whether the labelled comments changed, and to train again after a training that failed.
LOOK_SECONDS, RETRAIN_SECONDS = 60.0, 600.0

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
    """Reads waiting comments once a classifier of the current data is there; trains it in a child first.

    When the data change while the portal runs, the classifier at hand goes on until its successor is trained.
    A version that was decided on reads instead of the data's own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reader: Reader | None = None
        self._training: store.Training | None = None
        self._look_at, self._train_at = 0.0, 0.0

    def __call__(self) -> int:
        """One batch; 0 when nothing waits or the classifier is not ready."""
        if self._clock() >= self._look_at:
            self._look()
        return read_waiting(self._reader) if self._reader else 0

    @property
    def reader(self) -> Reader | None:
        """The classifier at hand; None while there is none."""
        return self._reader

    def close(self) -> None:
        """End a training under way."""
        if self._training is not None:
            self._training.stop()

    def _look(self) -> None:
        """Whether the classifier at hand is still the one that shall read; if not, load or train one."""
        shipped = store.current_version(LABELLED, LEXICON)
        with database.reading() as session:
            version = in_force(session, shipped)
        if self._reader is None or self._reader.version != version:
            self._renew(version)
            if self._reader is not None and self._reader.version == shipped:
                note_shipped(shipped, n_shipped())
        settled = self._reader is not None and self._reader.version == version
        self._look_at = self._clock() + (LOOK_SECONDS if settled else READ_SECONDS)

    def _renew(self, version: str) -> None:
        if self._training is not None and not self._training.finished:
            return
        cache = settings().classifier_cache
        if found := store.load(cache, version):
            self._reader = found
            try_again()
        elif self._clock() >= self._train_at:
            # A training that fails would fail again at once: it is tried again after a while.
            self._train_at = self._clock() + RETRAIN_SECONDS
            self._training = store.train_in_child(LABELLED, LEXICON, cache, gently=True)


_workers: list[Worker] = []
_reading: list[ReadingStep] = []


def start() -> None:
    """Start the workers, once per process."""
    if not _workers:
        _workers.append(Worker("fold", lambda: fold().responses, settings().fold_seconds))
        _reading.append(ReadingStep())
        _workers.append(Worker("read", _reading[0], READ_SECONDS))
        _workers.append(Worker("watch", watch, WATCH_SECONDS))
        _workers.append(Worker("topics", TopicStep(), TOPIC_SECONDS))
        _workers.append(Worker("retention", tidy, TIDY_SECONDS))
        for worker in _workers:
            worker.start()


def reader_at_hand() -> Reader | None:
    """The classifier this portal reads with; None while it is not ready."""
    return _reading[0].reader if _reading else None


def stop() -> None:
    """Stop the workers and a training under way, and close the record's connections."""
    while _workers:
        _workers.pop().stop()
    while _reading:
        _reading.pop().close()
    database.dispose()

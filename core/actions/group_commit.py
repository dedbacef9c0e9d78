"""Many waiting callers, one durable commit: whoever holds the lock writes for all who wait.

A lone caller writes at once, without a hand-over to another thread; under load the callers that queue
up behind a commit share the next one, so durable saves are not bound by one disk flush each. The leader also
prepares what the others brought: one thread doing it many times over is faster than many doing it once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock
from typing import Generic, TypeVar

Brought = TypeVar("Brought")
Item = TypeVar("Item")
Result = TypeVar("Result")

# How many callers share one commit at the most: bounds what one slow item can hold up.
MOST = 256


class _Waiting(Generic[Brought, Item, Result]):
    """One caller in the queue. `bell` is a lock used as a bell: held until somebody rings it."""

    __slots__ = ("bell", "brought", "error", "item", "result", "settled")

    def __init__(self, brought: Brought) -> None:
        self.brought = brought
        self.item: Item | None = None
        self.result: Result | None = None
        self.error: BaseException | None = None
        self.settled = False
        self.bell = Lock()
        self.bell.acquire()

    def ring(self) -> None:
        """Wake the caller; ringing twice is ringing once."""
        with suppress(RuntimeError):
            self.bell.release()


class GroupCommit(Generic[Brought, Item, Result]):
    """Runs `prepare` on what each caller brings, outside any transaction, and `write` on batches of that.

    `write` commits before it returns, one result per item. What cannot be prepared fails alone; when a batch
    fails, its items are written one by one, so that a bad item fails alone.
    """

    def __init__(
        self, prepare: Callable[[Brought], Item], write: Callable[[Sequence[Item]], Sequence[Result]]
    ) -> None:
        self._prepare, self._write = prepare, write
        self._queue: deque[_Waiting[Brought, Item, Result]] = deque()
        self._leading = Lock()

    def save(self, brought: Brought) -> Result:
        """Prepare and write it, and return its result once it is durable; raises what either raised."""
        if not self._queue and self._leading.acquire(blocking=False):
            try:
                return self._write([self._prepare(brought)])[0]
            finally:
                self._leading.release()
                self._call_next()
        mine: _Waiting[Brought, Item, Result] = _Waiting(brought)
        self._queue.append(mine)
        while not mine.settled:
            if self._leading.acquire(blocking=False):
                try:
                    self._lead()
                finally:
                    self._leading.release()
                self._call_next()
            else:
                mine.bell.acquire()
        if mine.error is not None:
            raise mine.error
        return mine.result  # type: ignore[return-value]

    def _call_next(self) -> None:
        """Whoever queued up meanwhile must not wait for ever: ring the first, it will lead."""
        if self._queue:
            with suppress(IndexError):  # another leader was faster
                self._queue[0].ring()

    def _lead(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), MOST))]
        try:
            self._write_all([waiting for waiting in batch if self._prepared(waiting)])
        finally:
            for waiting in batch:
                waiting.settled = True
                waiting.ring()

    def _prepared(self, waiting: _Waiting[Brought, Item, Result]) -> bool:
        try:
            waiting.item = self._prepare(waiting.brought)
        except Exception as error:  # it is raised again, in the caller who brought it
            waiting.error = error
        return waiting.error is None

    def _write_all(self, batch: list[_Waiting[Brought, Item, Result]]) -> None:
        if not batch:
            return
        try:
            results = self._write([waiting.item for waiting in batch])  # type: ignore[misc]
        except Exception as error:  # as above; of several, only whose fault it is shall fail
            if len(batch) == 1:
                batch[0].error = error
            else:
                for waiting in batch:
                    self._write_all([waiting])
            return
        for waiting, result in zip(batch, results, strict=True):
            waiting.result = result

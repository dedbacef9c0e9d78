"""Many waiting callers, one durable commit: whoever holds the lock writes for all who wait.

A lone caller writes at once, without a hand-over to another thread; under load the callers that queue
up behind a commit share the next one, so durable saves are not bound by one disk flush each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# How many callers share one commit at the most: bounds what one slow item can hold up.
MOST = 256


class _Waiting(Generic[Item, Result]):
    """One caller in the queue. `bell` is a lock used as a bell: held until somebody rings it."""

    __slots__ = ("bell", "error", "item", "result", "settled")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.result: Result | None = None
        self.error: BaseException | None = None
        self.settled = False
        self.bell = Lock()
        self.bell.acquire()

    def ring(self) -> None:
        """Wake the caller; ringing twice is ringing once."""
        with suppress(RuntimeError):
            self.bell.release()


class GroupCommit(Generic[Item, Result]):
    """Runs `write` on batches of items; `write` commits before it returns, one result per item.

    When a batch fails, its items are written one by one, so that a bad item fails alone.
    """

    def __init__(self, write: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._write = write
        self._queue: deque[_Waiting[Item, Result]] = deque()
        self._leading = Lock()

    def save(self, item: Item) -> Result:
        """Write the item and return its result once it is durable; raises what writing it raised."""
        if not self._queue and self._leading.acquire(blocking=False):
            try:
                return self._write([item])[0]
            finally:
                self._leading.release()
                self._call_next()
        mine: _Waiting[Item, Result] = _Waiting(item)
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
        if not batch:
            return
        try:
            self._settle(batch, self._write([waiting.item for waiting in batch]))
        except Exception as error:  # it is raised again, in the caller whose item it was
            if len(batch) == 1:
                batch[0].error = error
            else:
                self._one_by_one(batch)
        finally:
            for waiting in batch:
                waiting.settled = True
                waiting.ring()

    def _one_by_one(self, batch: list[_Waiting[Item, Result]]) -> None:
        for waiting in batch:
            try:
                self._settle([waiting], self._write([waiting.item]))
            except Exception as error:  # as above
                waiting.error = error

    def _settle(self, batch: list[_Waiting[Item, Result]], results: Sequence[Result]) -> None:
        for waiting, result in zip(batch, results, strict=True):
            waiting.result = result

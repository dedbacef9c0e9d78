"""Saving a full needs-v1 response durably, beside the disk's own rate, the raw driver and folding."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from bench.bulk import Filler
from bench.ground import Record, cluster, throwaway
from bench.report import Line, interleave, least, medians, ratio, report
from bench.sheets import stand, submissions
from core.actions import store_response
from core.actions.fold import fold_all
from core.actions.statements import Statement, insert
from core.actions.store_response import AUDIT, COMMENT, FOLD_LOCK, RESPONSE, StoredSheet
from core.actions.submit import Submission, prepare, save_response

PAGE = 4096


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is done in each round: saves alone, waiting clients and saves of each, responses folded."""

    rounds: int = 5
    saves: int = 1000
    clients: int = 64
    each: int = 40
    folded: int = 20_000


QUICK = Sizes(rounds=2, saves=150, clients=16, each=10, folded=1500)


def run(sizes: Sizes) -> dict[str, Any]:
    """The report. Every figure is per second; every ratio is of one round."""
    with throwaway() as folder, cluster(folder) as server:
        here = [_Here(Record("sqlite", folder / "sqlite"), sizes)]
        here.append(_Here(server.record("ingest", folder / "on_postgres"), sizes))
        steps: dict[str, Callable[[], float]] = {"fdatasync": lambda: _disk(folder / "disk", sizes.saves)}
        for one in here:
            steps |= one.steps()
        found = interleave(sizes.rounds, steps)
        lines = [line for one in here for line in _lines(one.record.name, found)]
    return report("ingest", sizes, lines)


def _lines(name: str, found: dict[str, list[float]]) -> Iterator[Line]:
    """PostgreSQL stands beside SQLite without bars of its own."""
    disk = found["fdatasync"]
    action, crowd, raw, fold = (found[f"{name} {step}"] for step in ("action", "crowd", "driver", "fold"))
    bars = [least(0.35), least(0.9), least(0.5), least(10.0)] if name == "sqlite" else [None] * 4
    pairs = {
        "ingest_disk": (action, disk),
        "ingest_crowd": (crowd, disk),
        "ingest_driver": (action, raw),
        "ingest_fold": (fold, action),
    }
    for (what, pair), bar in zip(pairs.items(), bars, strict=True):
        above, below = (next(key for key, values in found.items() if values is rates) for rates in pair)
        beside = medians({above: pair[0], below: pair[1]}, "1/s")
        yield ratio(what, name, pair, bar=bar, beside=beside)


def _disk(path: Path, n: int) -> float:
    """4 KiB appended and flushed, again and again, by nothing but the kernel."""
    page = os.urandom(PAGE)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def go() -> None:
        for _ in range(n):
            os.write(handle, page)
            os.fdatasync(handle)

    try:
        return _per_second(n, go)
    finally:
        os.close(handle)


def _per_second(n: int, deed: Callable[[], object]) -> float:
    started = time.perf_counter()
    deed()
    return n / (time.perf_counter() - started)


class _Here:
    """The steps on one record: the action alone, for a waiting crowd, the raw driver, and folding."""

    def __init__(self, record: Record, sizes: Sizes) -> None:
        self.record, self._sizes, self._turn = record.make(), sizes, count(1)
        self._stood = stand()
        self._filler = Filler(self._stood, chunk=min(sizes.folded, 10_000), distinct=sizes.folded)
        self._sheets(1)  # what a first call reads once is read before anything is measured

    def steps(self) -> dict[str, Callable[[], float]]:
        """Name → step; each returns a rate per second."""
        named = {"driver": self._driver, "action": self._action, "crowd": self._crowd, "fold": self._fold}
        return {f"{self.record.name} {name}": step for name, step in named.items()}

    def _sheets(self, n: int) -> list[Submission]:
        """Fresh keys every time: a repeated key would not be written."""
        self.record.use()
        fold_all()
        made = submissions(self._stood, n + 20, seed=next(self._turn), prefix=self.record.name)
        for one in made[n:]:
            save_response(one)
        return made[:n]

    def _action(self) -> float:
        sheets = self._sheets(self._sizes.saves)
        return _per_second(len(sheets), lambda: [save_response(sheet) for sheet in sheets])

    def _crowd(self) -> float:
        sizes = self._sizes
        sheets = self._sheets(sizes.clients * sizes.each)
        return _per_second(len(sheets), _waiting([sheets[k :: sizes.clients] for k in range(sizes.clients)]))

    def _driver(self) -> float:
        sheets = [prepare(sheet) for sheet in self._sheets(self._sizes.saves)]
        with _connected(self.record) as connection:
            return _per_second(
                len(sheets),
                _writing(connection, self.record.name, [_filed(s, self.record.name) for s in sheets]),
            )

    def _fold(self) -> float:
        self._sheets(0)
        self._filler.fill(self._sizes.folded)
        return _per_second(self._sizes.folded, fold_all)


def _waiting(shares: Sequence[Sequence[Submission]]) -> Callable[[], None]:
    """So many clients, each saving its share one after the other; they start together."""
    begin = threading.Barrier(len(shares) + 1)

    def client(share: Sequence[Submission]) -> None:
        begin.wait()
        for sheet in share:
            save_response(sheet)

    threads = [threading.Thread(target=client, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()

    def go() -> None:
        begin.wait()
        for thread in threads:
            thread.join()

    return go


@contextmanager
def _connected(record: Record) -> Iterator[Any]:
    """The bare driver, set as the portal sets it."""
    if record.name == "sqlite":
        connection: Any = sqlite3.connect(record.var / "linsheng.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
    else:
        connection = psycopg.connect(record.url.replace("+psycopg", ""), autocommit=True)
    try:
        yield connection
    finally:
        connection.close()


Filed = tuple[tuple[Any, ...], list[tuple[Any, ...]], tuple[Any, ...]]


def _statements(name: str) -> tuple[Statement, Statement, Statement]:
    response = insert(RESPONSE, name, unique=("idempotency_key",), returning=True)
    return response, insert(COMMENT, name), insert(AUDIT, name)


def _filed(sheet: StoredSheet, name: str) -> Filed:
    """The rows of one sheet, made beforehand; ids the database gives are filled in by `_writing`."""
    response, comment, audit = _statements(name)
    timed, marked = store_response._timed, store_response._audit
    at = timed(sheet.response, name)["received_at"]
    said = [timed(one, name) | {"response_id": None} for one in sheet.comments]
    return (
        response.rows([timed(sheet.response, name)])[0],
        comment.rows(said),
        audit.rows([marked(sheet, -1, at)])[0],
    )


def _writing(connection: Any, name: str, filed: Sequence[Filed]) -> Callable[[], None]:
    """The same INSERTs in the same transactions, and nothing else."""
    response, comment, audit = _statements(name)
    of_comment, of_audit = comment.columns.index("response_id"), audit.columns.index("subject_id")

    def go() -> None:
        cursor = connection.cursor()
        for answers, said, deed in filed:
            cursor.execute("BEGIN IMMEDIATE" if name == "sqlite" else "BEGIN")
            if name == "postgresql":
                cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", (FOLD_LOCK,))
            cursor.execute(response.sql, answers)
            (new,) = cursor.fetchone()
            for row in said:
                cursor.execute(comment.sql, (*row[:of_comment], new, *row[of_comment + 1 :]))
            cursor.execute(audit.sql, (*deed[:of_audit], new, *deed[of_audit + 1 :]))
            cursor.execute("COMMIT")

    return go

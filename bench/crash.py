"""kill -9 while saving and folding, a hundred times: nothing acknowledged may be lost, nothing half written.

A killed process is not a power cut: what the kernel had taken over is kept. That a flush reaches the disk
is the database's promise (`synchronous=FULL`, `fsync` on), which no kill can test.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from bench.ground import Cluster, Record, cluster, throwaway
from bench.report import Line, count, most, report
from bench.sheets import stand
from core import database
from core.actions.fold import fold_all
from core.actions.recount_check import differences
from core.errors import Unavailable
from core.security import receipt_hash
from core.settings import ROOT

START_SECONDS = 60.0
PATIENCE = 0.01


@dataclass(frozen=True, slots=True)
class Sizes:
    """`rounds` is unused: kills are counted, not timed. `kills` on each database; recounts in between."""

    rounds: int = 1
    kills: int = 100
    recount_every: int = 10
    longest: float = 0.5


QUICK = Sizes(kills=6, recount_every=3, longest=0.2)


@dataclass
class Found:
    """What the checks after the kills found, summed; `lost`, `half` and `tally` must stay 0."""

    kills: int = 0
    acknowledged: int = 0
    responses: int = 0
    lost: int = 0
    half: int = 0
    tally: int = 0

    def lines(self, name: str) -> list[Line]:
        """The figures of one database."""
        beside = {"acknowledged": self.acknowledged, "responses": self.responses}
        named = {"crash_lost": self.lost, "crash_half": self.half, "crash_tally": self.tally}
        return [count("crash_kills", name, self.kills, of=self.kills, beside=beside)] + [
            count(what, name, n, bar=most(0), of=self.kills) for what, n in named.items()
        ]


def run(sizes: Sizes) -> dict[str, Any]:
    """The report: on SQLite the app is killed, on PostgreSQL the app and the postmaster in turn."""
    with throwaway() as folder, cluster(folder) as server:
        on_sqlite = _Trial(Record("sqlite", folder / "sqlite").make(), sizes)
        lines = on_sqlite.run(lambda _: on_sqlite.kill()).lines("sqlite")
        on_postgres = _Trial(server.record("crash", folder / "on_postgres").make(), sizes)
        lines += on_postgres.run(_in_turn(on_postgres, server)).lines("postgresql")
    return report("crash", sizes, lines)


def _in_turn(trial: _Trial, server: Cluster) -> Callable[[int], None]:
    """The postmaster is killed under a living app, which must find its way back to the new one."""

    def kill(turn: int) -> None:
        if turn % 2:
            trial.kill()
        else:
            server.kill()
            server.start()

    return kill


class _Trial:
    """One record, the process that works on it, and the list of what it acknowledged."""

    def __init__(self, record: Record, sizes: Sizes) -> None:
        self._record, self._sizes, self._found = record, sizes, Found()
        record.use()
        stood, self._before = stand(), 0
        self._stood = record.var / "stood.pickle"
        self._stood.write_bytes(pickle.dumps(stood))
        self._acknowledged = record.var / "acknowledged"
        self._acknowledged.touch()
        with database.reading() as session:
            self._before = session.scalar(text("SELECT max(id) FROM response")) or 0
        self._child: subprocess.Popen[bytes] | None = None

    def run(self, kill: Callable[[int], None]) -> Found:
        """Let it work, kill at a moment nobody chose, look; again and again."""
        moments = random.Random(20)
        try:
            for turn in range(1, self._sizes.kills + 1):
                self._work(turn)
                time.sleep(moments.uniform(0.0, self._sizes.longest))
                kill(turn)
                self._found.kills += 1
                self._look(recount=turn % self._sizes.recount_every == 0)
        finally:
            self.kill()
        self._look(recount=True)
        fold_all()
        self._look(recount=True)
        return self._found

    def kill(self) -> None:
        """SIGKILL to the working process, by its own pid."""
        if self._child is not None:
            os.kill(self._child.pid, signal.SIGKILL)
            self._child.wait()
            self._child = None

    def _work(self, life: int) -> None:
        """See that a process is at work: started if none lives, and acknowledging."""
        before = self._acknowledged.stat().st_size
        if self._child is None:
            files = [str(self._acknowledged), str(self._stood)]
            words = [sys.executable, "-m", "bench.crash_child", *files, str(life)]
            with (self._record.var / "child.log").open("ab") as log:
                self._child = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while self._acknowledged.stat().st_size == before:
            if self._child.poll() is not None or time.monotonic() > deadline:
                said = (self._record.var / "child.log").read_text(errors="replace")
                raise RuntimeError(f"the saving process does not save: {said[-2000:]}")
            time.sleep(PATIENCE)

    def _look(self, *, recount: bool) -> None:
        """Add to what was found. What is acknowledged is read first: the record, read next, must have it."""
        said = [line.split() for line in self._acknowledged.read_text(encoding="utf8").splitlines()]
        database.dispose()
        with _again() as session:
            stored = _stored(session, self._before)
            self._found.lost = sum(stored.get(key) != receipt_hash(code) for key, code in said)
            self._found.half += half_written(session, self._before)
            self._found.tally += miscounted(session)
            self._found.tally += len(differences(session)) if recount else 0
        self._found.acknowledged, self._found.responses = len(said), len(stored)


@contextmanager
def _again() -> Iterator[Session]:
    """A session of one state; a server that was killed a moment ago may refuse the first attempts."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with database.snapshot() as session:
                session.scalar(text("SELECT 1"))
                yield session
                return
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(PATIENCE)


def _stored(session: Session, before: int) -> dict[str, str]:
    query = text("SELECT idempotency_key, receipt_hash FROM response WHERE id > :before")
    return {row[0]: row[1] for row in session.execute(query, {"before": before})}


def half_written(session: Session, before: int = 0) -> int:
    """Responses without exactly one comment and one audit entry of their answers, and either of these alone.

    Every sheet of this bench says something, so each response has its comment. `before`: the demo's own.
    """
    after = {"before": before}
    answers = session.execute(
        text("SELECT id, CAST(answers AS TEXT) FROM response WHERE id > :before"), after
    )
    wanted = {id_: hashlib.sha256(given.encode()).hexdigest() for id_, given in answers}
    commented = Counter(
        session.scalars(text("SELECT response_id FROM comment WHERE response_id > :before"), after)
    )
    deeds = (
        "SELECT subject_id, digest FROM audit_entry WHERE deed = 'response.saved' AND subject_id > :before"
    )
    audited: dict[int, list[str]] = defaultdict(list)
    for id_, digest in session.execute(text(deeds), after):
        audited[id_].append(digest)
    return sum(
        commented[id_] != 1 or audited.get(id_, []) != [wanted.get(id_)]
        for id_ in wanted.keys() | commented.keys() | audited.keys()
    )


def miscounted(session: Session) -> int:
    """By how much the tally's persons differ from the responses up to its watermark; for every kill."""
    counted = session.scalar(text("SELECT sum(n) FROM tally WHERE question = '*' AND choice = '*'")) or 0
    mark = session.scalar(text("SELECT max(last_response_id) FROM fold_state")) or 0
    there = session.scalar(text("SELECT count(*) FROM response WHERE id <= :mark"), {"mark": mark}) or 0
    return abs(int(counted) - int(there))

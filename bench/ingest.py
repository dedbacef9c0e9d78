"""Saving a full needs-v1 response durably, beside the disk's own rate, the raw driver and folding."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import harmonic_mean
from typing import Any

from bench.bulk import Filler
from bench.driver import RawDriver
from bench.ground import Record, cluster, throwaway
from bench.report import Line, Step, interleave, least, medians, ratio, report
from bench.sheets import stand, submissions
from core.actions.fold import fold_all
from core.actions.submit import Submission, prepare, save_response

PAGE = 4096


@dataclass(frozen=True, slots=True)
class Sizes:
    """A round is `slices` turns of: saves alone, waiting clients and saves of each; then responses folded.

    In a slice the steps follow each other within a second or two: a disk's rate swings within minutes.
    """

    rounds: int = 5
    slices: int = 5
    saves: int = 200
    clients: int = 64
    each: int = 8
    folded: int = 20_000


QUICK = Sizes(rounds=2, slices=3, saves=50, each=3, folded=10_000)


def run(sizes: Sizes) -> dict[str, Any]:
    """The report. Every figure is per second; every ratio is of one round."""
    with throwaway() as folder, cluster(folder) as server:
        here = [_Here(Record("sqlite", folder / "sqlite"), sizes)]
        here.append(_Here(server.record("ingest", folder / "on_postgres"), sizes))
        steps: dict[str, Step] = {"fdatasync": lambda: _disk(folder / "disk", sizes.saves)}
        folding: dict[str, Step] = {}
        for one in here:
            steps |= one.steps()
            folding |= one.folding()
        found = _rounds(sizes, steps, folding)
        lines = [line for one in here for line in _lines(one.record.name, found)]
    return report("ingest", sizes, lines)


def _rounds(sizes: Sizes, steps: Mapping[str, Step], once: Mapping[str, Step]) -> dict[str, list[float]]:
    """Rates of each step by round: of `steps` over all slices of it, of `once` as it is at its end."""
    sliced = {(name, k): step for k in range(sizes.slices) for name, step in steps.items()}
    found = interleave(sizes.rounds, sliced | {(name, 0): step for name, step in once.items()})
    return {
        name: [
            harmonic_mean(rates)
            for rates in zip(*(found[key] for key in found if key[0] == name), strict=True)
        ]
        for name in (*steps, *once)
    }


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

    def steps(self) -> dict[str, Step]:
        """Name → step; each returns a rate per second."""
        named = {"driver": self._driver, "action": self._action, "crowd": self._crowd}
        return {f"{self.record.name} {name}": step for name, step in named.items()}

    def folding(self) -> dict[str, Step]:
        """The same for folding, which needs many responses at a time."""
        return {f"{self.record.name} fold": self._fold}

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
        with RawDriver(self.record) as driver:
            filed = [driver.filed(sheet) for sheet in sheets]
            return _per_second(len(sheets), lambda: driver.write(filed))

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

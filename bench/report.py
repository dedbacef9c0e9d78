"""What a bench found: ratios with median and range, each beside its bar; plain data, written as JSON."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, TypeVar

from models.base import now

Step = Callable[[], float]
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure must reach: at most or at least `limit`."""

    limit: float
    rule: str

    def held(self, value: float) -> bool:
        """Whether the figure reaches the bar; equal is enough."""
        return value <= self.limit if self.rule == "<=" else value >= self.limit


def most(limit: float) -> Bar:
    """A bar from above."""
    return Bar(limit, "<=")


def least(limit: float) -> Bar:
    """A bar from below."""
    return Bar(limit, ">=")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: `what` is a key of data/words bench.what, `on` the database or page it was measured on.

    `median`, `low` and `high` are of the rounds' ratios (or one count); `held` is null without a bar.
    `beside` holds the absolute medians behind it, name with unit → value: to read, never to assert.
    """

    what: str
    on: str
    median: float
    low: float
    high: float
    rounds: int
    bar: float | None = None
    rule: str = ""
    held: bool | None = None
    beside: Mapping[str, float] = field(default_factory=dict)


def ratio(
    what: str,
    on: str,
    pair: tuple[Sequence[float], Sequence[float]],
    *,
    bar: Bar | None = None,
    beside: Mapping[str, float] | None = None,
) -> Line:
    """The line of above ÷ below, round by round: both must come from the same interleaved rounds."""
    ratios = [above / below for above, below in zip(*pair, strict=True)]
    middle = median(ratios)
    figures = middle, min(ratios), max(ratios), len(ratios)
    return Line(what, on, *figures, **_judged(bar, middle), beside=dict(beside or {}))


def count(
    what: str,
    on: str,
    n: float,
    *,
    bar: Bar | None = None,
    of: int = 1,
    beside: Mapping[str, float] | None = None,
) -> Line:
    """The line of one figure, made over `of` attempts."""
    return Line(what, on, n, n, n, of, **_judged(bar, n), beside=dict(beside or {}))


def _judged(bar: Bar | None, value: float) -> dict[str, Any]:
    return {"bar": bar.limit, "rule": bar.rule, "held": bar.held(value)} if bar else {}


def interleave(rounds: int, steps: Mapping[Name, Step]) -> dict[Name, list[float]]:
    """Run the steps in turn, A B C A B C …: what disturbs the machine disturbs them alike.

    Each step returns its own figure (seconds, or things a second).
    """
    found: dict[Name, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            found[name].append(step())
    return found


def medians(found: Mapping[str, Sequence[float]], unit: str, *, times: float = 1.0) -> dict[str, float]:
    """The absolute medians by name and unit, e.g. {"action, 1/s": 812.0}."""
    return {f"{name}, {unit}": round(median(values) * times, 3) for name, values in found.items()}


def report(name: str, arguments: Any, lines: Sequence[Line]) -> dict[str, Any]:
    """The JSON of one bench."""
    return {
        "bench": name,
        "at": now().isoformat(timespec="seconds"),
        "machine": {
            "cpus": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
        },
        "arguments": asdict(arguments),
        "held": all(line.held is not False for line in lines),
        "lines": [asdict(line) for line in lines],
    }

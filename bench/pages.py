"""A rerun of every screen beside the page `streamlit hello` opens with.

Both servers run at once and are asked in turn. What is compared is the run of the script on the server;
what a browser would have waited stands beside it. Nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.ground import throwaway
from bench.report import Line, count, interleave, medians, most, ratio, report
from bench.served import Server, hello, one_line, portal
from bench.visitor import Visitor
from core.settings import ROOT
from pages.parts.screens import SCREENS

FORMS = ("needs", "feedback", "sentence")
PAGE_BAR, FORM_BAR, GROWTH_BAR = most(0.6), most(0.3), most(1.05)
YARDSTICK, LEAST = "hello", "one line"
Rounds = Mapping[str, list[float]]
# Streamlit knows its first page by the empty address only.
FIRST = SCREENS[0].name


@dataclass(frozen=True, slots=True)
class Sizes:
    """Reruns before anything is measured, reruns of each page in a round, and of the heaviest for memory.

    `only`: addresses of the screens to measure; empty: all.
    """

    rounds: int = 5
    warm: int = 10
    reruns: int = 30
    memory: int = 2000
    only: tuple[str, ...] = ()


QUICK = Sizes(rounds=2, warm=2, reruns=4, memory=40)


class Page:
    """One page in one visitor's session, warm."""

    def __init__(self, server: Server, visitor: Visitor, name: str, *, warm: int) -> None:
        self.server, self._visitor = server, visitor
        self.seen, self.cpu = list[float](), list[float]()
        visitor.open("" if name in (YARDSTICK, LEAST, FIRST) else name)
        self.reruns(warm)

    def reruns(self, n: int) -> list[float]:
        """Run it n times; what a browser waited each time."""
        return [self._visitor.rerun() for _ in range(n)]

    def step(self, n: int) -> float:
        """The median seconds of n runs on the server; what a browser waited is kept in `seen`, and the
        processor's part of it in `cpu`."""
        before = self.server.run_count()
        self.seen.append(median(self.reruns(n)))
        took = self.server.took(before, n)
        self.cpu.append(median(one.cpu for one in took))
        return median(one.clock for one in took)


def run(sizes: Sizes) -> dict[str, Any]:
    """The report: page ÷ hello for each screen, and how the server's memory grew. Raises ValueError for
    a screen there is not."""
    names = wanted(sizes.only)
    with throwaway() as folder, ExitStack() as stack:
        stock = stack.enter_context(hello(folder / "hello"))
        server, cookie = stack.enter_context(portal(folder / "portal"))
        least = stack.enter_context(one_line(folder / "one_line"))
        visitors = {
            YARDSTICK: (stock, stack.enter_context(Visitor(stock.port))),
            LEAST: (least, stack.enter_context(Visitor(least.port))),
        }
        for name in names:
            visitors[name] = server, stack.enter_context(Visitor(server.port, cookie=cookie))
        found = {name: Page(*at, name, warm=sizes.warm) for name, at in visitors.items()}
        seconds = interleave(sizes.rounds, {name: _step(page, sizes.reruns) for name, page in found.items()})
        more = {
            "ms cpu": {name: page.cpu for name, page in found.items()},
            "ms seen": {name: page.seen for name, page in found.items()},
        }
        lines = [_line(seconds, more, name) for name in names]
        lines.append(_yardstick(seconds))
        heaviest = max(names, key=lambda name: median(seconds[name]))
        lines.append(_memory(found[heaviest], heaviest, sizes.memory))
    return report("pages", sizes, lines)


def screens() -> list[str]:
    """The addresses of all screens there are."""
    return [screen.name for screen in SCREENS if (ROOT / "pages" / screen.path).is_file()]


def wanted(only: Sequence[str]) -> list[str]:
    """The screens to measure: those named, else all. Raises ValueError for one there is not."""
    there = screens()
    if unknown := set(only) - set(there):
        raise ValueError(f"no such screen: {', '.join(sorted(unknown))}")
    return [name for name in there if not only or name in only]


def _step(page: Page, n: int) -> Callable[[], float]:
    return lambda: page.step(n)


def _line(seconds: Rounds, more: Mapping[str, Rounds], name: str) -> Line:
    """`more`: what else is told beside the ratio, by its unit."""
    pair = seconds[name], seconds[YARDSTICK]
    what, bar = ("page_form", FORM_BAR) if name in FORMS else ("page", PAGE_BAR)
    beside: dict[str, float] = {}
    for unit, given in {"ms": seconds, **more}.items():
        beside |= medians({one: given[one] for one in (name, YARDSTICK)}, unit, times=1000)
    return ratio(what, f"/{name}", pair, bar=bar, beside=beside)


def _yardstick(seconds: Rounds) -> Line:
    """How much the yardstick itself costs beside a page of one line: mostly the forced garbage collection,
    which grows with what a process has imported."""
    pair = seconds[YARDSTICK], seconds[LEAST]
    beside = medians({YARDSTICK: pair[0], LEAST: pair[1]}, "ms", times=1000)
    return ratio("page_yardstick", "/hello", pair, beside=beside)


def _memory(page: Page, name: str, n: int) -> Line:
    """Resident memory after n reruns of a page ÷ after the first half of them."""
    sizes = []
    for _ in range(2):
        page.reruns(n // 2)
        sizes.append(page.server.resident_kib())
    beside = {"half, MiB": round(sizes[0] / 1024, 1), "end, MiB": round(sizes[1] / 1024, 1)}
    return count("page_memory", f"/{name}", sizes[1] / sizes[0], bar=GROWTH_BAR, of=n, beside=beside)

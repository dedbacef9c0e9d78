"""A rerun of every screen beside the page `streamlit hello` opens with.

Both servers run at once and are asked in turn. What is compared is the run of the script on the server;
what a browser would have waited stands beside it. Nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    """Reruns before anything is measured, reruns of each page in a round, and of the heaviest for memory."""

    rounds: int = 5
    warm: int = 10
    reruns: int = 30
    memory: int = 2000


QUICK = Sizes(rounds=2, warm=2, reruns=4, memory=40)


class Page:
    """One page in one visitor's session, warm."""

    def __init__(self, server: Server, visitor: Visitor, name: str, *, warm: int) -> None:
        self.server, self._visitor, self.seen = server, visitor, list[float]()
        visitor.open("" if name in (YARDSTICK, LEAST, FIRST) else name)
        self.reruns(warm)

    def reruns(self, n: int) -> list[float]:
        """Run it n times; what a browser waited each time."""
        return [self._visitor.rerun() for _ in range(n)]

    def step(self, n: int) -> float:
        """The median seconds of n runs on the server; what a browser waited is kept in `seen`."""
        before = self.server.run_count()
        self.seen.append(median(self.reruns(n)))
        return median(self.server.run_seconds(before, n))


def run(sizes: Sizes) -> dict[str, Any]:
    """The report: page ÷ hello for each screen, and how the server's memory grew."""
    with throwaway() as folder, ExitStack() as stack:
        stock = stack.enter_context(hello(folder / "hello"))
        server, cookie = stack.enter_context(portal(folder / "portal"))
        least = stack.enter_context(one_line(folder / "one_line"))
        visitors = {
            YARDSTICK: (stock, stack.enter_context(Visitor(stock.port))),
            LEAST: (least, stack.enter_context(Visitor(least.port))),
        }
        for name in screens():
            visitors[name] = server, stack.enter_context(Visitor(server.port, cookie=cookie))
        found = {name: Page(*at, name, warm=sizes.warm) for name, at in visitors.items()}
        seconds = interleave(sizes.rounds, {name: _step(page, sizes.reruns) for name, page in found.items()})
        lines = [_line(seconds, {n: page.seen for n, page in found.items()}, name) for name in screens()]
        lines.append(_yardstick(seconds))
        heaviest = max(screens(), key=lambda name: median(seconds[name]))
        lines.append(_memory(found[heaviest], heaviest, sizes.memory))
    return report("pages", sizes, lines)


def screens() -> list[str]:
    """The addresses of all screens there are."""
    return [screen.name for screen in SCREENS if (ROOT / "pages" / screen.path).is_file()]


def _step(page: Page, n: int) -> Callable[[], float]:
    return lambda: page.step(n)


def _line(seconds: Rounds, seen: Rounds, name: str) -> Line:
    pair = seconds[name], seconds[YARDSTICK]
    what, bar = ("page_form", FORM_BAR) if name in FORMS else ("page", PAGE_BAR)
    beside = medians({name: pair[0], YARDSTICK: pair[1]}, "ms", times=1000)
    beside |= medians({name: seen[name], YARDSTICK: seen[YARDSTICK]}, "ms seen", times=1000)
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

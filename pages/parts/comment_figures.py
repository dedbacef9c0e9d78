"""The comments' figures, kept: drawing them costs a hundred times what asking for the counts costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.analysis.comment_counts import (
    ALL,
    Conservation,
    Leading,
    by_area_and_month,
    conservation,
    leading,
    months_of,
)
from core.output import comments_chart
from core.queries.comments import Counted, as_frame
from core.words import say
from pages.parts import show
from pages.parts.figures import kept


@dataclass(frozen=True, slots=True)
class Drawn:
    """Specifications of both charts, what the second says of its months, the table, the leading area."""

    areas: dict[str, Any]
    months: dict[str, Any]
    months_note: str
    twin: pd.DataFrame
    first: Leading | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The months with comments, the latest first; what became of the comments (`total`: of those in a
    state); how many are urgent; the charts, None where there is none to draw."""

    months: list[str]
    states: Conservation
    urgent: int
    drawn: Drawn | None


def figures(counts: Sequence[Counted]) -> Figures:
    """The figures of these counts (core.queries.comments.counted)."""
    return _figures(repr(tuple(counts)), counts)


# The counts themselves are the key: whatever changes one of them shows at once.
@kept
def _figures(key: str, _counts: Sequence[Counted]) -> Figures:
    frame = as_frame(_counts)
    states = conservation(frame, int(frame["n"].sum()))
    return Figures(months_of(frame), states, int(frame["urgent"].sum()), _drawn(by_area_and_month(frame)))


def _drawn(table: pd.DataFrame) -> Drawn | None:
    if not len(table):
        return None
    first = leading(table)
    months = comments_chart.drawn_months(table)
    note = say("comments.chart.by_month_note")
    if table["month"].isin(months).sum() < (table["month"] != ALL).sum():
        note += say("comments.chart.by_month_latest", n=len(months))
    return Drawn(
        show.packed(comments_chart.area_bars(table, first=first.area if first else "")),
        show.packed(comments_chart.month_rows(table)),
        note,
        comments_chart.as_table(table),
        first,
    )

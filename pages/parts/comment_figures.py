"""The comments' charts, kept: drawing them costs a hundred times what asking for the counts costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.analysis.comment_counts import ALL, Leading, by_area_and_month, leading
from core.output import comments_chart
from core.words import say
from pages.parts.figures import kept


@dataclass(frozen=True, slots=True)
class Drawn:
    """Specifications of both charts, what the second says of its months, the table, the leading area."""

    areas: dict[str, Any]
    months: dict[str, Any]
    months_note: str
    twin: pd.DataFrame
    first: Leading | None


def drawn(counts: pd.DataFrame) -> Drawn | None:
    """The charts of these counts (core.queries.comments.comment_counts); None where there is none to draw."""
    return _drawn(counts.to_json(orient="values"), counts)


@kept
def _drawn(key: str, _counts: pd.DataFrame) -> Drawn | None:
    table = by_area_and_month(_counts)
    if not len(table):
        return None
    first = leading(table)
    months = comments_chart.drawn_months(table)
    note = say("comments.chart.by_month_note")
    if table["month"].isin(months).sum() < (table["month"] != ALL).sum():
        note += say("comments.chart.by_month_latest", n=len(months))
    return Drawn(
        comments_chart.area_bars(table, first=first.area if first else ""),
        comments_chart.month_rows(table),
        note,
        comments_chart.as_table(table),
        first,
    )

"""Satisfaction drawn: a point and its interval for each item, grouped by area; importance beside it."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import pandas as pd

from core.output import theme
from core.output.satisfaction_rows import SHOWN
from core.words import say

ROW: Final = 30
_SHARES: Final = alt.Scale(domain=[0, 1.75], nice=False)
_POINTS: Final = alt.Scale(domain=[1, 5], nice=False)


def points(rows: pd.DataFrame) -> pd.DataFrame:
    """What is drawn of satisfaction_rows.lines: a head row for each group (of several), then its items.

    Columns: key (one for each row), label (axis), head (the group's words), share, low, high, at (where the
    direct label stands), told.
    """
    made: list[dict[str, Any]] = []
    several = rows["group"].nunique() > 1
    for group, part in rows.groupby("group", sort=False):
        if several:
            made.append({"label": "", "head": group, "at": 0.0, "told": ""})
        made += [_point(row) for row in part.to_dict("records")]
    drawn = pd.DataFrame(made, columns=["label", "head", "share", "low", "high", "at", "told"])
    return drawn.assign(key=[f"{i:03d}|{label}" for i, label in enumerate(drawn["label"])])


def _point(row: Any) -> dict[str, Any]:
    shown = row["state"] == SHOWN
    figures = {name: float(row[of]) if shown else None for name, of in _FIGURES.items()}
    at = figures["high"] if shown else 0.0
    return {"label": row["label"], "head": "", "told": row["told"], "at": at, **figures}


_FIGURES: Final = {"share": "satisfied", "low": "low", "high": "high"}


def satisfaction_chart(rows: pd.DataFrame) -> dict[str, Any]:
    """Share of 4 and 5 with its interval, item by item under each group's name."""
    drawn = points(rows)
    names = alt.Axis(grid=False, labelExpr="split(datum.value, '|')[1]", labelPadding=8, title=None)
    ticks = alt.Axis(title=None, format=".0%", values=[0, 0.25, 0.5, 0.75, 1])
    # A layer leaves out rows it has nothing to draw of: without a domain those would go to the bottom.
    order = alt.Scale(domain=list(drawn["key"]))
    base = alt.Chart(drawn).encode(y=alt.Y("key:N", sort=None, axis=names, scale=order))
    at = alt.X("at:Q", scale=_SHARES)
    layers = [
        base.mark_rule(color=theme.ACCENT, strokeWidth=2).encode(
            x=alt.X("low:Q", scale=_SHARES, axis=ticks), x2="high:Q"
        ),
        base.mark_point(filled=True, size=90, color=theme.PROVISION, opacity=1).encode(x="share:Q"),
        base.mark_text(align="left", dx=8).encode(x=at, text="told:N"),
        base.mark_text(align="left", fontWeight="bold", dy=4).encode(x=at, text="head:N"),
    ]
    return _spec(layers, len(drawn))


def importance_chart(placed: pd.DataFrame, labels: dict[str, str]) -> dict[str, Any]:
    """Importance (hollow) and satisfaction (full) of each aspect on one line, the widest gap on top."""
    drawn = placed.assign(label=placed["question"].map(labels))
    base = alt.Chart(drawn).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(grid=False, labelPadding=8))
    )
    ticks = alt.Axis(title=say("satisfaction.chart.scale"), values=[1, 2, 3, 4, 5])
    low = alt.X("satisfied:Q", scale=_POINTS, axis=ticks)
    layers = [
        base.mark_rule(color=theme.LINE, strokeWidth=3).encode(x=low, x2="importance:Q"),
        base.mark_point(size=110, color=theme.DEMAND_INK, strokeWidth=2.5, opacity=1).encode(
            x="importance:Q"
        ),
        base.mark_point(filled=True, size=110, color=theme.PROVISION, opacity=1).encode(x="satisfied:Q"),
    ]
    return _spec(layers, len(drawn))


def _spec(layers: list[alt.Chart], rows: int) -> dict[str, Any]:
    chart = alt.LayerChart(layer=layers).properties(height=ROW * max(rows, 1))
    return theme.spec(chart.configure_mark(aria=False))

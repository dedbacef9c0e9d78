"""How well areas are read, drawn: a point and its interval for each; and what learning more brought."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import pandas as pd

from core.output import theme
from core.words import say

ROW, CURVE_HEIGHT = 30, 200
# Beyond 1 there is room for the direct label.
_SCORES: Final = alt.Scale(domain=[0, 1.25], nice=False)
_SHARES: Final = alt.Scale(domain=[0, 1.1], nice=False)


def areas_chart(rows: pd.DataFrame) -> dict[str, Any]:
    """F1 of each area of core.output.accuracy_rows.areas with its interval, on one scale from 0 to 1."""
    drawn = rows.assign(at=rows["high"].fillna(rows["f1"]).astype(float).fillna(0.0))
    # A layer leaves out rows it has nothing to draw of: without a domain those would go to the bottom.
    order = alt.Scale(domain=list(drawn["label"]))
    names = alt.Axis(grid=False, title=None, labelPadding=8)
    ticks = alt.Axis(title=None, format=".1f", values=[0, 0.2, 0.4, 0.6, 0.8, 1])
    base = alt.Chart(drawn).encode(y=alt.Y("label:N", sort=None, axis=names, scale=order))
    at = alt.X("at:Q", scale=_SCORES, axis=ticks)
    layers = [
        base.mark_rule(color=theme.ACCENT, strokeWidth=2).encode(
            x=alt.X("low:Q", scale=_SCORES, axis=ticks), x2="high:Q"
        ),
        base.mark_point(filled=True, size=90, color=theme.PROVISION, opacity=1).encode(x="f1:Q"),
        base.mark_text(align="left", dx=8).encode(x=at, text="told:N"),
    ]
    return _spec(layers, ROW * max(len(drawn), 1))


def curve_chart(points: pd.DataFrame) -> dict[str, Any]:
    """The share right after each number of comments learned from (core.output.accuracy_rows.curve)."""
    names = alt.Axis(title=say("accuracy.curve.axis"), labelAngle=0, grid=False, labelOverlap="greedy")
    ticks = alt.Axis(title=None, format=".0%", values=[0, 0.25, 0.5, 0.75, 1])
    base = alt.Chart(points).encode(
        x=alt.X("learned:O", sort=None, axis=names, scale=alt.Scale(domain=list(points["learned"]))),
        y=alt.Y("right:Q", scale=_SHARES, axis=ticks),
    )
    layers = [
        base.mark_line(color=theme.ACCENT, strokeWidth=2),
        base.mark_point(filled=True, size=90, color=theme.PROVISION, opacity=1),
        base.mark_text(dy=-14).encode(text="told:N"),
    ]
    return _spec(layers, CURVE_HEIGHT)


def _spec(layers: list[alt.Chart], height: int) -> dict[str, Any]:
    chart = alt.LayerChart(layer=layers).properties(height=height)
    return theme.spec(chart.configure_mark(aria=False))

"""Demand against provision drawn: bars of demand with their interval, a dark tick for what is provided."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import pandas as pd

from core.output import theme
from core.output.gap_rows import BOUNDS, unit_of
from core.words import say

ROW: Final = 40
# The direct labels stand right of the bars, on a phone too.
ROOM: Final = 1.45
LINE: Final = "#8C4A10"
INK: Final = theme.STATE_INK | {
    "few": theme.MUTED, "alone": theme.DEMAND_INK, "unprovided": theme.MUTED,
}  # fmt: skip


def points(rows: pd.DataFrame) -> pd.DataFrame:
    """What is drawn of rows of gap_rows: label, value, low, high, provision, end, told, colour."""
    unit = unit_of(rows)
    low, high = BOUNDS[unit]
    drawn = pd.DataFrame(
        {
            "label": rows["label"],
            "value": rows[unit].astype(float),
            "low": rows[low].astype(float),
            "high": rows[high].astype(float),
            "provision": rows["provision"].astype(float) if unit == "persons" else float("nan"),
            "told": rows["told"],
            "colour": rows["kind"].map(INK),
        }
    )
    # Where too few answered, a tick alone would read as a surplus.
    drawn.loc[drawn["value"].isna(), "provision"] = float("nan")
    return drawn.assign(end=drawn[["value", "high", "provision"]].max(axis=1).fillna(0.0))


def gap_chart(rows: pd.DataFrame) -> dict[str, Any]:
    """The rows drawn, top to bottom as they come."""
    drawn = points(rows)
    largest = float(drawn["end"].max()) or 1.0
    share = unit_of(rows) == "share"
    words = "format(datum.value, '.0%')" if share else f"format(datum.value, ',') + '{say('gap.axis')}'"
    ticks = alt.Axis(title=None, tickCount=4, labelExpr=words, labelOverlap=True)
    scale = alt.Scale(domain=[0, largest * ROOM], nice=False)
    # A layer leaves out rows it has nothing to draw of: without a domain those would go to the bottom.
    order = alt.Scale(domain=list(drawn["label"]))
    names = alt.Axis(title=None, grid=False, labelPadding=8)
    base = alt.Chart(drawn).encode(y=alt.Y("label:N", sort=None, axis=names, scale=order))
    x = alt.X("value:Q", axis=ticks, scale=scale)
    layers = [
        base.mark_bar(color=theme.DEMAND, cornerRadiusEnd=2, height={"band": 0.6}).encode(x=x),
        base.mark_rule(color=LINE, strokeWidth=2).encode(x=alt.X("low:Q", scale=scale), x2="high:Q"),
        base.mark_tick(color=theme.PROVISION, thickness=7, opacity=1, aria=False, size=0.82 * ROW).encode(
            x="provision:Q"
        ),
        base.mark_text(align="left", dx=10).encode(
            x="end:Q", text="told:N", color=alt.Color("colour:N", scale=None)
        ),
    ]
    chart = alt.LayerChart(layer=layers).properties(height=ROW * max(len(drawn), 1))
    return theme.spec(chart.configure_mark(aria=False))

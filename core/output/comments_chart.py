"""Comments by area and month, drawn: areas as sorted bars, and each area's months as a row of small bars.

Position and label carry the area; `other` and what the classifier abstained from stand apart, below the rest.
"""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import pandas as pd

from core.analysis.comment_counts import ABSTAINED, ALL, OTHER
from core.output import theme
from core.words import say
from models.taxonomy import AREA_LABELS, READING_STATES

MOST_MONTHS: Final = 18
BAR, ROW = 26, 58
# Of a row's height: what its bars may take at most, and where they stand. The rest holds its name.
TALLEST, FOOT = 0.52, 0.94
_ROOM = 1.25
_KIND_COLOURS: Final = {
    "first": theme.DEMAND, "area": theme.DEMAND_RAMP[2], OTHER: theme.UNKNOWN, ABSTAINED: theme.UNKNOWN_FILL,
}  # fmt: skip


def label_of(area: str) -> str:
    """An area's name, or the word for what the classifier was not sure of."""
    return READING_STATES[ABSTAINED] if area == ABSTAINED else AREA_LABELS[area]


def in_order(table: pd.DataFrame) -> list[str]:
    """The areas to draw: most comments first, hidden sums after them; `other` and `abstained` last."""
    sums = table[(table["month"] == ALL) & (table["area"] != ALL)]
    rows = zip(sums["area"], sums["n"].fillna(0), sums["hidden"], strict=True)
    last = {OTHER: 1, ABSTAINED: 2}
    ranked = sorted(rows, key=lambda row: (last.get(row[0], 0), -row[1], not row[2]))
    return [str(area) for area, n, hidden in ranked if n or hidden]


def bars_frame(table: pd.DataFrame, *, first: str = "") -> pd.DataFrame:
    """One row per area as drawn: area, label, n (0 where hidden), told (the direct label), kind."""
    sums = table[table["month"] == ALL].set_index("area")
    areas = in_order(table)
    counts, hidden = sums.loc[areas, "n"], sums.loc[areas, "hidden"]
    told = [
        say("comments.chart.hidden") if gone else f"{n:,}" for n, gone in zip(counts, hidden, strict=True)
    ]
    kinds = [area if area in (OTHER, ABSTAINED) else "first" if area == first else "area" for area in areas]
    labels = [label_of(area) for area in areas]
    n = counts.fillna(0).astype(int).to_list()
    return pd.DataFrame({"area": areas, "label": labels, "n": n, "told": told, "kind": kinds})


def _told(n: int, hidden: bool) -> str:
    return say("comments.chart.hidden") if hidden else f"{n:,}"


def area_bars(table: pd.DataFrame, *, first: str = "") -> dict[str, Any]:
    """Comments per area as sorted bars from zero, each with its number; `first` is set off."""
    frame = bars_frame(table, first=first)
    most = max(frame["n"].max(), 1) if len(frame) else 1
    scale = alt.Scale(domain=[0, float(most) * _ROOM], nice=False)
    base = alt.Chart(frame).encode(
        y=alt.Y("label:N", sort=None, title=None), x=alt.X("n:Q", scale=scale, axis=None)
    )
    bars = base.mark_bar(height=16, strokeWidth=1).encode(
        color=_colour(),
        stroke=_outline(),
        strokeDash=alt.condition(alt.datum.kind == ABSTAINED, alt.value([3, 2]), alt.value([1, 0])),
        tooltip=_tooltip("told:N"),
    )
    numbers = base.mark_text(align="left", dx=6).encode(text="told:N")
    return _spec(bars, numbers, height=BAR * max(len(frame), 1))


def drawn_months(table: pd.DataFrame) -> list[str]:
    """The months of the axis, none left out between: up to the last, and MOST_MONTHS at most."""
    months = table.loc[table["month"] != ALL, "month"]
    if months.empty:
        return []
    return list(pd.period_range(months.min(), months.max(), freq="M").astype(str)[-MOST_MONTHS:])


def months_frame(table: pd.DataFrame) -> pd.DataFrame:
    """One row per bar: area, label, month, n, told, kind, top, foot, row; the latest MOST_MONTHS months.

    Bars of a row are scaled to the row's largest month, whose number stands in the row's `head`.
    """
    areas = in_order(table)
    found = table[table["area"].isin(areas) & table["month"].isin(drawn_months(table))].copy()
    found["row"] = found["area"].map({area: i for i, area in enumerate(areas)})
    largest = found.groupby("area")["n"].transform("max").fillna(0)
    height = (found["n"].fillna(0) / largest.where(largest > 0, 1)).astype(float) * TALLEST
    found["foot"] = found["row"] + FOOT
    found["top"] = found["foot"] - height
    found["label"] = found["area"].map({area: label_of(area) for area in areas})
    found["head"] = [_head(label, int(n)) for label, n in zip(found["label"], largest, strict=True)]
    found["told"] = [
        say("comments.chart.hidden") if gone else say("comments.chart.n", n=f"{n:,}")
        for n, gone in zip(found["n"], found["hidden"], strict=True)
    ]
    found["kind"] = found["area"].where(found["area"].isin([OTHER, ABSTAINED]), "first")
    return found.drop(columns="n").reset_index(drop=True)


def _head(label: str, largest: int) -> str:
    if not largest:
        return say("comments.chart.head_hidden", area=label)
    return say("comments.chart.head", area=label, n=f"{largest:,}")


def month_rows(table: pd.DataFrame) -> dict[str, Any]:
    """Each area's months as a row of bars from zero; hidden months are dashed boxes of no height."""
    frame = months_frame(table)
    rows = int(frame["row"].max()) + 1 if len(frame) else 1
    scale = alt.Scale(domain=[rows, 0], nice=False, zero=False)
    month = alt.X(
        "month:O",
        scale=alt.Scale(domain=drawn_months(table)),
        title=None,
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8),
    )
    base = alt.Chart(frame).encode(x=month, tooltip=_tooltip("month:O", "told:N"))
    low = alt.Y("foot:Q", scale=scale, axis=None)
    bars = (
        base.transform_filter("!datum.hidden && datum.top < datum.foot")
        .mark_bar(width={"band": 0.78}, strokeWidth=1)
        .encode(y=low, y2="top:Q", color=_colour(), stroke=_outline())
    )
    boxes = (
        base.transform_filter("datum.hidden")
        .transform_calculate(above=f"datum.foot - {TALLEST / 5}")
        .mark_bar(
            width={"band": 0.78},
            fill=theme.UNKNOWN_FILL,
            stroke=theme.UNKNOWN,
            strokeDash=[3, 2],
            strokeWidth=1,
        )
        .encode(y=low, y2="above:Q")
    )
    feet = alt.Chart(_per_row(frame)).mark_rule(color=theme.LINE).encode(y=low)
    names = (
        alt.Chart(_per_row(frame))
        .mark_text(align="left", baseline="top", dy=6)
        .encode(x=alt.value(0), y=alt.Y("row:Q", scale=scale, axis=None), text="head:N")
    )
    return _spec(feet, bars, boxes, names, height=ROW * rows)


def _spec(*layers: alt.Chart, height: int) -> dict[str, Any]:
    return theme.spec(alt.LayerChart(layer=list(layers)).properties(height=height))


def _per_row(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop_duplicates("row")[["row", "foot", "head"]]


def _colour() -> alt.Color:
    domain, colours = list(_KIND_COLOURS), list(_KIND_COLOURS.values())
    return alt.Color("kind:N", scale=alt.Scale(domain=domain, range=colours), legend=None)


def _outline() -> Any:
    return alt.condition(alt.datum.kind == ABSTAINED, alt.value(theme.UNKNOWN), alt.value("transparent"))


def _tooltip(*fields: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(field, title=" ") for field in ("label:N", *fields)]


def as_table(table: pd.DataFrame) -> pd.DataFrame:
    """The same figures to read or take away: a row per area, a column per month, the sum; all cells text."""
    areas = in_order(table)
    months = sorted(table.loc[table["month"] != ALL, "month"].unique())
    cells = table.set_index(["area", "month"])["n"]
    rows = []
    for area in areas:
        counts = [cells[area, month] for month in (ALL, *months)]
        rows.append(
            [label_of(area), *(say("comments.chart.hidden") if pd.isna(n) else f"{n}" for n in counts)]
        )
    return pd.DataFrame(rows, columns=[say("comments.chart.area"), say("comments.chart.sum"), *months])

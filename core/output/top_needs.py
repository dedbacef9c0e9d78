"""The needs most wanted in one grid, as a short list of bars with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import altair as alt
import pandas as pd

from core.output import people, theme
from core.output.demand_map import Unit, Wanted, figure, span
from core.words import say

MOST: Final = 5
ROW: Final = 66
# Of a row's height: where its words end, between what its bar stands, where the note below it ends.
_WORDS, _TOP, _FOOT, _NOTE = 0.32, 0.37, 0.62, 0.92
_BOUNDS: Final[dict[str, tuple[str, str]]] = {
    "share": ("share_low", "share_high"),
    "persons": ("low", "high"),
}


def top_needs(
    estimates: pd.DataFrame, grid: int, needs: Mapping[str, Wanted], unit: Unit, *, most: int = MOST
) -> pd.DataFrame:
    """The grid's need items, the most wanted first: need, name, ages, value, low, high, n, base, told.

    Only what may be shown; ties keep the frame's order. Shares are each of the residents asked about it.
    """
    rows = estimates[
        (estimates["grid"] == grid) & estimates[["age_band", "sex"]].isna().all(axis=1)
        & estimates["need"].isin(needs) & estimates[unit].notna()
    ]  # fmt: skip
    low, high = _BOUNDS[unit]
    first = rows.sort_values(unit, ascending=False, kind="stable").head(most)
    told = [
        say("map.top.told", told=figure(row[unit], unit), between=span(row[low], row[high], unit))
        for row in first.to_dict("records")
    ]
    return pd.DataFrame(
        {
            "need": first["need"].astype(object),
            "name": [needs[code].name for code in first["need"]],
            "ages": [people.ages(needs[code].ages) for code in first["need"]],
            "value": first[unit].astype(float),
            "low": first[low].astype(float),
            "high": first[high].astype(float),
            "n": first["n"].astype("Int64"),
            "base": first["base"].astype("Int64"),
            "told": told,
        }
    ).reset_index(drop=True)


def bars(found: pd.DataFrame, chosen: str = "") -> dict[str, Any]:
    """The list drawn: name and figures above each bar, who was asked below it; the interval is a line."""
    rows = found.assign(row=range(len(found)), note=[_note(row) for row in found.to_dict("records")])
    heights = {"words": _WORDS, "top": _TOP, "centre": (_TOP + _FOOT) / 2, "foot": _FOOT, "under": _NOTE}
    rows = rows.assign(
        colour=_colours(found, chosen), **{name: rows["row"] + down for name, down in heights.items()}
    )
    base = alt.Chart(rows.drop(columns=["ages", "base", "n", "need", "row"]))
    x = alt.Scale(domain=[0, 1.02 * float(found["high"].max() or 1)], nice=False)
    y = alt.Scale(domain=[len(rows), 0], nice=False)
    bar = base.mark_rect(cornerRadius=2).encode(
        x=alt.X("zero:Q", axis=None, scale=x), x2="value:Q", y=alt.Y("top:Q", axis=None, scale=y),
        y2="foot:Q", color=alt.Color("colour:N", scale=None),
    )  # fmt: skip
    line = base.mark_rule(strokeWidth=1.6, color=theme.INK).encode(
        x=alt.X("low:Q", axis=None, scale=x), x2="high:Q", y=alt.Y("centre:Q", axis=None, scale=y)
    )
    words = base.encode(y=alt.Y("words:Q", axis=None, scale=y))
    names = words.mark_text(align="left", baseline="bottom", fontWeight="bold")
    notes = base.encode(y=alt.Y("under:Q", axis=None, scale=y)).mark_text(
        align="left", baseline="bottom", fontSize=12.5, color=theme.MUTED
    )
    told = words.mark_text(align="right", baseline="bottom", fontSize=13)
    layers = [
        bar.transform_calculate(zero="0"),
        line,
        names.encode(x=alt.value(0), text="name:N"),
        notes.encode(x=alt.value(0), text="note:N"),
        told.encode(x=alt.value(alt.expr("width")), text="told:N"),
    ]
    chart = alt.LayerChart(layer=layers).properties(height=ROW * max(len(rows), 1))
    return theme.spec(chart.configure_mark(aria=False))


def _note(row: Mapping[Any, Any]) -> str:
    return say("map.top.of", who=row["ages"] or say("map.everybody"), n=f"{row['n']:,}")


def _colours(found: pd.DataFrame, chosen: str) -> list[str]:
    """The need the map shows in full, the others pale."""
    paler = theme.DEMAND_RAMP[2]
    return [theme.DEMAND if code == chosen else paler for code in found["need"]]


def table(found: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    """The same figures to read or take away; all cells text."""
    rows = [
        {
            say("map.column.need"): row["name"],
            say("map.column.who"): row["ages"] or say("map.everybody"),
            say(f"map.column.{unit}"): figure(row["value"], unit),
            say("map.column.between"): span(row["low"], row["high"], unit),
            say("map.column.n"): f"{row['n']:,}",
        }
        for row in found.to_dict("records")
    ]
    return pd.DataFrame(rows)

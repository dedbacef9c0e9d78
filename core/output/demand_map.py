"""The demand map's figures and words: one need by grid, as shares or persons, with what may not be shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from core.analysis.findings import grids_apart
from core.output import people, theme
from core.output.schematic import SHOWN, Ramp, schematic
from core.words import say

Unit = Literal["share", "persons"]
HIDDEN, FEW, NONE, UNKNOWN = "hidden", "few", "none", "unknown"
# The scale ends at a round figure, and no lower than this: small differences stay pale.
LEAST: Final = {"share": 0.2, "persons": 20.0}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One need as it is named: its code, its short name, and the ages asked (both included)."""

    code: str
    name: str
    ages: tuple[int, int]


def by_grid(estimates: pd.DataFrame, grids: pd.DataFrame, need: str) -> pd.DataFrame:
    """The need's rows of the estimate frame, one for each of `grids` (grid, code, name), in their order.

    Adds `kind`: shown, few (n < 30), none (nobody asked), hidden.
    """
    rows = estimates[
        (estimates["need"] == need) & estimates["grid"].notna()
        & estimates[["age_band", "sex"]].isna().all(axis=1)
    ]  # fmt: skip
    found = grids[["grid", "code", "name"]].astype({"grid": "Int64"}).merge(rows, on="grid", how="left")
    asked = found["n"].fillna(0) > 0
    kinds = np.select(
        [found["state"] == HIDDEN, ~asked, found["share"].isna()], [HIDDEN, NONE, FEW], default=SHOWN
    )
    return found.assign(kind=kinds)


def whole(estimates: pd.DataFrame, need: str) -> pd.Series[Any]:
    """The need's row for the whole community."""
    row = estimates["grid"].isna() & estimates[["age_band", "sex"]].isna().all(axis=1)
    return estimates[row & (estimates["need"] == need)].iloc[0]


def figure(value: float, unit: Unit) -> str:
    """37% or 1,234 人."""
    return f"{value:.0%}" if unit == "share" else say("map.persons", n=f"{value:,.0f}")


def span(low: float, high: float, unit: Unit) -> str:
    """An interval: 54%–71% or 120–159 人."""
    if unit == "share":
        return f"{low:.0%}–{high:.0%}"
    return say("map.persons", n=f"{low:,.0f}–{high:,.0f}")


def values(rows: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    """What `schematic` draws of `by_grid`: code, kind, value, told, hint."""
    return pd.DataFrame([_value(row, unit) for row in rows.to_dict("records")])


def _value(row: dict[Any, Any], unit: Unit) -> dict[str, Any]:
    # A share may be known where nobody knows how many live there.
    kind = UNKNOWN if row["kind"] == SHOWN and pd.isna(row[unit]) else row["kind"]
    if kind != SHOWN:
        said = say(f"map.kind.{kind}")
        return {"code": row["code"], "kind": kind, "value": None, "told": said, "hint": _why(row, kind)}
    low, high = ("share_low", "share_high") if unit == "share" else ("low", "high")
    told, between = figure(row[unit], unit), span(row[low], row[high], unit)
    hint = say("map.hint", told=told, between=between, n=f"{row['n']:,}")
    return {"code": row["code"], "kind": kind, "value": float(row[unit]), "told": told, "hint": hint}


def _why(row: dict[Any, Any], kind: str) -> str:
    return say(f"map.why.{kind}", n=f"{row['n']:,}") if kind == FEW else say(f"map.why.{kind}")


def top_of_scale(drawn: pd.DataFrame, unit: Unit) -> float:
    """Where the colour scale ends: the largest value, rounded up to a figure that is easy to read."""
    most = max(float(drawn["value"].max()) if drawn["value"].notna().any() else 0.0, LEAST[unit])
    step = 0.1 if unit == "share" else 10 ** math.floor(math.log10(most))
    return math.ceil(most / step - 1e-9) * step


def demand_map(
    rows: pd.DataFrame,
    places: tuple[pd.DataFrame, pd.DataFrame],
    *,
    want: Wanted,
    unit: Unit,
    chosen: str = "",
) -> dict[str, Any]:
    """The map of `by_grid`'s rows; `places` are the grids, and the buildings with what they tell."""
    drawn = values(rows, unit)
    said = say(f"map.legend.{unit}", who=people.who(want.ages), need=want.name)
    # 40 % and not 0.4; whole persons.
    ramp = Ramp(theme.DEMAND_RAMP, top_of_scale(drawn, unit), said, ".0%" if unit == "share" else ",.0f")
    grids, buildings = places
    return schematic(grids, buildings, values=drawn, ramp=ramp, chosen=chosen)


def finding(estimates: pd.DataFrame, grids: pd.DataFrame, want: Wanted) -> str:
    """The map in a sentence: the grids whose interval lies above the community's, or that none does."""
    everywhere = whole(estimates, want.code)
    about = {"need": want.name, "who": people.who(want.ages)}
    if pd.isna(everywhere["share"]):
        return say("map.finding.few", **about)
    apart = grids_apart(estimates[estimates["need"] == want.code])
    if apart.empty:
        return say("map.finding.alike", of_ten=people.of_ten(float(everywhere["share"])), **about)
    named = grids.set_index("grid")["name"]
    order = [grid for grid in named.index if grid in set(apart["grid"])]
    weight = apart["base"] if apart["base"].notna().all() else apart["n"]
    share = float((apart["share"] * weight).sum() / weight.sum())
    names = people.together([named[grid] for grid in order])
    return say("map.finding.apart", grids=names, of_ten=people.of_ten(share), **about)


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """The map's twin to read or take away: a row per grid, all cells text."""
    return pd.DataFrame([_line(row) for row in rows.to_dict("records")])


def _line(row: dict[Any, Any]) -> dict[str, str]:
    shown, said = row["kind"] == SHOWN, say(f"map.kind.{row['kind']}") if row["kind"] != SHOWN else ""
    persons = shown and pd.notna(row["persons"])
    unknown = say("show.unknown") if shown else say("show.none")
    return {
        say("map.column.grid"): row["name"],
        say("map.column.n"): said if row["kind"] == HIDDEN else f"{0 if pd.isna(row['n']) else row['n']:,}",
        say("map.column.share"): figure(row["share"], "share") if shown else said,
        say("map.column.between"): span(row["share_low"], row["share_high"], "share") if shown else "—",
        say("map.column.persons"): f"{row['persons']:,}" if persons else unknown,
        say("map.column.persons_between"): f"{row['low']:,}–{row['high']:,}" if persons else unknown,
        say("map.column.base"): f"{row['base']:,}" if pd.notna(row["base"]) else say("show.unknown"),
        say("map.column.n_eff"): f"{row['n_eff']:,.0f}" if shown else say("show.none"),
    }


def how(everywhere: pd.Series[Any], want: Wanted) -> list[str]:
    """How to read the map, and what it rests on: eligible persons, n and n_eff."""
    about = {"who": people.who(want.ages)}
    if everywhere["state"] == HIDDEN:
        return [say("map.how.read"), say("map.how.base_hidden")]
    n = f"{everywhere['n']:,}"
    if pd.isna(everywhere["base"]):
        base = say("map.how.base_unknown", n=n)
    elif pd.isna(everywhere["n_eff"]):
        base = say("map.how.base_few", base=f"{everywhere['base']:,}", n=n, **about)
    else:
        n_eff = f"{everywhere['n_eff']:,.0f}"
        base = say("map.how.base", base=f"{everywhere['base']:,}", n=n, n_eff=n_eff, **about)
    return [say("map.how.read"), base, say("map.how.rule")]


def explain(method: str, source: str) -> str:
    """How the figures came about; `method` is core.analysis.weights' word, `source` names the population."""
    first = (
        say("map.explain.unweighted")
        if method == "unweighted"
        else say("map.explain.weighted", method=say(f"map.method.{method}"))
    )
    return (
        first + source + "".join(say(f"map.explain.{key}") for key in ("map", "small", "apart", "buildings"))
    )

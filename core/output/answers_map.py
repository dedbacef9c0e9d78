"""Who answered: responses per hundred households by grid, as a small map, a table and a sentence."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from core.analysis.suppression import SHARE_FROM
from core.output import people, theme
from core.output.schematic import SHOWN, Ramp, schematic
from core.words import say

# The scale never ends below this many responses per hundred households.
LEAST: Final = 20.0
# A rate of fewer households than this is none (core.analysis.answered gives none by grid either).
FEWEST_HOUSEHOLDS: Final = SHARE_FROM


def values(answered: pd.DataFrame, grids: pd.DataFrame) -> pd.DataFrame:
    """What `schematic` draws of core.analysis.answered's rows: code, kind, value, told, hint."""
    codes = grids[["grid", "code"]].merge(answered, on="grid", how="left")
    return pd.DataFrame([_value(row) for row in codes.to_dict("records")])


def _value(row: dict[Any, Any]) -> dict[str, Any]:
    if row["hidden"]:
        said = say("overview.answers.hidden")
        return {"code": row["code"], "kind": "hidden", "value": None, "told": said, "hint": said}
    n = f"{row['n']:,}"
    if pd.isna(row["per_100"]):
        told, hint = say("overview.answers.count", n=n), say("overview.answers.no_households", n=n)
        return {"code": row["code"], "kind": "unknown", "value": None, "told": told, "hint": hint}
    rate, homes = f"{row['per_100']:.0f}", f"{row['households']:,}"
    hint = say("overview.answers.hint", rate=rate, n=n, households=homes)
    told = say("overview.answers.told", rate=rate)
    return {"code": row["code"], "kind": SHOWN, "value": float(row["per_100"]), "told": told, "hint": hint}


def answers_map(answered: pd.DataFrame, places: tuple[pd.DataFrame, pd.DataFrame]) -> dict[str, Any]:
    """The map; `places` are the grids, and the buildings with what they tell."""
    grids, buildings = places
    drawn = values(answered, grids)
    most = float(drawn["value"].max()) if drawn["value"].notna().any() else 0.0
    end = max(LEAST, math.ceil(most / 10) * 10)
    ramp = Ramp(theme.COVERAGE_RAMP, end, say("overview.answers.legend"), ",.0f")
    return schematic(grids, buildings, values=drawn, ramp=ramp)


def told(buildings: pd.DataFrame, counted: pd.DataFrame) -> list[str]:
    """What each building tells: its responses, and its households where known."""
    n = counted.set_index("building")["n"].reindex(buildings["building"])
    return [
        say("map.building.hidden")
        if pd.isna(answers)
        else say("map.building.told_unknown", n=f"{answers:,}")
        if pd.isna(homes)
        else say("map.building.told", n=f"{answers:,}", households=f"{homes:,}")
        for answers, homes in zip(n, buildings["households"], strict=True)
    ]


def fewest(answered: pd.DataFrame, grids: pd.DataFrame) -> str:
    """The grid with the fewest responses per hundred households, in a sentence; empty where fewer than two
    grids can be compared."""
    known = answered[answered["per_100"].notna()]
    if len(known) < 2:
        return ""
    least = known[known["per_100"].round() == known["per_100"].round().min()]
    if len(least) == len(known):
        return ""
    names = grids.set_index("grid")["name"].reindex(least["grid"])
    rate = f"{least['per_100'].min():.0f}"
    return say("overview.answers.fewest", grids=people.together(list(names)), rate=rate)


def table(answered: pd.DataFrame, grids: pd.DataFrame) -> pd.DataFrame:
    """The map's twin: a row per grid, all cells text."""
    rows = grids[["grid", "name"]].merge(answered, on="grid", how="left").to_dict("records")
    return pd.DataFrame(
        [
            {
                say("overview.column.grid"): row["name"],
                say("overview.column.n"): say("show.hidden") if row["hidden"] else f"{row['n']:,}",
                say("overview.column.households"): _known(row["households"], ",.0f"),
                say("overview.column.per_100"): _known(row["per_100"], ".0f"),
            }
            for row in rows
        ]
    )


def _known(value: Any, shape: str) -> str:
    return say("show.unknown") if pd.isna(value) else format(value, shape)

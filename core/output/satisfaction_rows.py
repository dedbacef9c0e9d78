"""Satisfaction as rows to draw and to read: by area, by way of answering, by grid, and beside importance."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd

from core.analysis.satisfaction import ServiceIndex
from core.output.numbers import decimal, number, percent, percent_span
from core.words import say

Row = Mapping[Hashable, Any]
SHOWN, FEW, HIDDEN = "shown", "few", "hidden"
EVERYWHERE: Final = ""


def lines(rated: pd.DataFrame, areas: Mapping[str, str], items: Mapping[str, str]) -> pd.DataFrame:
    """Rows of core.analysis.satisfaction as they are drawn, area by area in the order of `areas`.

    Adds `group` (the area in words; those of EVERYWHERE where it is null), `label` (the item) and `told`.
    """
    codes = rated["area"].fillna(EVERYWHERE)
    place = {(area, item): i for i, (area, item) in enumerate((a, b) for a in areas for b in items)}
    rows = rated.assign(
        area=codes, group=codes.map(areas), label=rated["question"].map(items),
        told=[told(row) for row in rated.to_dict("records")],
        _place=[place.get(key, -1) for key in zip(codes, rated["question"], strict=True)],
    )  # fmt: skip
    kept = rows[rows["_place"] >= 0].sort_values("_place", kind="stable", ignore_index=True)
    return kept.drop(columns="_place")


def told(row: Row) -> str:
    """The direct label: 82%（78–86%），or why there is none."""
    if row["state"] == SHOWN:
        between = percent_span(row["low"], row["high"])
        return say("satisfaction.told.shown", share=percent(row["satisfied"]), between=between)
    return say(f"satisfaction.told.{row['state']}", n=number(row["n"]))


def table(rows: pd.DataFrame, *, first: str) -> pd.DataFrame:
    """The rows of `lines` as text, a line for each group and item; `first` heads the first column."""
    return pd.DataFrame([{first: row["group"], **_cells(row)} for row in rows.to_dict("records")])


def _cells(row: Row) -> dict[str, str]:
    cells = {
        "item": row["label"],
        "n": say("show.hidden") if row["state"] == HIDDEN else number(row["n"]),
        "satisfied": percent(row["satisfied"]),
        "between": percent_span(row["low"], row["high"]),
        "mean": decimal(row["mean"]),
        "state": say(f"satisfaction.state.{row['state']}"),
    }
    return {say(f"satisfaction.column.{name}"): cell for name, cell in cells.items()}


def by_group(estimates: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Weighted shares of the content, of everybody and by grid, as rows of `lines`: one group, an item each.

    `estimates`: rows of one item by grid, with SHARE_BOUNDS; `names`: the words of each grid's id, as text,
    and of EVERYWHERE.
    """
    kinds = [HIDDEN if row["state"] == HIDDEN else FEW if pd.isna(row["share"]) else SHOWN for row in
             estimates.to_dict("records")]  # fmt: skip
    rows = pd.DataFrame(
        {
            "area": None,
            "question": [EVERYWHERE if pd.isna(grid) else str(grid) for grid in estimates["grid"]],
            "n": estimates["n"],
            "satisfied": estimates["share"],
            "low": estimates["share_low"],
            "high": estimates["share_high"],
            "mean": pd.NA,
            "state": kinds,
        }
    )
    return lines(rows, {EVERYWHERE: say("satisfaction.overall.head")}, names)


def wide(rows: pd.DataFrame, *, first: str) -> pd.DataFrame:
    """A line for each group: how many rated, then each item's share; for a short table."""
    made = []
    for group, part in rows.groupby("group", sort=False):
        by_item = {row["label"]: _short(row) for row in part.to_dict("records")}
        hidden = (part["state"] == HIDDEN).any()
        n = say("show.hidden") if hidden else number(part["n"].min())
        made.append({first: group, say("satisfaction.column.n"): n, **by_item})
    return pd.DataFrame(made)


def _short(row: Row) -> str:
    return percent(row["satisfied"]) if row["state"] == SHOWN else say(f"satisfaction.state.{row['state']}")


def finding(rows: pd.DataFrame) -> str:
    """The areas' rows in one sentence: the item least satisfying anywhere, by its interval's upper end."""
    shown = rows[(rows["state"] == SHOWN) & (rows["area"] != EVERYWHERE)]
    if shown.empty:
        return say("satisfaction.finding.few")
    low = shown.sort_values(["high", "n"], kind="stable").iloc[0]
    figures = {"share": percent(low["satisfied"]), "n": number(low["n"])}
    return say("satisfaction.finding.lowest", area=low["group"], item=low["label"], **figures)


def indices(found: Mapping[str, ServiceIndex], areas: Mapping[str, str]) -> pd.DataFrame:
    """E1 of each area as text, in the order of `areas`."""
    return pd.DataFrame([_index(areas[area], found[area]) for area in areas if area in found])


def _index(name: str, index: ServiceIndex) -> dict[str, str]:
    cells = {
        "area": name,
        "index": decimal(index.score, 1),
        "n": say("show.hidden") if index.n is None else number(index.n),
        "enough": say("satisfaction.index.enough" if index.enough else "satisfaction.index.lower"),
    }
    return {say(f"satisfaction.column.{name}"): cell for name, cell in cells.items()}


def matrix_table(placed: pd.DataFrame, rated: pd.DataFrame, *, labels: Mapping[str, str]) -> pd.DataFrame:
    """Importance beside satisfaction as text; `rated` gives the share of 4 and 5 and who rated at all."""
    of = rated.set_index("question")
    return pd.DataFrame(
        [
            {
                say("satisfaction.column.aspect"): labels[row["question"]],
                say("satisfaction.column.importance"): decimal(row["importance"]),
                say("satisfaction.column.mean"): decimal(row["satisfied"]),
                say("satisfaction.column.gap"): decimal(row["gap"]),
                say("satisfaction.column.satisfied"): percent(of.loc[row["question"], "satisfied"]),
                say("satisfaction.column.n"): number(of.loc[row["question"], "n"]),
                say("satisfaction.column.quadrant"): say(f"satisfaction.quadrant.{row['quadrant']}"),
            }
            for row in placed.to_dict("records")
        ]
    )

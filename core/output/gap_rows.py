"""Demand against provision as rows to draw, read and take away: by need item, or by group of one need."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final, Literal

import pandas as pd

from core.output.numbers import decimal, number, percent, percent_span, span
from core.words import say
from models.taxonomy import GAP_STATES

Unit = Literal["persons", "share"]
BREAKDOWNS: Final = ["grid", "age_band", "sex"]
BOUNDS: Final[dict[str, tuple[str, str]]] = {
    "persons": ("low", "high"),
    "share": ("share_low", "share_high"),
}
# What a row can tell: state, and why nothing is compared.
HIDDEN, FEW, ALONE, UNPROVIDED = "hidden", "few", "alone", "unprovided"
Row = Mapping[Hashable, Any]


def by_need(estimates: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Whole-community rows of the named items, the largest gap first, then by demand; hidden ones last.

    Adds `label` and `told` (the direct label: 差 154 人, 匹配 …).
    """
    whole = estimates[BREAKDOWNS].isna().all(axis=1) & estimates["need"].isin(names)
    rows = estimates[whole].assign(label=estimates.loc[whole, "need"].map(names))
    return _told(_sorted(rows))


def by_group(
    estimates: pd.DataFrame, need: str, axes: Sequence[str], names: Mapping[str, Mapping[int, str]]
) -> pd.DataFrame:
    """One need's rows of a breakdown, in the groups' own order; `names` has the words of each axis' codes."""
    given = estimates[BREAKDOWNS].notna()
    wanted = given.eq([axis in axes for axis in BREAKDOWNS]).all(axis=1) & (estimates["need"] == need)
    rows = estimates[wanted]
    words = [[names[axis][int(code)] for code in rows[axis]] for axis in BREAKDOWNS if axis in axes]
    return _told(rows.assign(label=[" · ".join(parts) for parts in zip(*words, strict=True)]))


def _sorted(rows: pd.DataFrame) -> pd.DataFrame:
    wanted = rows["persons"].astype("Float64").fillna(rows["share"])
    by = rows.assign(_gap=rows["gap"].astype(float), _want=wanted.astype(float))
    ordered = by.sort_values(["_gap", "_want"], ascending=False, kind="stable", na_position="last")
    return ordered.drop(columns=["_gap", "_want"])


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """With `compared`, whether the row may be set against provision, and the direct label."""
    alone = bool(rows["provision"].isna().all())
    kinds = [_kind(row, alone) for row in rows.to_dict("records")]
    told = [_label(row, kind) for row, kind in zip(rows.to_dict("records"), kinds, strict=True)]
    return rows.assign(kind=kinds, told=told).reset_index(drop=True)


def _kind(row: Row, alone: bool) -> str:
    """gap, match, surplus; or why there is no comparison. `alone`: no row of the list has provision."""
    if row["state"] == HIDDEN:
        return HIDDEN
    if pd.isna(row["share"]):
        return FEW
    if pd.isna(row["provision"]) or pd.isna(row["persons"]):
        return ALONE if alone or pd.isna(row["persons"]) else UNPROVIDED
    return str(row["state"])


def _label(row: Row, kind: str) -> str:
    if kind == ALONE:
        unit: Unit = "share" if pd.isna(row["persons"]) else "persons"
        return percent(row["share"]) if unit == "share" else say("gap.persons", n=number(row["persons"]))
    n = number(row["n"]) if kind == FEW else number(abs(row["gap"])) if kind in ("gap", "surplus") else ""
    return say(f"gap.told.{kind}", n=n)


def unit_of(rows: pd.DataFrame) -> Unit:
    """Persons, unless nobody knows how many live there: then shares of those who answered."""
    return "persons" if rows["persons"].notna().any() or rows["share"].isna().all() else "share"


def headline(rows: pd.DataFrame) -> pd.Series[Any] | None:
    """The row of `by_need` the finding is about: the largest gap, else the largest demand; or None."""
    shown = rows[rows["share"].notna()]
    gaps = shown[shown["kind"] == "gap"]
    if len(gaps):
        return gaps.iloc[0]
    return shown.sort_values(unit_of(shown), ascending=False, kind="stable").iloc[0] if len(shown) else None


def finding(rows: pd.DataFrame, area: str) -> str:
    """The rows of `by_need` in one sentence: the largest gap, or what else there is to say about the area."""
    first = headline(rows)
    if first is None:
        return say("gap.finding.few", area=area)
    kinds = set(rows.loc[rows["share"].notna(), "kind"])
    words = "gap" if "gap" in kinds else "unprovided" if kinds <= {ALONE, UNPROVIDED} else "enough"
    figures = {name: number(first[name]) for name in ("persons", "provision")}
    figures |= {"area": area, "need": str(first["label"]), "share": percent(first["share"])}
    return say(f"gap.finding.{'unweighted' if pd.isna(first['persons']) else words}", **figures)


def by_state(rows: pd.DataFrame) -> dict[str, list[str]]:
    """What stands in each field of the quadrant: a line for each need, the furthest off first."""
    fields: dict[str, list[str]] = {state: [] for state in ("gap", "match", "surplus", "unknown")}
    for row in rows.to_dict("records"):
        state = row["state"] if row["state"] in fields else "unknown"
        figures = {name: number(row[name]) for name in ("persons", "provision")}
        told = say("gap.field.match", **figures) if state == "match" else row["told"]
        fields[state].append(say("gap.field.line", need=row["label"], told=told))
    fields["surplus"].reverse()
    return fields


def table(rows: pd.DataFrame, supplied: pd.DataFrame, *, first: str) -> pd.DataFrame:
    """The rows of `by_need` as text, own and others' provision apart.

    `supplied`: item, own, others (persons, may be null); `first` heads the first column.
    """
    given = rows[["need"]].merge(supplied, left_on="need", right_on="item", how="left")[["own", "others"]]
    given = given[(rows["state"] != HIDDEN).to_numpy()].reindex(rows.index)
    demand = [name for name in _DEMAND if name != "share_between" or unit_of(rows) == "share"]
    columns = (*demand, "own", "others", "gap", "supply_ratio", "reached", "coverage", "state")
    return _text(pd.concat([rows, given], axis=1), columns, first=first)


def group_table(rows: pd.DataFrame, *, first: str) -> pd.DataFrame:
    """The rows of `by_group` as text: provision only where it is bound to the group."""
    return _text(rows, (*_DEMAND, "provision", "gap", "state"), first=first)


def demand_table(rows: pd.DataFrame, *, first: str) -> pd.DataFrame:
    """Demand alone, for what no programme serves."""
    return _text(rows, _DEMAND, first=first)


_DEMAND: Final = ("base", "n", "share", "share_between", "persons", "between")


def _text(rows: pd.DataFrame, columns: Sequence[str], *, first: str) -> pd.DataFrame:
    heads = [say(f"gap.column.{name}") for name in columns]
    lines = [[row["label"], *(_cell(row, name) for name in columns)] for row in rows.to_dict("records")]
    return pd.DataFrame(lines, columns=[first, *heads])


def _cell(row: Row, name: str) -> str:
    if name == "state":
        return GAP_STATES[row["state"]]
    if name == "between":
        return span(row["low"], row["high"])
    if name == "share_between":
        return percent_span(row["share_low"], row["share_high"])
    if name == "supply_ratio":
        return decimal(row[name])
    return percent(row[name]) if name in ("share", "coverage") else number(row[name])

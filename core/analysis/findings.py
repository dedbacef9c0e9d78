"""The main findings of an estimate frame, as data; the sentences are written elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

MOST = 3


@dataclass(frozen=True)
class Finding:
    """One finding. Persons unless said otherwise; `share` is of the base; null figures are None.

    kind: largest_gap · grid_apart (a grid wants it more than the community) · largest_surplus ·
    unknown_provision (much wanted, nobody knows what there is) · most_wanted.
    """

    kind: str
    need: str
    area: str
    grid: int | None
    share: float | None
    persons: int | None
    low: int | None
    high: int | None
    provision: int | None
    base: int | None
    n: int | None


def main_findings(estimates: pd.DataFrame, *, most: int = MOST) -> list[Finding]:
    """Up to `most` findings of an estimate frame with its SHARE_BOUNDS, the weightiest first, none twice.

    First the largest gap, the grid most apart and the largest surplus (failing that, the largest demand of
    unknown provision); then what is left of gaps, unknown provision and demand. Only rows with a share count.
    """
    seen: set[tuple[str, int | None]] = set()
    found: list[Finding] = []
    for finding in _candidates(estimates[estimates["share"].notna()]):
        if len(found) < most and (finding.need, finding.grid) not in seen:
            seen.add((finding.need, finding.grid))
            found.append(finding)
    return found


def _candidates(rows: pd.DataFrame) -> Iterator[Finding]:
    whole = rows[rows[["grid", "age_band", "sex"]].isna().all(axis=1)]
    gaps = _ranked(whole[whole["state"] == "gap"], "gap", "largest_gap")
    surplus = whole[whole["state"] == "surplus"]
    surpluses = _ranked(surplus.assign(over=-surplus["gap"]), "over", "largest_surplus")
    unheard = _ranked(whole[whole["provision"].isna()], "persons", "unknown_provision")
    yield from gaps[:1]
    yield from _ranked(grids_apart(rows), "apart", "grid_apart")[:1]
    yield from (surpluses or unheard)[:1]
    yield from gaps[1:]
    yield from unheard
    yield from _ranked(whole, "share", "most_wanted")


def grids_apart(estimates: pd.DataFrame) -> pd.DataFrame:
    """Rows of grids whose interval lies wholly above the community's, with share_whole and apart.

    `apart` is the difference of the shares. Takes the SHARE_BOUNDS; rows keep the frame's order.
    """
    rows = estimates[estimates["share"].notna() & estimates[["age_band", "sex"]].isna().all(axis=1)]
    whole = rows.loc[rows["grid"].isna(), ["need", "share", "share_high"]]
    both = rows[rows["grid"].notna()].merge(whole, on="need", suffixes=("", "_whole"))
    above = both[both["share_low"] > both["share_high_whole"]]
    return above.assign(apart=above["share"] - above["share_whole"])


def _ranked(rows: pd.DataFrame, by: str, kind: str) -> list[Finding]:
    """Largest first; ties and nulls keep the frame's order, nulls are left out."""
    ordered = rows[rows[by].notna()].sort_values(by, ascending=False, kind="stable")
    return [_finding(row, kind) for row in ordered.to_dict("records")]


def _finding(row: Mapping[Hashable, Any], kind: str) -> Finding:
    figures = ("grid", "share", "persons", "low", "high", "provision", "base", "n")
    known = {name: None if pd.isna(row[name]) else row[name] for name in figures}
    whole = {name: None if value is None else int(value) for name, value in known.items() if name != "share"}
    share = None if known["share"] is None else float(known["share"])
    return Finding(kind=kind, need=str(row["need"]), area=str(row["area"]), share=share, **whole)

"""Comments in figures: that none is lost, and how many by area and month without giving small counts away.

What was decided (classified, or labelled by a person) is a table of areas by months; what the classifier
abstained from is a line of its own: `other` says something about a comment, abstaining about the classifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from core.analysis.cube import Bools, Floats
from core.analysis.suppression import SHARE_FROM, protect_line, too_few
from models.taxonomy import AREA_LABELS

STATES: Final = ("classified", "abstained", "waiting", "failed")
ABSTAINED: Final = "abstained"
OTHER: Final = "other"
# In `month` and `area`: the sum over all of them.
ALL: Final = ""


@dataclass(frozen=True, slots=True)
class Conservation:
    """Comments in, and what became of them."""

    total: int
    classified: int
    abstained: int
    waiting: int
    failed: int

    @property
    def missing(self) -> int:
        """Comments in no state, or in two: 0 unless something is broken."""
        return self.total - self.classified - self.abstained - self.waiting - self.failed


@dataclass(frozen=True, slots=True)
class Leading:
    """The area most comments are about; `share` of the decided ones is None below 30 of them."""

    area: str
    n: int
    share: float | None


def conservation(counts: pd.DataFrame, total: int) -> Conservation:
    """What became of `total` comments; `counts` has columns state and n."""
    by_state = counts.groupby("state")["n"].sum()
    return Conservation(total, *(int(by_state.get(state, 0)) for state in STATES))


def months_of(counts: pd.DataFrame) -> list[str]:
    """Every month with a comment in it, the latest first."""
    return sorted(counts["month"].unique(), reverse=True)


def by_area_and_month(counts: pd.DataFrame) -> pd.DataFrame:
    """Rows of area × month with columns area, month, n (null where hidden), hidden.

    Month "" is the sum of an area's row, area "" with month "" the sum of all areas. Every area has its
    rows, also one that nobody spoke of: which areas have none would tell of a hidden one. Area "abstained"
    is a row of its own, outside the sum. There are no sums of months: in a small community they would give
    away so much that nearly every cell had to be hidden.
    """
    months = months_of(counts)[::-1]
    decided = _wide(counts[counts["state"] == STATES[0]], "area", months)
    decided = decided.reindex([code for code in AREA_LABELS if len(decided)], fill_value=0)
    unsure = _wide(counts[counts["state"] == ABSTAINED], "state", months)
    inside = decided.to_numpy(dtype=float)
    sums = inside.sum(axis=1)
    hidden = _protected(sums)
    rows = [_row(str(area), months, inside[i], alone=bool(hidden[i])) for i, area in enumerate(decided.index)]
    if rows:
        rows.append(_frame(ALL, [ALL], np.array([sums.sum()]), np.array([False])))
    if len(unsure):
        # Its sum is told among the states above the figures, as all work that waits for somebody.
        rows.append(_row(ABSTAINED, months, unsure.to_numpy(dtype=float)[0], alone=False))
    return pd.concat(rows, ignore_index=True) if rows else _frame(ALL, [], np.array([]), np.array([], bool))


def leading(table: pd.DataFrame) -> Leading | None:
    """The area of most comments (not `other`); None when it may not be told, or two lead alike.

    Hidden areas might together hold more than the largest shown: then nobody is said to lead.
    """
    sums = table[(table["month"] == ALL) & (table["area"] != ABSTAINED)]
    total = int(sums.loc[sums["area"] == ALL, "n"].sum())
    shown = sums[(sums["area"] != ALL) & ~sums["hidden"]]
    unseen = total - int(shown["n"].sum())
    ranked = shown[shown["area"] != OTHER].sort_values("n", ascending=False)
    if ranked.empty:
        return None
    n = int(ranked["n"].iloc[0])
    if n <= max(unseen, int(ranked["n"].iloc[1]) if len(ranked) > 1 else 0):
        return None
    return Leading(str(ranked["area"].iloc[0]), n, n / total if total >= SHARE_FROM else None)


def _wide(counts: pd.DataFrame, rows: str, months: list[str]) -> pd.DataFrame:
    wide = counts.pivot_table(index=rows, columns="month", values="n", aggfunc="sum", fill_value=0)
    return wide.reindex(columns=months, fill_value=0)


def _protected(values: Floats) -> Bools:
    """Which values of a line, whose sum is known, are hidden."""
    few = too_few(values)
    return protect_line(values, few, few) if few.any() else few


def _row(area: str, months: list[str], values: Floats, *, alone: bool) -> pd.DataFrame:
    """One area's months and their sum; where the sum is hidden (`alone`), its months would tell of it."""
    hidden = np.full(values.shape, True) if alone else _protected(values)
    return _frame(area, [*months, ALL], np.append(values, values.sum()), np.append(hidden, alone))


def _frame(area: str, months: list[str], values: Floats, hidden: Bools) -> pd.DataFrame:
    n = pd.array(values.astype(int), dtype="Int64")
    n[hidden] = pd.NA
    return pd.DataFrame({"area": area, "month": months, "n": n, "hidden": hidden})

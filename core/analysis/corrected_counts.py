"""Counts of comments by area as the machine gives them, and with its errors corrected: with their interval.

Estimate: labels of the review sample count as themselves, what is left of a cell by the cell's shares
(the stratified estimator: Cochran 1977, ch. 5). Interval: the percentiles of bootstrap draws from a smoothed
Dirichlet in every cell (Rubin 1981), rescaled as Rao and Wu (1988) do, so that their variance is the
design's: R² q(1 − q)(1/n + 1/R) for R comments left, n labels and an expected share q.
PRIOR was chosen in simulation (bench/coverage.py), so that intervals hold the truth in about 95 of 100 cases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.analysis.cube import Bools, Floats, Ints
from core.analysis.error_rates import CELL_LEANS, Rates, error_rates
from core.analysis.review_sample import AREAS, CELL_AREA, cells, labelled, sampled
from core.analysis.suppression import protect_line, too_few
from core.words import say

# Below so many labels of the sample nothing is corrected.
FEWEST = 30
DRAWS = 1000
LEVEL = (2.5, 97.5)
# Labels never seen but not ruled out: of an area elsewhere, and of an area where it was predicted.
PRIOR = 0.2
FIGURES = ["area", "machine", "corrected", "low", "high"]


@dataclass(frozen=True, slots=True)
class CorrectedCounts:
    """`table` by area (and month): machine (abstained ones left out), corrected with low and high (95 %).

    The corrected counts cover all `n` comments read, the abstained ones too, and add up to n. `why` is
    empty, or says why corrected, low and high are null. Before it is shown the table goes through `shown`,
    or `shown_by_month`.
    """

    table: pd.DataFrame
    n: int
    abstained: int
    labelled: int
    sampled: int
    why: str


def corrected_counts(frame: pd.DataFrame, *, seed: int = 0, draws: int = DRAWS) -> CorrectedCounts:
    """Counts by area. `frame`: comment_id, predicted, probability, abstained, label ("": nobody's)."""
    return _corrected(frame, None, seed, draws)


def corrected_by_month(frame: pd.DataFrame, *, seed: int = 0, draws: int = DRAWS) -> CorrectedCounts:
    """Counts by month (column `month`) and area, months in order, with columns n and abstained of the month.

    The error rates are those of all months together: that they hold in each month is what
    `core.analysis.drift` watches. Months are only compared by what the intervals allow.
    """
    return _corrected(frame, frame["month"].to_numpy(), seed, draws)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """The table by area with a column `hidden`: counts of 1 to 4, or what would tell them, became null."""
    return _masked(table, _few(table))


def shown_by_month(months: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """The table by month and area hidden likewise, an area's months as a line whose sum stands in `whole`.

    `whole`: the same comments by area, as `shown` gives them. Where an area's sum is hidden all its months
    are. The sums of months may be told nowhere, as in comment_counts.by_area_and_month.
    """
    alone = set(whole.loc[whole["hidden"], "area"])
    hidden = pd.Series(False, index=months.index)
    for area, rows in months.groupby("area"):
        hidden[rows.index] = True if area in alone else _few(rows)
    return _masked(months, hidden.to_numpy(dtype=bool))


def _few(rows: pd.DataFrame) -> Bools:
    """Which rows hold 1 to 4 comments, or would tell of one that does to a reader who knows the sum."""
    hidden = np.full(len(rows), False)
    for column in ("machine", "corrected"):
        if rows[column].notna().all():
            values = rows[column].to_numpy(dtype=float).round()
            few = too_few(values)
            hidden |= protect_line(values, few, few) if few.any() else few
    return hidden


def _masked(table: pd.DataFrame, hidden: Bools) -> pd.DataFrame:
    out = table.astype({"machine": "Int64"})
    out.loc[hidden, FIGURES[1:]] = pd.NA
    return out.assign(hidden=hidden)


def _corrected(
    frame: pd.DataFrame, months: np.typing.NDArray[np.object_] | None, seed: int, draws: int
) -> CorrectedCounts:
    frame = frame.reset_index(drop=True)
    has, chosen = labelled(frame), sampled(frame)
    parts = (
        {None: np.full(len(frame), True)} if months is None else {m: months == m for m in sorted(set(months))}
    )
    why = _why(len(frame), int(has.sum()), int(chosen.sum()))
    drawn = None if why else _Drawn(frame, chosen, seed, draws)
    tables = []
    for month, rows in parts.items():
        table = _figures(frame, rows, drawn)
        if month is not None:
            gone = int(frame["abstained"][rows].sum())
            table = table.assign(month=month, n=int(rows.sum()), abstained=gone)
        tables.append(table)
    return CorrectedCounts(
        table=pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*FIGURES, "month"]),
        n=len(frame),
        abstained=int(frame["abstained"].sum()),
        labelled=int(has.sum()),
        sampled=int(chosen.sum()),
        why=why,
    )


def _why(n: int, has: int, chosen: int) -> str:
    """Why nothing can be corrected; empty when it can. Comments all labelled need no sample."""
    if has == 0:
        return say("honest.no_labels")
    left = min(FEWEST, n) - chosen
    return say("honest.few_sampled", n=chosen, fewest=FEWEST, left=left) if left > 0 else ""


def _figures(frame: pd.DataFrame, rows: Bools, drawn: _Drawn | None) -> pd.DataFrame:
    sure = rows & ~frame["abstained"].to_numpy(dtype=bool)
    machine = np.bincount(CELL_AREA[cells(frame[sure])], minlength=len(AREAS))
    blank = np.full(len(AREAS), np.nan)
    corrected, low, high = (blank, blank, blank) if drawn is None else drawn.counts(rows)
    columns = (AREAS, machine, corrected, low, high)
    return pd.DataFrame(dict(zip(FIGURES, columns, strict=True)))


class _Drawn:
    """Rates of a frame with bootstrap draws of every cell's shares, for counts of any part of the frame."""

    def __init__(self, frame: pd.DataFrame, chosen: Bools, seed: int, draws: int) -> None:
        rates = error_rates(frame, chosen)
        self._rates, self._chosen = rates, chosen
        self._home = rates.home[cells(frame)]
        label = frame["label"].fillna("").where(frame["label"].isin([*AREAS, ""]), "other")
        self._label: Ints = pd.Index(AREAS).get_indexer(pd.Index(label))
        self._open = np.flatnonzero(rates.sizes > rates.n)
        weight = np.maximum(rates.n, 1)[:, None] * rates.expected + _prior(rates)
        shape = (draws, len(self._open), len(AREAS))
        gammas = np.random.default_rng(seed).standard_gamma(weight[self._open], size=shape)
        self._off = gammas / gammas.sum(axis=2, keepdims=True) - rates.expected[self._open]

    def counts(self, rows: Bools) -> tuple[Floats, Floats, Floats]:
        """Corrected count, low and high of each area among these comments."""
        shares = self._rates.shares
        known = np.bincount(self._label[rows & self._chosen], minlength=len(AREAS))
        left = np.bincount(self._home[rows & ~self._chosen], minlength=len(shares))
        corrected = known + left @ shares
        spread = corrected + np.tensordot(self._off, self._scale(left)[self._open], axes=([1], [0]))
        low, high = np.percentile(spread, LEVEL, axis=0)
        # Whatever the draws say, no area has fewer comments than the sample's labels, nor more than are left.
        most = known + left.sum()
        return corrected, np.clip(low, known, most), np.clip(high, known, most)

    def _scale(self, left: Ints) -> Floats:
        """What turns a Dirichlet's deviation, of variance q(1 − q)/(n + 1), into the design's.

        q(1 − q) of smoothed shares is too small by n/(n + CELL_LEANS)²: they are estimates themselves.
        """
        n = np.maximum(self._rates.n, 1)
        shortfall = 1 - n / (n + CELL_LEANS) ** 2
        variance = left * left * (1 / n + 1 / np.maximum(left, 1))
        return np.asarray(np.sqrt(variance * (n + 1) / shortfall))


def _prior(rates: Rates) -> Floats:
    """PRIOR labels of each area where it was predicted and PRIOR elsewhere, shared out by cells' sizes."""
    own = np.where(CELL_AREA[:, None] == np.arange(len(AREAS)), rates.sizes[:, None], 0)
    other = rates.sizes[:, None] - own
    return np.asarray(PRIOR * sum(part / np.maximum(part.sum(axis=0), 1) for part in (own, other)))

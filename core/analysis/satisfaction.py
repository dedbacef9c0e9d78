"""Satisfaction with services from five-point items: top-2 share, mean, CSI (DOMAIN 4.3), E1 (3.2)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.analysis.cube import Bools, Floats
from core.analysis.intervals import Z80, wilson
from core.analysis.suppression import SHARE_FROM, SMALLEST_SHOWN, protect_line, too_few

POINTS = (1, 2, 3, 4, 5)
SATISFIED = 4
ACTIVITY_TYPES_NEEDED = 3
COLUMNS = ("area", "question", "n", "satisfied", "low", "high", "mean", "state")


def satisfaction(tally: pd.DataFrame) -> pd.DataFrame:
    """How each five-point item was rated, COLUMNS, by area and over all areas (area null, first).

    `tally`: question, choice, n, and area if the ratings are split by it; choices other than 1 to 5 (8: never
    met it) are no rating. `n` counts the ratings, `satisfied` is the share of 4 and 5 with Wilson's interval.
    state: shown; few (n < 30: n only); hidden (1 to 4 raters or satisfied ones, or what gives them away).
    """
    counts = _counts(tally)
    parts = [_rated(part.droplevel("question"), str(question)) for question, part in _by_question(counts)]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    return frame.astype({"n": "Int64"} | dict.fromkeys(COLUMNS[3:7], "Float64"))


def _by_question(counts: pd.DataFrame) -> list[tuple[object, pd.DataFrame]]:
    return list(counts.groupby(level="question", sort=False))


def _counts(tally: pd.DataFrame) -> pd.DataFrame:
    """Ratings by (question, area) as they appear, one column for each point; area "" where not split."""
    area = tally["area"] if "area" in tally else pd.Series("", index=tally.index)
    point = pd.to_numeric(tally["choice"], errors="coerce")
    rows = tally.assign(area=area.astype(object), choice=point)[point.isin(POINTS)]
    table = rows.astype({"choice": int}).pivot_table(
        index=["question", "area"], columns="choice", values="n", aggfunc="sum", fill_value=0, sort=False
    )
    return table.reindex(columns=list(POINTS), fill_value=0).astype(float)


def _rated(counts: pd.DataFrame, question: str) -> pd.DataFrame:
    """One question's rows: all areas together, then each area if the ratings are split by area."""
    areas = [str(area) for area in counts.index]
    split = areas != [""]
    values = counts.to_numpy()
    rows = np.vstack([values.sum(axis=0), values]) if split else values
    n, top = rows.sum(axis=1), rows[:, SATISFIED - 1 :].sum(axis=1)
    hidden = _hidden(n, top)
    share = np.where(n >= SHARE_FROM, top / np.maximum(n, 1), np.nan)
    low, high = wilson(share, n)
    mean = np.where(n >= SHARE_FROM, rows @ np.array(POINTS) / np.maximum(n, 1), np.nan)
    figures = {"n": n, "satisfied": share, "low": low, "high": high, "mean": mean}
    state = np.where(hidden, "hidden", np.where(n >= SHARE_FROM, "shown", "few"))
    shown = {name: pd.array(np.where(hidden, np.nan, x), dtype="Float64") for name, x in figures.items()}
    names = pd.array([None, *areas] if split else [None], dtype=object)
    return pd.DataFrame({"area": names, "question": question, **shown, "state": state})


def _hidden(n: Floats, top: Floats) -> Bools:
    """Which rows are hidden; the first is the total of the others (or the only one)."""
    hidden = too_few(n) | (too_few(top) & (n >= SHARE_FROM))
    for values in (n, top):
        few, lends_cover = too_few(values), hidden | ((n < SHARE_FROM) if values is top else False)
        if len(n) > 1 and few[1:].any():
            cover = protect_line(
                values[1:], lends_cover[1:], few[1:], total_unknown=bool(lends_cover[0] or few[0])
            )
            hidden[1:] |= cover & ~lends_cover[1:]
    return hidden


def csi(importance: npt.ArrayLike, satisfied: npt.ArrayLike) -> float:
    """100 · Σ w_i (S_i − 1) / 4 with w_i = I_i / Σ I; mean importances I, mean satisfactions S, 1–5."""
    weight, mean = np.asarray(importance, dtype=float), np.asarray(satisfied, dtype=float)
    return float(100 * (weight @ (mean - 1) / 4) / weight.sum())


def csi_of(rated: pd.DataFrame, pairs: Mapping[str, str]) -> float | None:
    """The index of one area's rows of `satisfaction`; `pairs` names the importance question of each item.

    None unless every mean behind it may be shown.
    """
    mean = rated.set_index("question")["mean"]
    important, satisfied = mean.reindex(list(pairs.values())), mean.reindex(list(pairs))
    if not pairs or important.isna().any() or satisfied.isna().any():
        return None
    return csi(important.to_numpy(dtype=float), satisfied.to_numpy(dtype=float))


@dataclass(frozen=True)
class ServiceIndex:
    """E1, 0 to 100, from `n` ratings of the item least rated; None below five.

    Where there is not enough evidence, `score` is the lower end of the 80 % interval of what was found.
    """

    score: float | None
    n: int | None
    enough: bool


def service_index(tally: pd.DataFrame, *, activity_types: int) -> ServiceIndex:
    """E1 = 100 · mean((x − 1) / 4) over the five-point items of the feedback, items alike.

    Enough evidence: thirty ratings of each item and three types of activity. The interval takes the items of
    one person to agree completely, which can only make it wider.
    """
    counts = _counts(tally).groupby(level="question").sum().to_numpy()
    n = int(counts.sum(axis=1).min(initial=math.inf)) if len(counts) else 0
    if n < SMALLEST_SHOWN:
        return ServiceIndex(None, 0 if n == 0 else None, False)
    points = 25.0 * (np.array(POINTS) - 1)
    size = counts.sum(axis=1)
    means = counts @ points / size
    spread = np.maximum(counts @ points**2 / size - means**2, 0) / (size - 1)
    enough = n >= SHARE_FROM and activity_types >= ACTIVITY_TYPES_NEEDED
    margin = 0.0 if enough else Z80 * float(np.sqrt(spread).mean())
    return ServiceIndex(max(0.0, float(means.mean()) - margin), n, enough)


def service_indices(tally: pd.DataFrame, activity_types: Mapping[str, int]) -> dict[str, ServiceIndex]:
    """E1 of each area in the tally; `activity_types` says how many types of activity each area rated."""
    return {
        str(area): service_index(part, activity_types=activity_types.get(str(area), 0))
        for area, part in tally.groupby("area", sort=False)
    }

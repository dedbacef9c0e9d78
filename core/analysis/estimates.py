"""Demand per need item: weighted shares, projected persons with intervals, set against provision.

One row for the community, one for each grid, age band and sex, and pairs of them only where asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pandas as pd

from core.analysis.cube import AXES, Bools, Floats
from core.analysis.disclosure import hidden_rows
from core.analysis.groups import PAIRS, Groups, groups_of
from core.analysis.intervals import wilson
from core.analysis.supply import gap_state, provided, ratio
from core.analysis.suppression import SHARE_FROM, too_few
from core.analysis.survey import NeedItem, Round, SurveyFrames, weighting_of
from core.analysis.variance import Tallied, effective_n

__all__ = [
    "ALL_BREAKDOWNS",
    "COLUMNS",
    "SHARE_BOUNDS",
    "NeedItem",
    "SurveyFrames",
    "estimate",
    "weighting_of",
]

COLUMNS = (
    "need", "area", "grid", "age_band", "sex", "base", "n", "n_eff", "share", "persons", "low", "high",
    "provision", "reached", "gap", "supply_ratio", "coverage", "state",
)  # fmt: skip
SHARE_BOUNDS = ("share_low", "share_high")
WHOLE_NUMBERS = (
    "grid", "age_band", "sex", "base", "n", "persons", "low", "high", "provision", "reached", "gap",
)  # fmt: skip
ALL_BREAKDOWNS = (*AXES, *PAIRS)

Figures = dict[str, Floats]


def estimate(
    items: Sequence[NeedItem],
    frames: SurveyFrames,
    *,
    breakdowns: Sequence[str] = AXES,
    share_bounds: bool = False,
) -> pd.DataFrame:
    """The estimate frame, COLUMNS (with `share_bounds` also SHARE_BOUNDS), rows in the order of `items`.

    Persons are weighted anew for each group asked, so grids add up to the community where nobody's grid is
    unknown. `n` counts the eligible persons asked; `base` is how many live there, null where the population's
    source does not tell: then only the share is given. Hidden rows are null in every figure. n < 30: no
    share, nothing projected, state unknown. Whole numbers are Int64, the rest Float64; all may be null.
    """
    round_ = Round(frames)
    supply = provided(frames.provision)
    parts: list[pd.DataFrame] = []
    places = sorted(range(len(items)), key=lambda place: _asked_alike(items[place]))
    for (question, *ages), same in groupby(places, key=lambda place: _asked_alike(items[place])):
        order = list(same)
        wanted = [items[place] for place in order]
        weighting = round_.weigh(question, (ages[0], ages[1]))
        groups = groups_of(round_.cube, ages=(ages[0], ages[1]), breakdowns=breakdowns)
        chose = np.where(weighting.asked > 0, round_.chose(wanted), 0.0)
        tallied = Tallied(weighting, chose, groups.members)
        figures = _figures(tallied, round_.base(groups)) | _supplied(wanted, groups, supply)
        hidden = hidden_rows(tallied.asked, tallied.counts, groups)
        parts.append(
            _frame(wanted, groups, _compared(figures), hidden=hidden).assign(_place=_rows(order, groups))
        )
    columns = [*COLUMNS, *(SHARE_BOUNDS if share_bounds else ())]
    if not parts:
        return pd.DataFrame(columns=columns)
    together = pd.concat(parts).sort_values("_place", kind="stable", ignore_index=True)
    return together[columns]


def _asked_alike(item: NeedItem) -> tuple[str, int, int]:
    return item.question, item.age_from, item.age_to


def _rows(order: list[int], groups: Groups) -> list[int]:
    """The item's place in the caller's list, once for each row that is shown."""
    return [place for place in order for _ in range(int(groups.shown.sum()))]


def _figures(tallied: Tallied, base: Floats) -> Figures:
    """What the answers say, items × groups, whole numbers rounded; NaN where too few were asked."""
    shares = tallied.shares
    n_eff = effective_n(tallied, shares)
    low, high = wilson(shares, n_eff)
    enough = np.broadcast_to(tallied.asked >= SHARE_FROM, shares.shape)
    # With few asked n_eff would tell whether anybody chose, as the share would.
    share, share_low, share_high, n_eff = (np.where(enough, x, np.nan) for x in (shares, low, high, n_eff))
    return {
        "base": np.broadcast_to(base, shares.shape),
        "n": np.broadcast_to(tallied.asked, shares.shape),
        "n_eff": n_eff,
        "share": share,
        "persons": np.rint(share * base),
        "low": np.rint(share_low * base),
        "high": np.rint(share_high * base),
        "share_low": share_low,
        "share_high": share_high,
    }


def _supplied(items: Sequence[NeedItem], groups: Groups, supply: pd.DataFrame) -> Figures:
    """provision and reached, items × groups: of the community, and of grids where bound to them; else NaN."""
    keys = pd.MultiIndex.from_product([[item.code for item in items], groups.codes[:, 0].tolist()])
    crossed = (groups.codes[:, 1:] >= 0).any(axis=1)
    found = supply.reindex(keys)
    shape = (len(items), len(groups.codes))
    values = {
        name: found[name].to_numpy(dtype=float, na_value=np.nan).reshape(shape)
        for name in ("provision", "reached")
    }
    # One to four persons reached are hidden like all small counts; coverage goes with them.
    values["reached"] = np.where(too_few(values["reached"]), np.nan, values["reached"])
    return {name: np.where(crossed, np.nan, value) for name, value in values.items()}


def _compared(figures: Figures) -> Figures:
    """The figures with gap, supply_ratio and coverage, from what is printed (DOMAIN 4.6)."""
    return figures | {
        "gap": figures["persons"] - figures["provision"],
        "supply_ratio": ratio(figures["provision"], figures["persons"]),
        "coverage": ratio(figures["reached"], figures["base"]),
    }


def _frame(items: Sequence[NeedItem], groups: Groups, figures: Figures, *, hidden: Bools) -> pd.DataFrame:
    """The shown rows, item by item; a hidden one is null in every figure."""
    state = gap_state(figures["low"], figures["high"], figures["provision"]).astype(object)
    shown = groups.shown
    count = int(shown.sum())
    columns: dict[str, object] = {
        "need": np.repeat([item.code for item in items], count),
        "area": np.repeat([item.area for item in items], count),
    }
    for place, axis in enumerate(AXES):
        code = groups.codes[shown, place].astype(float)
        columns[axis] = np.tile(np.where(code < 0, np.nan, code), len(items))
    for name, values in figures.items():
        columns[name] = np.where(hidden, np.nan, values)[:, shown].ravel()
    columns["state"] = np.where(hidden, "hidden", state)[:, shown].ravel()
    frame = pd.DataFrame(columns)
    numbers = [name for name in frame.columns if name not in ("need", "area", "state")]
    # Through Float64 first, which turns NaN into null.
    frame = frame.astype(dict.fromkeys(numbers, "Float64"))
    return frame.astype(dict.fromkeys(WHOLE_NUMBERS, "Int64"))

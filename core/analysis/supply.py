"""Demand against provision: gap, supply ratio, coverage, state (DOMAIN 4.6)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.analysis.cube import Floats

States = npt.NDArray[np.str_]


def gap_state(low: npt.ArrayLike, high: npt.ArrayLike, provision: npt.ArrayLike) -> States:
    """gap if low > provision, surplus if high < provision, match otherwise; unknown where any is NaN."""
    lower, upper, given = (np.asarray(x, dtype=float) for x in (low, high, provision))
    known = ~(np.isnan(lower) | np.isnan(upper) | np.isnan(given))
    return np.select(
        [~known, lower > given, upper < given], ["unknown", "gap", "surplus"], default="match"
    ).astype(str)


def ratio(above: Floats, below: Floats) -> Floats:
    """above / below; NaN where either is unknown or below is 0."""
    found: Floats = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=np.asarray(below) > 0)
    return found


def provided(provision: pd.DataFrame) -> pd.DataFrame:
    """provision and reached by (item, grid), grid −1 for the whole community.

    A row without a grid is what is open to everybody; the community's figure is that plus what is bound to
    grids. A figure nobody gave stays null.
    """
    columns = ["item", "grid", "provision", "reached"]
    known = provision[columns].astype({"grid": "Int64", "provision": "Float64", "reached": "Float64"})
    whole = known.assign(grid=-1)
    bound = known[known["grid"].notna()]
    both = pd.concat([whole, bound]).astype({"grid": "int64"})
    return both.groupby(["item", "grid"])[["provision", "reached"]].sum(min_count=1)

"""Which topics are new, rise or fade: only what sampling alone would rarely do, over all topics together."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom

from core.analysis.cube import Bools, Floats
from core.analysis.suppression import too_few

# Of the topics called new, rising or fading, so many may be so by chance alone.
FALSE_SHARE: Final = 0.10
NEW, RISING, FADING, STEADY, UNKNOWN = "new", "rising", "fading", "steady", "unknown"
ADDED: Final = ["now", "before", "hidden", "p", "q", "trend"]


def benjamini_hochberg(p: npt.ArrayLike) -> Floats:
    """Adjusted p-values (Benjamini & Hochberg 1995): those ≤ q are found at false discovery rate q.

    NaN stays NaN and counts for no test.
    """
    values = np.asarray(p, dtype=float)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    scaled = values[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted = np.full(values.shape, np.nan)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1].clip(max=1)
    return adjusted


def change_p(now: int, before: int, *, all_now: int, all_before: int) -> float:
    """Two-sided p that a topic's share of what is said has not changed.

    Given how often it was said in both periods together, `now` is binomial with the share of this period's
    volume: exact for counts that are Poisson. NaN when the topic, or a whole period, is empty.
    """
    if not now + before or not all_now or not all_before:
        return float("nan")
    likely = binom.pmf(np.arange(now + before + 1), now + before, all_now / (all_now + all_before))
    # As two-sided exact tests are defined: all outcomes no likelier than this one, up to rounding.
    return min(1.0, float(likely[likely <= likely[now] * (1 + 1e-7)].sum()))


def hot_topics(counts: pd.DataFrame, totals: pd.DataFrame, *, q: float = FALSE_SHARE) -> pd.DataFrame:
    """The topics with their trend, most voices now first; counts of 1 to 4 are null and `hidden`.

    `counts`: topic, area, now, before, any more columns (kept as they are); `totals`: area, now, before, all
    voices of the area. Adds p, q (adjusted) and trend: new (nobody before), rising, fading, steady, or
    unknown where a period is empty.
    """
    volume = totals.set_index("area")[["now", "before"]]
    all_now, all_before = (counts["area"].map(volume[name]).fillna(0) for name in ("now", "before"))
    p = [
        change_p(int(a), int(b), all_now=int(n), all_before=int(m))
        for a, b, n, m in zip(counts["now"], counts["before"], all_now, all_before, strict=True)
    ]
    found = counts.assign(p=np.array(p, dtype=float), q=benjamini_hochberg(p))
    more = found["now"] * all_before > found["before"] * all_now
    sure = (found["q"] <= q).to_numpy()
    found["trend"] = _trends(found, more.to_numpy(dtype=bool), sure)
    ranked = found.sort_values(["now", "before", "topic"], ascending=[False, False, True], ignore_index=True)
    return _hidden(ranked)


def _trends(found: pd.DataFrame, more: Bools, sure: Bools) -> npt.NDArray[np.str_]:
    asked = found["p"].notna().to_numpy()
    first = (found["before"] == 0).to_numpy()
    return np.select([~asked, sure & more & first, sure & more, sure], [UNKNOWN, NEW, RISING, FADING], STEADY)


def _hidden(found: pd.DataFrame) -> pd.DataFrame:
    few = {name: too_few(found[name].to_numpy()) for name in ("now", "before")}
    for name, hide in few.items():
        found[name] = found[name].astype("Int64").mask(hide)
    found["hidden"] = few["now"]
    # From p and one count a reader who knows the volumes could work out the other.
    found.loc[few["now"] | few["before"], ["p", "q"]] = np.nan
    return found

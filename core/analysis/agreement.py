"""Krippendorff's α between reviewers: how much more they agree than chance would have it.

Nominal values, any number of reviewers, each having read what they have read (Krippendorff 2011,
"Computing Krippendorff's Alpha-Reliability", section C). With n_uc reviewers giving unit u the value c,
m_u = Σ_c n_uc ≥ 2, n = Σ m_u and n_c = Σ_u n_uc:
α = 1 − (n − 1) (n − Σ_u Σ_c n_uc (n_uc − 1) / (m_u − 1)) / (n² − Σ_c n_c²).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.analysis.cube import Floats
from core.words import say

DRAWS = 1000
LEVEL = (2.5, 97.5)
# Krippendorff's own marks: from .8 on results can be relied on, from .667 on only for tentative conclusions.
RELIABLE, TENTATIVE = 0.8, 0.667


@dataclass(frozen=True, slots=True)
class Agreement:
    """α with its bootstrap interval over units; all three None with a `why` when there is nothing to compare.

    `units` read by two or more, `reviewers` who read one of those, `judgements` given on them.
    """

    alpha: float | None
    low: float | None
    high: float | None
    units: int
    reviewers: int
    judgements: int
    why: str = ""


def krippendorff_alpha(labels: pd.DataFrame, *, seed: int = 0, draws: int = DRAWS) -> Agreement:
    """α of a frame with columns comment_id, reviewer, area (null: not read).

    One row per comment and reviewer.
    Raises ValueError when a reviewer has two labels on a comment: the caller takes the newest.
    """
    given = labels.dropna(subset=["area"])
    if given.duplicated(["comment_id", "reviewer"]).any():
        raise ValueError("one label per comment and reviewer")
    paired = given[given.groupby("comment_id")["reviewer"].transform("size") >= 2]
    counts = pd.crosstab(paired["comment_id"], paired["area"]).to_numpy(dtype=float)
    sizes = (len(counts), int(paired["reviewer"].nunique()), len(paired))
    if not len(counts):
        return Agreement(None, None, None, *sizes, why=say("honest.few_reviewers"))
    alpha = float(_alpha(np.ones((1, len(counts))), counts)[0])
    if np.isnan(alpha):
        return Agreement(None, None, None, *sizes, why=say("honest.one_area"))
    times = np.random.default_rng(seed).multinomial(len(counts), np.full(len(counts), 1 / len(counts)), draws)
    # A draw in which everybody gave one value has no α, but no disagreement either.
    drawn = np.nan_to_num(_alpha(times.astype(float), counts), nan=1.0)
    low, high = np.percentile(drawn, LEVEL)
    return Agreement(alpha, float(low), float(high), *sizes)


def by_reviewer(labels: pd.DataFrame) -> pd.DataFrame:
    """What each reviewer read, and how often another said the same: columns reviewer, n, both, same.

    `labels`: as for krippendorff_alpha, in the order given. `n` comments read, `both` of them by another too,
    `same` of these with one area. Of several others the one who read first counts.
    """
    place = labels.groupby("comment_id").cumcount()
    first, second = (labels[place == n].set_index("comment_id")["area"] for n in (0, 1))
    comment = labels["comment_id"]
    other = comment.map(first).where(place > 0, comment.map(second))
    found = labels.assign(both=other.notna(), same=other == labels["area"]).groupby("reviewer")
    return found.agg(n=("area", "size"), both=("both", "sum"), same=("same", "sum")).reset_index()


def _alpha(times: Floats, counts: Floats) -> Floats:
    """α for each row of `times` (how often each unit is taken); NaN where only one value occurs."""
    raters = counts.sum(axis=1)
    n = times @ raters
    agreed = times @ ((counts * (counts - 1)).sum(axis=1) / (raters - 1))
    chance = n * n - ((times @ counts) ** 2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(chance > 0, 1 - (n - 1) * (n - agreed) / chance, np.nan))

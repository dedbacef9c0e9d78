"""Whether a new version of the classifier reads no worse than the one in use, on the same comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import pandas as pd

from core.text.evaluation import macro_f1
from core.text.reading import Reading
from models.classifier_version import ADOPTED, CANDIDATE, REJECTED

# With fewer reviewed comments nothing is concluded from them.
LEAST_HELD = 30
# A difference as large as this or larger comes by chance in fewer than one case in twenty.
NOISE = 0.05


@dataclass(frozen=True)
class Comparison:
    """Two versions on the same n comments: how often each is right, and where only one of them is.

    `urgent`: how many are urgent by their label; `old_urgent`, `new_urgent`: how many of these each finds.
    """

    n: int = 0
    old_right: int = 0
    new_right: int = 0
    only_old: int = 0
    only_new: int = 0
    old_macro_f1: float | None = None
    new_macro_f1: float | None = None
    urgent: int = 0
    old_urgent: int = 0
    new_urgent: int = 0


def compare(labels: pd.DataFrame, old: Sequence[Reading], new: Sequence[Reading]) -> Comparison:
    """Both versions' readings of rows of `core.text.labelled.usable`, in their order."""
    truth = list(labels["area_primary"])
    said = [[reading.area for reading in readings] for readings in (old, new)]
    right = [np.array([a == b for a, b in zip(truth, s, strict=True)], dtype=bool) for s in said]
    urgent = labels["urgent"].to_numpy(dtype=bool)
    found = [int((np.array([r.urgent for r in rs], dtype=bool) & urgent).sum()) for rs in (old, new)]
    return Comparison(
        n=len(truth),
        old_right=int(right[0].sum()),
        new_right=int(right[1].sum()),
        only_old=int((right[0] & ~right[1]).sum()),
        only_new=int((right[1] & ~right[0]).sum()),
        old_macro_f1=macro_f1(truth, said[0]),
        new_macro_f1=macro_f1(truth, said[1]),
        urgent=int(urgent.sum()),
        old_urgent=found[0],
        new_urgent=found[1],
    )


def chance_of(only_old: int, only_new: int) -> float:
    """McNemar's exact test, one-sided: how likely chance alone makes the new version look at least so bad."""
    n = only_old + only_new
    return float(sum(comb(n, k) for k in range(only_old, n + 1)) / 2**n)


def verdict(found: Comparison, *, data_changed: bool) -> tuple[str, str]:
    """(state, reason) of a new version: adopted, left to a person (candidate), or rejected.

    Worse beyond noise: rejected. A little worse, or blind to a danger the old one saw: a person decides. Too
    few to tell: adopted only when the shipped data or the way of learning changed, as without any labels.
    """
    if found.n < LEAST_HELD:
        return (ADOPTED, "data_changed") if data_changed else (CANDIDATE, "too_few")
    if found.only_old > found.only_new and chance_of(found.only_old, found.only_new) < NOISE:
        return REJECTED, "worse"
    if found.new_urgent < found.old_urgent:
        return CANDIDATE, "misses_urgent"
    if found.new_right < found.old_right:
        return CANDIDATE, "within_noise"
    return ADOPTED, "not_worse"

"""Does the machine still read as it did when it was evaluated? Its agreement with reviewers, month by month.

A month is outside when its agreement, weighted by the review sample's design, leaves Wilson's 95 % band
around the agreement of the evaluation at that month's effective number of labels. By chance one month in
twenty does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.analysis.error_rates import error_rates
from core.analysis.intervals import kish, wilson
from core.analysis.review_sample import cells, sampled
from core.analysis.suppression import SHARE_FROM

COLUMNS = ["month", "n", "n_eff", "agreement", "low", "high", "outside", "alarm"]


@dataclass(frozen=True, slots=True)
class Reference:
    """What was measured when the classifier was evaluated: the share read right, of how many comments."""

    agreement: float
    n: int


def drift(frame: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Months in order with n labels of the sample, n_eff, agreement, the band low–high, outside, alarm.

    `frame`: comment_id, month, predicted, probability, abstained, label. `outside`: by how much agreement is
    below (negative) or above the band, 0 inside it. With fewer than 30 labels all shares are null, no alarm.
    The machine's best guess counts, also where it abstained, as it does in the evaluation.
    """
    frame = frame.reset_index(drop=True)
    chosen = sampled(frame)
    rates = error_rates(frame, chosen)
    weight = (rates.sizes / np.maximum(rates.n, 1))[rates.home[cells(frame)]]
    read = frame.assign(weight=weight, right=frame["predicted"] == frame["label"])[chosen]
    rows = [_month(str(month), labels, reference) for month, labels in read.groupby("month", sort=True)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _month(month: str, labels: pd.DataFrame, reference: Reference) -> tuple[object, ...]:
    n = len(labels)
    weight = labels["weight"].to_numpy(dtype=float)
    n_eff, _ = kish(weight)
    if n < SHARE_FROM:
        return month, n, n_eff, np.nan, np.nan, np.nan, np.nan, False
    agreement = float(weight @ labels["right"].to_numpy(dtype=float) / weight.sum())
    # The reference was itself measured on a sample: both errors widen the band.
    low, high = (float(x) for x in wilson(reference.agreement, 1 / (1 / n_eff + 1 / reference.n)))
    outside = min(agreement - low, 0.0) + max(agreement - high, 0.0)
    return month, n, n_eff, agreement, low, high, outside, outside != 0.0

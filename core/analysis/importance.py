"""Importance against satisfaction (DOMAIN 4.2): means, their gap, and the quadrant each item falls in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

COLUMNS = ("question", "importance", "satisfied", "gap", "quadrant")


def importance_satisfaction(rated: pd.DataFrame, pairs: Mapping[str, str]) -> pd.DataFrame:
    """COLUMNS of each item whose two means may be shown, the widest gap first.

    `rated`: rows of core.analysis.satisfaction over all areas; `pairs`: satisfaction question → importance
    question. The cut lines are the grand means. quadrant: keep (important, satisfying) · improve (important,
    not satisfying) · later (neither) · plenty (satisfying, not important); on a line counts as above it.
    """
    mean = rated.set_index("question")["mean"].astype(float)
    frame = pd.DataFrame(
        {
            "question": list(pairs),
            "importance": mean.reindex(list(pairs.values())).to_numpy(),
            "satisfied": mean.reindex(list(pairs)).to_numpy(),
        }
    ).dropna()
    important = frame["importance"] >= frame["importance"].mean()
    satisfying = frame["satisfied"] >= frame["satisfied"].mean()
    quadrant = np.select(
        [important & satisfying, important, satisfying], ["keep", "improve", "plenty"], default="later"
    )
    placed = frame.assign(gap=frame["importance"] - frame["satisfied"], quadrant=quadrant)
    return placed.sort_values("gap", ascending=False, kind="stable", ignore_index=True)[list(COLUMNS)]

"""What of an estimate goes before the public: the community as a whole, need by need, hidden rows as such."""

from __future__ import annotations

from typing import Any

import pandas as pd

FIGURES = ("base", "n", "share", "persons", "low", "high")
BREAKDOWNS = ["grid", "age_band", "sex"]


def public_rows(estimates: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for core.actions.rounds.publish_snapshot, the most wanted first: need, area, FIGURES.

    Only whole-community rows of need items (an area's own row is left out), null where hidden or unknown.
    Never by grid or group: what stands before everybody must not add up to a household.
    """
    whole = estimates[estimates[BREAKDOWNS].isna().all(axis=1) & (estimates["need"] != estimates["area"])]
    ordered = whole.sort_values("persons", ascending=False, kind="stable", na_position="last")
    return [
        {"need": row["need"], "area": row["area"], **{name: _plain(row[name]) for name in FIGURES}}
        for row in ordered.to_dict("records")
    ]


def _plain(value: Any) -> int | float | None:
    """A figure as JSON takes it; shares to four places, more would only look exact."""
    if pd.isna(value):
        return None
    return round(float(value), 4) if isinstance(value, float) else int(value)

"""Demand against provision, as DOMAIN 4.6 defines the words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.analysis.supply import gap_state, provided, ratio

NAN = np.nan


@pytest.mark.parametrize(
    ("low", "high", "provision", "state"),
    [
        (61, 90, 60, "gap"),
        (60, 90, 60, "match"),
        (40, 60, 60, "match"),
        (40, 59, 60, "surplus"),
        (5, 9, 0, "gap"),
        (NAN, NAN, 60, "unknown"),
        (40, 59, NAN, "unknown"),
    ],
)
def test_a_state_follows_from_the_interval_and_provision(
    low: float, high: float, provision: float, state: str
) -> None:
    assert str(gap_state(low, high, provision)) == state


def test_a_ratio_to_nothing_is_unknown() -> None:
    found = ratio(np.array([60.0, 60.0, NAN]), np.array([120.0, 0.0, 10.0]))
    assert found[0] == 0.5 and np.isnan(found[1:]).all()


def test_the_community_has_what_is_open_and_what_is_bound_to_grids() -> None:
    rows = [("E1", None, 60, 20), ("E1", 3, 10, None), ("E1", 3, 5, 4), ("E2", 4, None, None)]
    found = provided(pd.DataFrame(rows, columns=["item", "grid", "provision", "reached"]))
    assert found.loc[("E1", -1)].tolist() == [75, 24]
    assert found.loc[("E1", 3)].tolist() == [15, 4]
    assert ("E1", 4) not in found.index
    assert found.loc[("E2", -1)].isna().all()


def test_nothing_provided_is_no_row() -> None:
    assert provided(pd.DataFrame(columns=["item", "grid", "provision", "reached"])).empty

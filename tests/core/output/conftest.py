"""Rows of an estimate frame written by hand, and a map of two grids, for the tests of what is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from core.analysis.estimates import COLUMNS, SHARE_BOUNDS, WHOLE_NUMBERS

Estimates = Callable[..., pd.DataFrame]


@pytest.fixture
def estimates() -> Estimates:
    """Rows as core.analysis.estimates gives them; what is left out is null, need is E1 of the elderly."""

    def build(*rows: dict[str, Any]) -> pd.DataFrame:
        columns = [*COLUMNS, *SHARE_BOUNDS]
        given = [{"need": "E1", "area": "elderly", "state": "unknown"} | row for row in rows]
        frame = pd.DataFrame(given, columns=columns)
        numbers = [name for name in columns if name not in ("need", "area", "state")]
        frame = frame.astype(dict.fromkeys(numbers, "Float64"))
        return frame.astype(dict.fromkeys(WHOLE_NUMBERS, "Int64"))

    return build


@pytest.fixture
def grids() -> pd.DataFrame:
    """Three grids: two side by side, one below."""
    rows = [
        (1, "g1", "第 1 网格", 0, 0, 10, 20),
        (2, "g2", "第 2 网格", 12, 0, 10, 20),
        (3, "g3", "第 3 网格", 0, 24, 10, 20),
    ]
    return pd.DataFrame(rows, columns=["grid", "code", "name", "x", "y", "w", "h"])


@pytest.fixture
def buildings() -> pd.DataFrame:
    """One building in the first grid, one in the third."""
    rows = [
        (10, 1, "1号楼", "答卷 8 份", 60, 2, 10, 4, 5),
        (30, 3, "东塔", "答卷太少，不显示", None, 2, 24, 4, 20),
    ]
    columns = ["building", "grid", "name", "told", "households", "x", "y", "w", "h"]
    return pd.DataFrame(rows, columns=columns).astype({"households": "Int64"})

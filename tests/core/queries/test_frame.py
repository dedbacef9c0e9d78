"""Rows handed to pandas column by column are the frame pandas makes of rows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from core.queries.frame import frame

COLUMNS = ["item", "grid", "n"]


@pytest.mark.parametrize(
    "rows", [[], [("a", 1, 2)], [("a", 1, 2), ("b", None, 3)], [("a", None, 1), (None, None, 2)]]
)
def test_it_is_what_pandas_makes_of_rows(rows: list[tuple[Any, ...]]) -> None:
    pd.testing.assert_frame_equal(
        frame(rows, COLUMNS), pd.DataFrame(rows, columns=COLUMNS), check_index_type=False
    )


def test_rows_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        frame([(1, 2)], COLUMNS)

"""Who answered, by place: rates by hand, and small counts that nobody can work out."""

from __future__ import annotations

import pandas as pd
import pytest

from core.analysis.answered import by_building, by_grid, by_way


def cells(*rows: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["grid", "n"])


def homes(*rows: tuple[int, int | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["grid", "households"]).astype("Int64")


def test_responses_per_hundred_households_by_hand() -> None:
    # 30 + 12 of 60 households: 70 for each hundred; nobody of 50: 0. Unknown grids (0) are in no row.
    found = by_grid(cells((1, 30), (1, 12), (0, 9)), homes((1, 60), (2, 50)))
    assert found["n"].tolist() == [42, 0]
    assert found["per_100"].tolist() == [70.0, 0.0]
    assert not found["hidden"].any()


@pytest.mark.parametrize(("households", "known"), [(29, False), (30, True), (None, False)])
def test_no_rate_below_thirty_households_or_where_nobody_knows(households: int | None, known: bool) -> None:
    found = by_grid(cells((1, 15)), homes((1, households)))
    assert found["n"].tolist() == [15] and bool(found["per_100"].notna()[0]) is known


@pytest.mark.parametrize(("n", "hidden"), [(0, False), (1, True), (4, True), (5, False)])
def test_one_to_four_responses_of_a_grid_are_hidden(n: int, hidden: bool) -> None:
    found = by_grid(cells((1, n), (2, 40), (3, 60)), homes((1, 100), (2, 100), (3, 100)))
    assert bool(found["hidden"][0]) is hidden
    assert bool(found["per_100"].isna()[0]) is hidden


def test_a_second_grid_is_hidden_so_that_the_total_does_not_tell() -> None:
    found = by_grid(cells((1, 3), (2, 40), (3, 60)), homes((1, 100), (2, 100), (3, 100)))
    assert found["hidden"].tolist() == [True, True, False]
    assert found["n"].isna().tolist() == [True, True, False]


def _buildings(*places: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(places, columns=["building", "grid"])


def test_small_buildings_are_hidden_with_the_next_smallest_of_their_grid() -> None:
    grids = by_grid(cells((1, 43), (2, 40)), homes((1, 100), (2, 100)))
    counts = pd.DataFrame({"building": [10, 11, 12, 20], "n": [3, 12, 25, 40]})
    found = by_building(_buildings((10, 1), (11, 1), (12, 1), (20, 2), (21, 2)), counts, grids)
    assert found["hidden"].tolist() == [True, True, False, False, False]
    assert found["n"].fillna(-1).tolist() == [-1, -1, 25, 40, 0]


def test_a_hidden_grid_hides_all_its_buildings() -> None:
    grids = by_grid(cells((1, 3), (2, 40), (3, 60)), homes((1, 100), (2, 100), (3, 100)))
    counts = pd.DataFrame({"building": [20, 30], "n": [30, 60]})
    found = by_building(_buildings((20, 2), (21, 2), (30, 3)), counts, grids)
    assert found["hidden"].tolist() == [True, True, False]


def _ways(**n: int) -> dict[str, int | None]:
    return by_way(pd.DataFrame({"collector": list(n), "n": list(n.values())}))


def test_ways_are_summed_in_three() -> None:
    found = _ways(self=10, family=6, worker=5, paper=7, phone=8, kiosk=9)
    assert found == {"own": 10, "assisted": 11, "other": 24}


def test_a_small_way_is_hidden_with_another() -> None:
    assert _ways(self=90, family=3, paper=20) == {"own": 90, "assisted": None, "other": None}
    assert _ways() == {"own": 0, "assisted": 0, "other": 0}

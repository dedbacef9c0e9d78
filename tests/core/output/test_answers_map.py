"""The map of who answered, its table and sentence; and the overview's other sentences."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from core.analysis.answered import by_building, by_grid
from core.output import answers_map, overview
from core.output.answers_map import fewest, table, told, values


def _answered(*rows: tuple[int, int, int | None]) -> pd.DataFrame:
    cells = pd.DataFrame([(grid, n) for grid, n, _ in rows], columns=["grid", "n"])
    homes = pd.DataFrame([(grid, known) for grid, _, known in rows], columns=["grid", "households"])
    return by_grid(cells, homes.astype("Int64"))


def test_each_grid_tells_its_rate_or_what_is_known(grids: pd.DataFrame) -> None:
    found = values(_answered((1, 42, 60), (2, 50, None), (3, 9, 90)), grids)
    assert found["told"].tolist() == ["70 份", "50 份", "10 份"]
    assert found["kind"].tolist() == ["shown", "unknown", "shown"]
    assert found["hint"].tolist()[:2] == ["每百户 70 份（42 份，60 户）", "50 份答卷，不知道有多少户"]
    hidden = values(_answered((1, 42, 60), (2, 3, 60), (3, 60, 60)), grids)
    assert hidden["told"].tolist() == ["不显示", "不显示", "100 份"]
    assert hidden["value"].isna().tolist() == [True, True, False]


def test_buildings_tell_who_answered_and_nothing_of_needs(
    grids: pd.DataFrame, buildings: pd.DataFrame
) -> None:
    answered = _answered((1, 40, 60), (2, 50, 60), (3, 3, 60))
    counts = pd.DataFrame({"building": [10, 30], "n": [8, 3]})
    assert told(buildings, by_building(buildings, counts, answered)) == [
        "答卷太少，不显示",
        "答卷太少，不显示",
    ]
    answered = _answered((1, 40, 60), (2, 50, 60), (3, 30, 60))
    counts = pd.DataFrame({"building": [10, 30], "n": [8, 30]})
    assert told(buildings, by_building(buildings, counts, answered)) == ["答卷 8 份，60 户", "答卷 30 份"]


def test_the_map_reads_from_zero_to_a_round_figure(grids: pd.DataFrame, buildings: pd.DataFrame) -> None:
    spec = answers_map.answers_map(_answered((1, 43, 60), (2, 30, 60), (3, 9, 90)), (grids, buildings))
    assert spec["layer"][0]["encoding"]["color"]["legend"]["values"] == [0, 40, 80]


def test_the_sentence_names_the_grids_with_the_fewest(grids: pd.DataFrame) -> None:
    assert fewest(_answered((1, 42, 60), (2, 9, 90), (3, 10, 100)), grids) == "第 2、3 网格最少，每百户 10 份"
    assert fewest(_answered((1, 42, 60), (2, 42, 60), (3, 42, 60)), grids) == ""
    assert fewest(_answered((1, 42, 60), (2, 50, None), (3, 50, None)), grids) == ""


def test_the_table_hides_what_the_map_hides(grids: pd.DataFrame) -> None:
    found = table(_answered((1, 42, None), (2, 3, 60), (3, 60, 60)), grids)
    assert found["答卷"].tolist() == ["人数太少，不显示", "人数太少，不显示", "60"]
    assert found["每百户答卷"].tolist() == ["未知", "未知", "100"]
    assert found["户数"].tolist() == ["未知", "60", "60"]


def test_the_finding_gives_a_rate_only_where_all_households_are_known(grids: pd.DataFrame) -> None:
    all_known = _answered((1, 42, 60), (2, 9, 90), (3, 60, 60))
    assert overview.finding(1500, all_known, grids).startswith(
        "已收到 1,500 份答卷，平均每百户 714 份；第 2 网格"
    )
    assert (
        overview.finding(100, _answered((1, 42, 60), (2, 9, None), (3, 60, 60)), grids) == "已收到 100 份答卷"
    )
    assert overview.finding(7, _answered(), grids[:0]) == "已收到 7 份答卷"


@pytest.mark.parametrize(("n", "said"), [(1, "不到 5 份答卷"), (4, "不到 5 份答卷"), (5, "5 份答卷")])
def test_one_to_four_responses_in_all_are_not_told(n: int, said: str, grids: pd.DataFrame) -> None:
    assert overview.how_many(n) == said
    assert overview.finding(n, _answered((1, n, 60), (2, 0, 60), (3, 0, 60)), grids).startswith(
        f"已收到 {said}"
    )


def test_how_tells_the_round_and_who_filled_the_sheets_in() -> None:
    opens, closes = datetime(2026, 10, 12, 16, tzinfo=UTC), datetime(2026, 12, 1, 15, tzinfo=UTC)
    ways = {"own": 900, "assisted": None, "other": 0}
    assert overview.how("秋季调查", opens, closes, ways) == [
        "秋季调查 · 2026 年 10 月 13 日起", "2026 年 12 月 1 日截止",
        "本人填写 900 份，家人或工作人员代填 人数太少，不显示，纸质、电话和自助机 0 份",
    ]  # fmt: skip
    assert len(overview.how("秋季调查", opens, None, ways)) == 2

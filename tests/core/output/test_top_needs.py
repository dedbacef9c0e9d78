"""A grid's short list: the five most wanted, who was asked, the interval; nothing that may not be shown."""

from __future__ import annotations

from typing import Any

import pytest

from core.output import theme
from core.output.demand_map import Wanted
from core.output.top_needs import bars, table, top_needs
from tests.core.output.conftest import Estimates

NEEDS = {f"K{i}": Wanted(f"K{i}", f"需要{i}", (0, 120)) for i in range(1, 7)} | {
    "E1": Wanted("E1", "老人助餐", (60, 120))
}


def _row(
    need: str, share: float | None, persons: int | None, grid: int | None = 1, **more: Any
) -> dict[str, Any]:
    bounds = {"share_low": share - 0.05, "share_high": share + 0.05} if share is not None else {}
    counts = {"low": persons - 10, "high": persons + 10} if persons is not None else {}
    row = {"need": need, "grid": grid, "share": share, "persons": persons, "n": 40, "base": 200}
    return row | bounds | counts | more


ROWS = [
    _row("K1", 0.2, 100), _row("K2", 0.3, 150), _row("E1", 0.6, 90), _row("K3", None, None, n=20),
    _row("K4", 0.1, 50), _row("K5", 0.3, 150), _row("K6", 0.05, 25), _row("K1", 0.9, 500, grid=2),
    _row("K1", 0.9, 500, age_band=8), _row("culture", 0.95, 700),
]  # fmt: skip


def test_the_five_most_wanted_in_the_unit_asked_for(estimates: Estimates) -> None:
    frame = estimates(*ROWS)
    by_share = top_needs(frame, 1, NEEDS, "share")
    assert by_share["need"].tolist() == ["E1", "K2", "K5", "K1", "K4"]
    assert by_share["told"].tolist()[:2] == ["60%（55%–65%）", "30%（25%–35%）"]
    assert by_share["ages"].tolist()[:2] == ["60 岁及以上", ""]
    by_persons = top_needs(frame, 1, NEEDS, "persons")
    assert by_persons["need"].tolist() == ["K2", "K5", "K1", "E1", "K4"]
    assert by_persons["told"].tolist()[0] == "150 人（140–160 人）"


def test_nothing_is_listed_where_nothing_may_be_shown(estimates: Estimates) -> None:
    frame = estimates(_row("K1", None, None, n=12), _row("K2", 0.5, None))
    assert top_needs(frame, 2, NEEDS, "share").empty
    assert top_needs(frame, 1, NEEDS, "share")["need"].tolist() == ["K2"]
    assert top_needs(frame, 1, NEEDS, "persons").empty


def test_bars_begin_at_zero_with_their_interval_and_the_maps_need_in_full_colour(
    estimates: Estimates,
) -> None:
    found = top_needs(estimates(*ROWS), 1, NEEDS, "share")
    spec = bars(found, "K2")
    rows = next(iter(spec["datasets"].values()))
    assert [row["value"] for row in rows] == pytest.approx([0.6, 0.3, 0.3, 0.2, 0.1])
    assert [row["low"] for row in rows] == pytest.approx([0.55, 0.25, 0.25, 0.15, 0.05])
    assert [row["colour"] == theme.DEMAND for row in rows] == [False, True, False, False, False]
    assert rows[0]["note"] == "60 岁及以上 · 40 份答卷" and rows[1]["note"] == "居民 · 40 份答卷"
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"][0] == 0


def test_the_table_tells_the_same(estimates: Estimates) -> None:
    found = table(top_needs(estimates(*ROWS), 1, NEEDS, "share"), "share")
    assert found.columns.tolist() == ["需要", "谁", "占比", "95% 区间", "答卷"]
    assert found.iloc[0].tolist() == ["老人助餐", "60 岁及以上", "60%", "55%–65%", "40"]

"""The demand map's figures: by grid, what may not be shown, the sentence above it, its table."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from core.output import demand_map
from core.output.demand_map import Wanted
from tests.core.output.conftest import Estimates

WANT = Wanted("E1", "老人助餐", (60, 120))
WHOLE: dict[str, Any] = {
    "base": 1170, "n": 347, "n_eff": 312.4, "share": 0.2, "share_low": 0.16, "share_high": 0.25,
    "persons": 234, "low": 187, "high": 293,
}  # fmt: skip


def _grid(grid: int, share: float, low: float, high: float, **more: Any) -> dict[str, Any]:
    figures = {"persons": round(200 * share), "low": round(200 * low), "high": round(200 * high)}
    bounds = {"share": share, "share_low": low, "share_high": high}
    return {"grid": grid, "base": 200, "n": 60, "n_eff": 58.6} | figures | bounds | more


FEW = {"grid": 2, "base": 190, "n": 29}
HIDDEN = {"grid": 3, "state": "hidden"}


def test_each_grid_is_shown_or_says_why_not(estimates: Estimates, grids: pd.DataFrame) -> None:
    frame = estimates(WHOLE, _grid(1, 0.31, 0.2, 0.4), FEW, HIDDEN, _grid(1, 0.9, 0.8, 1, age_band=8))
    rows = demand_map.by_grid(frame, grids, "E1")
    assert rows["kind"].tolist() == ["shown", "few", "hidden"]
    drawn = demand_map.values(rows, "share")
    assert drawn["told"].tolist() == ["31%", "答卷太少", "不显示"]
    assert drawn["hint"].tolist() == [
        "31%（20%–40%），60 份答卷", "29 份答卷，不足 30 份不给百分比", "人数太少，不显示，保护隐私",
    ]  # fmt: skip
    assert drawn["value"].isna().tolist() == [False, True, True] and drawn["value"][0] == 0.31
    assert demand_map.values(rows, "persons")["told"].tolist() == ["62 人", "答卷太少", "不显示"]


def test_a_grid_nobody_was_asked_in_says_so(estimates: Estimates, grids: pd.DataFrame) -> None:
    rows = demand_map.by_grid(estimates(WHOLE, _grid(1, 0.3, 0.2, 0.4), {"grid": 2, "n": 0}), grids, "E1")
    assert rows["kind"].tolist() == ["shown", "none", "none"]


def test_no_persons_where_nobody_knows_the_population(estimates: Estimates, grids: pd.DataFrame) -> None:
    alone = dict.fromkeys(("base", "persons", "low", "high"))
    rows = demand_map.by_grid(estimates(WHOLE | alone, _grid(1, 0.3, 0.2, 0.4) | alone), grids, "E1")
    table = demand_map.table(rows)
    drawn = demand_map.values(rows, "persons")
    assert drawn["value"].isna().all() and drawn["told"].tolist() == ["未知", "没有答卷", "没有答卷"]
    assert table.loc[0, ["占比", "估计人数", "符合条件的居民"]].tolist() == ["30%", "未知", "未知"]


@pytest.mark.parametrize(
    ("most", "unit", "end"),
    [
        (0.63, "share", 0.7),
        (0.7, "share", 0.7),
        (0.04, "share", 0.2),
        (140, "persons", 200),
        (7, "persons", 20),
    ],
)
def test_the_scale_ends_at_a_round_figure(most: float, unit: demand_map.Unit, end: float) -> None:
    assert demand_map.top_of_scale(pd.DataFrame({"value": [most, None]}), unit) == pytest.approx(end)


def test_the_finding_names_grids_whose_interval_lies_above_the_communitys(
    estimates: Estimates, grids: pd.DataFrame
) -> None:
    # Both begin above 0.25, where the community's ends; the third does not, though its share is higher.
    frame = estimates(
        WHOLE, _grid(1, 0.31, 0.26, 0.4), _grid(2, 0.37, 0.27, 0.5, base=400), _grid(3, 0.4, 0.25, 0.6)
    )
    # (0.31 · 200 + 0.37 · 400) / 600 = 0.35, four of ten.
    told = demand_map.finding(frame, grids, WANT)
    assert told == "第 1、2 网格最需要老人助餐：60 岁及以上居民十位里约有四位"


def test_the_finding_says_so_where_grids_do_not_differ(estimates: Estimates, grids: pd.DataFrame) -> None:
    frame = estimates(WHOLE, _grid(1, 0.3, 0.25, 0.4))
    assert demand_map.finding(frame, grids, WANT).startswith("各网格对老人助餐的需要看不出明显差别")
    few = estimates({"n": 29, "base": 1170})
    assert demand_map.finding(few, grids, WANT) == "答卷还太少，说不出哪里更需要老人助餐"


def test_how_tells_base_n_and_n_eff(estimates: Estimates) -> None:
    def told(**row: Any) -> str:
        return demand_map.how(demand_map.whole(estimates(WHOLE | row), "E1"), WANT)[1]

    assert told() == "60 岁及以上居民 1,170 人，答卷 347 份，有效样本 312"
    assert told(base=None) == "答卷 347 份，没有人口数，未加权"
    assert told(n=29, n_eff=None) == "60 岁及以上居民 1,170 人，答卷 29 份"
    assert told(state="hidden", n=None) == "答卷太少，不显示"


@pytest.mark.parametrize("method", ["raked", "poststratified", "unweighted"])
def test_how_it_came_about_is_said_for_every_weighting(method: str) -> None:
    assert ("没有加权" in demand_map.explain(method, "")) is (method == "unweighted")
    assert "人口来源：某处" in demand_map.explain(method, "人口来源：某处。")


def test_the_table_holds_what_the_map_shows_and_no_more(estimates: Estimates, grids: pd.DataFrame) -> None:
    rows = demand_map.by_grid(estimates(WHOLE, _grid(1, 0.31, 0.2, 0.4), FEW, HIDDEN), grids, "E1")
    table = demand_map.table(rows)
    assert table.iloc[0].tolist() == ["第 1 网格", "60", "31%", "20%–40%", "62", "40–80", "200", "59"]
    assert table.iloc[1].tolist() == ["第 2 网格", "29", "答卷太少", "—", "—", "—", "190", "—"]
    assert table.iloc[2].tolist() == ["第 3 网格", "不显示", "不显示", "—", "—", "—", "未知", "—"]


def test_the_map_tells_whose_share_its_colours_are(
    estimates: Estimates, grids: pd.DataFrame, buildings: pd.DataFrame
) -> None:
    rows = demand_map.by_grid(estimates(WHOLE, _grid(1, 0.31, 0.2, 0.4), FEW, HIDDEN), grids, "E1")
    spec = demand_map.demand_map(rows, (grids, buildings), want=WANT, unit="share", chosen="g1")
    legend = spec["layer"][0]["encoding"]["color"]["legend"]
    assert legend["title"] == "60 岁及以上居民中需要老人助餐的占比"
    assert legend["values"] == pytest.approx([0, 0.2, 0.4])

"""Demand against provision as rows: their order, direct labels, the finding, the quadrant, the tables."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from core.analysis.estimates import COLUMNS, SHARE_BOUNDS, WHOLE_NUMBERS
from core.output import gap_rows
from core.output.gap_chart import gap_chart, points

# DOMAIN 4.6 with figures by hand: 1 170 residents of sixty and more.
GIVEN: dict[str, dict[str, Any]] = {
    "E1": {"share": 0.2, "persons": 214, "low": 171, "high": 262, "provision": 60, "gap": 154, "state": "gap",
           "reached": 64, "supply_ratio": 60 / 214, "coverage": 64 / 1170},
    "E2": {"share": 0.1, "persons": 121, "low": 90, "high": 156, "provision": 20, "gap": 101, "state": "gap"},
    "E5": {"share": 0.08, "persons": 96, "low": 70, "high": 128, "provision": 110, "gap": -14,
           "state": "match"},
    "K5": {"share": 0.04, "persons": 52, "low": 33, "high": 77, "provision": 120, "gap": -68,
           "state": "surplus"},
    "E9": {"share": 0.14, "persons": 162, "low": 132, "high": 196, "state": "unknown"},
    "E7": {"n": 12, "state": "unknown"},
    "E6": {"base": None, "n": None, "state": "hidden"},
}  # fmt: skip
NAMES = {
    "E6": "精神陪伴", "E7": "老年大学", "E9": "适老化改造", "K5": "书画读书", "E5": "上门探访",
    "E2": "助医陪诊", "E1": "老人助餐",
}  # fmt: skip


def frame(given: dict[str, dict[str, Any]] = GIVEN, **place: Any) -> pd.DataFrame:
    """Rows of the estimate frame; share bounds 2 points around the share."""
    rows = []
    for need, figures in given.items():
        row = dict.fromkeys((*COLUMNS, *SHARE_BOUNDS)) | {
            "need": need,
            "area": "elderly",
            "base": 1170,
            "n": 431,
        }
        row |= place | figures
        if row["share"] is not None:
            row |= {"share_low": row["share"] - 0.02, "share_high": row["share"] + 0.02, "n_eff": 400.0}
        rows.append(row)
    found = pd.DataFrame(rows)
    floats = ["n_eff", "share", "supply_ratio", "coverage", *SHARE_BOUNDS]
    return found.astype(dict.fromkeys(floats, "Float64") | dict.fromkeys(WHOLE_NUMBERS, "Int64"))


def test_the_largest_gap_comes_first_then_surplus_then_what_cannot_be_compared() -> None:
    rows = gap_rows.by_need(frame(), NAMES)
    assert rows["need"].tolist() == ["E1", "E2", "E5", "K5", "E9", "E7", "E6"]


def test_direct_labels_say_the_state_in_words() -> None:
    rows = gap_rows.by_need(frame(), NAMES).set_index("need")["told"]
    assert rows.to_dict() == {
        "E1": "差 154 人", "E2": "差 101 人", "E5": "匹配", "K5": "过剩 68 人", "E9": "供给未知",
        "E7": "样本少（12 人答）", "E6": "人太少，不显示",
    }  # fmt: skip


def test_only_named_needs_of_the_whole_community_are_rows() -> None:
    grids = frame({"E1": GIVEN["E1"]}, grid=3)
    both = pd.concat([frame(), grids], ignore_index=True)
    rows = gap_rows.by_need(both, {"E1": "老人助餐"})
    assert rows["label"].tolist() == ["老人助餐"] and rows["grid"].isna().all()


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        (list(GIVEN), "老人助餐缺得最多：214 人最需要，能服务 60 人"),
        (["E5", "K5", "E9"], "老年人服务：没有一项明显缺"),
        (["E9", "E7"], "适老化改造要的人最多：162 人；有没有人提供，还不知道"),
        (["E7", "E6"], "老年人服务：答的人还太少，看不出缺多少"),
    ],
)
def test_the_finding_is_a_sentence_about_what_matters_most(needs: list[str], told: str) -> None:
    rows = gap_rows.by_need(frame({need: GIVEN[need] for need in needs}), NAMES)
    assert gap_rows.finding(rows, "老年人服务") == told


def test_without_population_shares_are_told_and_drawn_and_nothing_is_compared() -> None:
    given = {"E1": {"share": 0.35, "base": None, "provision": 60, "state": "unknown"},
             "E2": {"share": 0.4, "base": None, "state": "unknown"}}  # fmt: skip
    rows = gap_rows.by_need(frame(given), NAMES)
    assert gap_rows.unit_of(rows) == "share"
    assert rows["told"].tolist() == ["40%", "35%"]
    assert (
        gap_rows.finding(rows, "老年人服务") == "助医陪诊要的人最多：回答者的 40%；没有人口数，不能和供给比"
    )
    drawn = points(rows)
    assert drawn["value"].tolist() == [0.4, 0.35] and drawn["provision"].isna().all()


def test_each_need_stands_in_the_field_of_its_state_and_none_is_lost() -> None:
    fields = gap_rows.by_state(gap_rows.by_need(frame(), NAMES))
    assert fields == {
        "gap": ["老人助餐：差 154 人", "助医陪诊：差 101 人"],
        "match": ["上门探访：96 人要，能服务 110 人"],
        "surplus": ["书画读书：过剩 68 人"],
        "unknown": ["适老化改造：供给未知", "老年大学：样本少（12 人答）", "精神陪伴：人太少，不显示"],
    }


def test_own_and_others_provision_stand_apart_and_a_hidden_row_tells_nothing() -> None:
    supplied = pd.DataFrame({"item": ["E1", "E6"], "own": [60.0, 16.0], "others": [None, 9.0]})
    rows = gap_rows.by_need(frame({need: GIVEN[need] for need in ("E1", "E6")}), NAMES)
    table = gap_rows.table(rows, supplied, first="需要").set_index("需要")
    meals = table.loc["老人助餐"]
    assert meals[["本社区项目", "其他单位", "缺口", "供需比", "已服务", "覆盖率"]].tolist() == [
        "60", "—", "154", "0.28", "64", "5%",
    ]  # fmt: skip
    assert meals[["对象人数", "答的人数", "占比", "最需要的人", "人数区间", "状态"]].tolist() == [
        "1,170", "431", "20%", "214", "171–262", "缺口",
    ]  # fmt: skip
    assert set(table.loc["精神陪伴"]) == {"—", "不显示"}


def test_a_row_that_nobody_provides_for_is_a_dash_in_the_table() -> None:
    nothing = pd.DataFrame(columns=["item", "own", "others"])
    table = gap_rows.table(gap_rows.by_need(frame({"E9": GIVEN["E9"]}), NAMES), nothing, first="需要")
    assert table.loc[0, ["本社区项目", "其他单位", "缺口", "状态"]].tolist() == ["—", "—", "—", "未知"]


def _groups() -> pd.DataFrame:
    young = frame({"E1": GIVEN["E1"] | {"provision": None, "gap": None, "state": "unknown"}}, age_band=7)
    old = frame({"E1": {"n": 8, "state": "unknown"}}, age_band=9)
    grid = frame({"E1": GIVEN["E1"]}, grid=2)
    pair = frame({"E1": GIVEN["E1"]}, grid=2, age_band=7)
    return pd.concat([frame(), young, old, grid, pair], ignore_index=True)


WORDS = {"grid": {2: "第 2 网格"}, "age_band": {7: "60–69 岁", 9: "80 岁及以上"}, "sex": {}}


def test_one_need_by_group_keeps_the_groups_order_and_tells_persons_where_provision_is_not_split() -> None:
    rows = gap_rows.by_group(_groups(), "E1", ["age_band"], WORDS)
    assert rows["label"].tolist() == ["60–69 岁", "80 岁及以上"]
    assert rows["told"].tolist() == ["214 人", "样本少（8 人答）"]


def test_a_group_with_provision_of_its_own_is_compared_and_pairs_are_named_by_both() -> None:
    assert gap_rows.by_group(_groups(), "E1", ["grid"], WORDS)["told"].tolist() == ["差 154 人"]
    pairs = gap_rows.by_group(_groups(), "E1", ["grid", "age_band"], WORDS)
    assert pairs["label"].tolist() == ["第 2 网格 · 60–69 岁"]
    table = gap_rows.group_table(pairs, first="人群")
    assert next(iter(table)) == "人群" and table.loc[0, "能服务"] == "60"


def test_demand_alone_has_no_column_of_provision() -> None:
    table = gap_rows.demand_table(gap_rows.by_need(frame(), NAMES), first="需要")
    assert not {"缺口", "供需比", "状态", "能服务"} & set(table)


def test_bars_start_at_zero_in_the_rows_order_with_room_for_the_labels() -> None:
    rows = gap_rows.by_need(frame(), NAMES)
    drawn = points(rows)
    first = drawn.iloc[0]
    assert (first["value"], first["low"], first["high"], first["provision"]) == (214, 171, 262, 60)
    assert drawn["end"].tolist() == [262, 156, 128, 120, 196, 0, 0]
    spec = gap_chart(rows)
    bar = spec["layer"][0]["encoding"]
    assert bar["x"]["scale"]["domain"][0] == 0 and bar["x"]["scale"]["domain"][1] > 262 * 1.3
    assert bar["y"]["scale"]["domain"] == rows["label"].tolist()


def test_where_too_few_answered_no_tick_stands_alone() -> None:
    rows = gap_rows.by_need(frame({"E7": GIVEN["E7"] | {"provision": 240}}), NAMES)
    assert points(rows)["provision"].isna().all()


def test_a_chart_of_nothing_is_still_a_chart() -> None:
    hidden = gap_rows.by_need(frame({"E6": GIVEN["E6"]}), NAMES)
    assert gap_chart(hidden)["layer"][0]["encoding"]["x"]["scale"]["domain"][1] > 0

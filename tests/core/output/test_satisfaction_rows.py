"""Satisfaction as rows and drawn: order, labels, the finding, small numbers as words."""

from __future__ import annotations

import pandas as pd

from core.analysis.importance import importance_satisfaction
from core.analysis.satisfaction import ServiceIndex, satisfaction
from core.output import satisfaction_rows
from core.output.satisfaction_chart import importance_chart, points, satisfaction_chart

AREAS = {"": "全部领域", "elderly": "老年人服务", "culture": "社区文化体育服务", "family": "家庭与妇女服务"}
ITEMS = {"gain": "收获大吗", "content": "内容"}


def _ratings(**by_area: tuple[int, int]) -> pd.DataFrame:
    """Of each area: how many gave 5 and how many 2, alike for both items."""
    rows = [
        (area, item, choice, n)
        for area, counts in by_area.items()
        for item in ITEMS
        for choice, n in zip(("5", "2"), counts, strict=True)
        if n
    ]
    return pd.DataFrame(rows, columns=["area", "question", "choice", "n"])


def _lines(**by_area: tuple[int, int]) -> pd.DataFrame:
    return satisfaction_rows.lines(satisfaction(_ratings(**by_area)), AREAS, ITEMS)


def test_rows_go_area_by_area_in_the_given_order_all_together_first() -> None:
    rows = _lines(culture=(40, 60), elderly=(42, 78))
    assert rows["group"].drop_duplicates().tolist() == ["全部领域", "老年人服务", "社区文化体育服务"]
    assert rows["label"].tolist() == ["收获大吗", "内容"] * 3
    # Wilson 42/120 of DOMAIN 4.7
    assert rows.loc[2, "told"] == "35%（27–44%）"


def test_few_and_hidden_raters_are_told_in_words() -> None:
    rows = _lines(elderly=(60, 60), culture=(9, 3), family=(2, 1))
    by_area = rows[rows["question"] == "gain"].set_index("area")["told"]
    assert by_area["family"] == "人太少，不显示"
    assert "12" in by_area["culture"] or by_area["culture"] == "人太少，不显示"
    table = satisfaction_rows.table(rows, first="领域").set_index("领域")
    assert set(table.loc["家庭与妇女服务", "评的人数"]) == {"人数太少，不显示"}
    assert set(table.loc["家庭与妇女服务", "满意率"]) == {"—"}


def test_the_lowest_is_found_by_the_upper_end_so_that_few_raters_do_not_lead() -> None:
    """40 % of 300 is surer to be low than 35 % of 31: its interval ends lower."""
    rows = _lines(elderly=(120, 180), culture=(11, 20))
    assert satisfaction_rows.finding(rows) == "老年人服务的“收获大吗”评价最低：300 人评，40% 满意"


def test_with_too_few_ratings_no_area_is_called_the_lowest() -> None:
    assert "太少" in satisfaction_rows.finding(_lines(elderly=(10, 10)))
    assert "太少" in satisfaction_rows.finding(_lines())


def test_a_short_table_has_a_line_for_each_group() -> None:
    wide = satisfaction_rows.wide(_lines(elderly=(42, 78), culture=(9, 11)), first="填写方式")
    assert wide.set_index("填写方式").loc["老年人服务"].tolist() == ["120", "35%", "35%"]
    assert wide.set_index("填写方式").loc["社区文化体育服务"].tolist() == ["20", "样本少", "样本少"]


def test_the_index_says_whether_there_is_evidence_enough() -> None:
    found = {"culture": ServiceIndex(67.54, 220, True), "elderly": ServiceIndex(60.0, 12, False),
             "family": ServiceIndex(None, None, False)}  # fmt: skip
    table = satisfaction_rows.indices(found, AREAS)
    assert table["领域"].tolist() == ["老年人服务", "社区文化体育服务", "家庭与妇女服务"]
    assert table["指数"].tolist() == ["60.0", "67.5", "—"]
    assert table["评的人数"].tolist() == ["12", "220", "人数太少，不显示"]
    assert table["证据"].tolist() == ["证据不足，取下限", "证据足够", "证据不足，取下限"]


def test_weighted_shares_by_grid_become_one_group_of_rows() -> None:
    estimates = pd.DataFrame(
        {
            "grid": [None, 1, 2, 3],
            "n": [100, 60, 20, None],
            "share": [0.59, 0.37, None, None],
            "share_low": [0.5, 0.3, None, None],
            "share_high": [0.68, 0.45, None, None],
            "state": ["unknown", "unknown", "unknown", "hidden"],
        }
    ).astype({"grid": "Int64", "n": "Int64"} | dict.fromkeys(["share", "share_low", "share_high"], "Float64"))
    rows = satisfaction_rows.by_group(
        estimates, {"": "全社区", "1": "第 1 网格", "2": "第 2 网格", "3": "第 3 网格"}
    )
    assert rows[["label", "told"]].to_numpy().tolist() == [
        ["全社区", "59%（50–68%）"], ["第 1 网格", "37%（30–45%）"], ["第 2 网格", "样本少（20 人评）"],
        ["第 3 网格", "人太少，不显示"],
    ]  # fmt: skip


def test_drawn_rows_have_a_head_for_each_of_several_groups_and_keep_their_order() -> None:
    rows = _lines(culture=(40, 60), elderly=(42, 78))
    drawn = points(rows)
    assert drawn["head"].tolist()[::3] == ["全部领域", "老年人服务", "社区文化体育服务"]
    spec = satisfaction_chart(rows)
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == drawn["key"].tolist()
    assert points(rows[rows["area"] == "elderly"])["head"].tolist() == ["", ""]


def test_nothing_hidden_or_few_is_in_what_is_drawn() -> None:
    drawn = points(_lines(elderly=(60, 60), culture=(9, 3), family=(2, 1)))
    small = drawn[drawn["told"].str.contains("少")]
    assert len(small) and small[["share", "low", "high"]].isna().all().all()


def test_importance_stands_beside_satisfaction_with_its_quadrant_in_words() -> None:
    tally = pd.DataFrame(
        [(q, c, n) for q, c, n in (
            ("imp_1", "5", 40), ("sat_1", "2", 30), ("sat_1", "8", 10), ("imp_2", "3", 40),
            ("sat_2", "4", 40),
        )], columns=["question", "choice", "n"],
    )  # fmt: skip
    rated = satisfaction(tally)
    placed = importance_satisfaction(rated, {"sat_1": "imp_1", "sat_2": "imp_2"})
    labels = {"sat_1": "响应快慢", "sat_2": "服务态度"}
    table = satisfaction_rows.matrix_table(placed, rated, labels=labels)
    assert table.loc[0].tolist() == ["响应快慢", "5.00", "2.00", "3.00", "0%", "30", "重点改进"]
    assert table.loc[1, "位置"] == "够用了"
    assert importance_chart(placed, labels)["layer"][2]["encoding"]["x"]["field"] == "satisfied"

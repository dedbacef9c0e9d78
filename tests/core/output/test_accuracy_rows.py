"""How well the classifier reads, in words: compared with 320 comments worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from core.output import accuracy_rows as rows
from core.output.accuracy_chart import areas_chart, curve_chart
from tests.core.evaluations import example, whole

FOUND = whole()


def _column(frame: Any, name: str) -> list[str]:
    return list(frame[name])


def test_the_finding_is_of_a_hundred_comments_and_says_its_base() -> None:
    # 263 of 320.
    assert rows.finding(FOUND) == "没见过的人写的意见，100 条里领域读对 82 条"
    told = rows.how(FOUND)
    assert "320 条" in told and "10 份文件" in told and "2026-10-08 10:30 评测" in told
    low, high = FOUND.detail.intervals.accuracy
    assert low is not None and high is not None and f"95% 区间 {low * 100:.0f}–{high:.0%}" in told


def test_too_few_comments_give_no_finding_and_no_interval() -> None:
    few = whole(n=29)
    assert "29 条，太少" in rows.finding(few) and "95%" not in rows.how(few)


def test_an_interval_drawn_from_too_few_hands_is_said_to_be_narrow() -> None:
    bounds = example()["detail"]["intervals"] | {"by_hand": False}
    assert "偏窄" in rows.how(whole(detail=example()["detail"] | {"intervals": bounds}))
    assert "偏窄" not in rows.how(FOUND)


def test_the_worst_read_area_comes_first_and_few_comments_have_no_figure() -> None:
    drawn = rows.areas(FOUND)
    assert _column(drawn, "label") == ["公共安全", "物业与公共设施", "其他"]
    # Safety 2·88 / (100 + 126), facilities 2·160 / (200 + 175); of `other` there are but twenty.
    assert _column(drawn, "told") == ["0.78", "0.85", "太少，不算"]
    assert drawn["f1"].isna().tolist() == drawn["low"].isna().tolist() == [False, False, True]
    table = rows.areas_table(FOUND)
    assert _column(table, "条数") == ["100", "200", "20"]
    # Precision 88 / 126, recall 88 / 100.
    assert table["准确率"][0].startswith("70%（") and table["召回率"][0].startswith("88%（")
    assert table["F1"][0].startswith("0.78（0.") and table["准确率"][2] == "太少，不算"


def test_what_belongs_to_no_area_stands_last_however_badly_it_is_read() -> None:
    areas = example()["areas"]
    badly = whole(areas=areas | {"other": areas["other"] | {"n": 60, "f1": 0.2}})
    assert _column(rows.areas(badly), "told") == ["0.78", "0.85", "0.20"]
    assert "最不容易的是物业与公共设施" in rows.weakest(badly)


def test_best_and_worst_are_said_only_where_two_can_be_told() -> None:
    assert "最容易读错的是公共安全（F1 0.78），最不容易的是物业与公共设施（0.85）" in rows.weakest(FOUND)
    areas = example()["areas"]
    assert rows.weakest(whole(areas=areas | {"safety": areas["safety"] | {"n": 29}})) == ""


def test_the_most_frequent_confusions_are_said_without_one_to_four() -> None:
    assert rows.confusion_lines(FOUND) == [
        "物业与公共设施 → 公共安全　36 条，占前者的 18%",
        "公共安全 → 物业与公共设施　12 条，占前者的 12%",
    ]
    table = rows.confusion_table(FOUND)
    assert table.iloc[0].tolist() == ["物业与公共设施", "160", "4", "36"]


def test_no_more_than_eight_confusions_are_listed() -> None:
    codes = ["culture", "elderly", "facilities", "safety"]
    confusion = [[90 if a == b else 10 * a + b + 5 for b in range(4)] for a in range(4)]
    area = example()["areas"]["safety"]
    bounds = example()["detail"]["intervals"]
    bounds |= {"areas": dict.fromkeys(codes, bounds["areas"]["safety"])}
    detail = example()["detail"] | {"codes": codes, "confusion": confusion, "intervals": bounds}
    lines = rows.confusion_lines(whole(areas=dict.fromkeys(codes, area), detail=detail))
    assert len(lines) == 8 and "公共安全 → 物业与公共设施　37 条" in lines[0]


def test_said_certainty_stands_beside_what_was_right() -> None:
    # Of the 299 said to be 95 % sure 263 are right; (299·0.95 − 263 + 21·0.55) / 320 = 0.1019.
    told = rows.calibration(FOUND)
    assert (
        "最有把握的一档有 299 条，机器平均说有 95% 的把握，实际读对 88%" in told
        and "差 10.2 个百分点" in told
    )
    table = rows.calibration_table(FOUND)
    assert table.iloc[0].tolist() == ["50–60%", "21", "太少，不算", "太少，不算"]
    assert table.iloc[1].tolist() == ["90–100%", "299", "95%", "88%"]


def test_with_the_least_sure_left_to_people_the_rest_is_read_better() -> None:
    # The surest 256 are 160 + 15 + 45 right and 36 wrong.
    assert "把最没把握的 20% 交给人看，其余读对 86%" in rows.coverage(FOUND)
    table = rows.coverage_table(FOUND)
    assert table.iloc[0].tolist() == ["0%", "320", "82%"]
    assert ["20%", "256", "86%"] in table.to_numpy().tolist()


def test_nothing_is_said_of_certainty_on_few_comments() -> None:
    few = [{"low": 0.9, "high": 1.0, "n": 29, "probability": 0.95, "right": 0.9}]
    found = whole(n=29, detail=example()["detail"] | {"calibration": few})
    assert "太少" in rows.calibration(found) and "太少" in rows.coverage(found)
    assert "%" not in "".join(_column(rows.coverage_table(found), "其中读对"))


def test_each_other_figure_says_its_base_and_what_it_means() -> None:
    told = {each.what: each.figure for each in rows.others(FOUND)}
    assert told["紧急：找到的比例（40 条）"] == "75%"
    assert told["紧急：报对的比例（30 条）"] == "100%"
    assert told["情感：平均 F1（320 条）"] == "1.00"
    assert len(told) == 7 and all(len(each.means) > 10 for each in rows.others(FOUND))
    few = {each.what: each.figure for each in rows.others(whole(n_urgent=29))}
    assert few["紧急：找到的比例（29 条）"] == "太少，不算"


def test_the_hardest_hand_stands_first() -> None:
    table = rows.files_table(FOUND)
    assert table.iloc[0].tolist() == ["00-hand", "32", "50%", "0.40"] and len(table) == 10


@pytest.mark.parametrize(("last", "told"), [(0.76, "还在往上走"), (0.705, "添不了一个百分点")])
def test_whether_more_labels_would_help(last: float, told: str) -> None:
    curve = [*example()["learning_curve"][:2], {"n": 1900, "accuracy": last, "macro_f1": 0.7}]
    found = whole(learning_curve=curve)
    assert told in rows.curve_finding(found) and "学 1,000 条时读对 70%" in rows.curve_finding(found)
    assert rows.curve_table(found).iloc[0].tolist() == ["500", "60%", "0.50"]


def test_without_a_learning_curve_nothing_is_said_of_it() -> None:
    assert rows.curve_finding(whole(learning_curve=[])) == "" and rows.curve(whole(learning_curve=[])).empty


def test_the_charts_draw_each_area_with_its_interval_and_each_point_of_the_curve() -> None:
    spec = areas_chart(rows.areas(FOUND))
    (data,) = spec["datasets"].values()
    assert [row["told"] for row in data] == ["0.78", "0.85", "太少，不算"] and data[2]["f1"] is None
    assert data[0]["low"] < data[0]["f1"] < data[0]["high"] == data[0]["at"]
    (points,) = curve_chart(rows.curve(FOUND))["datasets"].values()
    assert [point["told"] for point in points] == ["60%", "70%", "76%"]

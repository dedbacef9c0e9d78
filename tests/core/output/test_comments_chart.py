"""What the charts of comments will plot: numbers, order, words; nothing that is hidden."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from core.analysis.comment_counts import by_area_and_month
from core.output import comments_chart as charts
from core.output import theme


def counted(*rows: tuple[str, str, int], state: str = "classified") -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area", "month", "n"]).assign(state=state, urgent=0)


@pytest.fixture
def table() -> pd.DataFrame:
    """60 about safety, 12 and 6 about culture, 3 about the elderly, 90 others, 30 unsure."""
    decided = counted(
        ("safety", "2026-08", 20), ("safety", "2026-10", 40), ("culture", "2026-08", 12),
        ("culture", "2026-10", 6), ("elderly", "2026-10", 3), ("other", "2026-10", 1290),
        ("health", "2026-08", 25), ("health", "2026-10", 10),
    )  # fmt: skip
    return by_area_and_month(pd.concat([decided, counted(("", "2026-08", 30), state="abstained")]))


def test_bars_are_sorted_hidden_ones_after_them_and_other_and_unsure_apart(table: pd.DataFrame) -> None:
    frame = charts.bars_frame(table, first="safety")
    assert frame["area"].tolist() == ["safety", "health", "elderly", "culture", "other", "abstained"]
    assert frame["label"].tolist()[-2:] == ["其他", "拿不准"]
    assert frame["told"].tolist() == ["60", "35", "不显示", "不显示", "1,290", "30"]
    assert frame["n"].tolist() == [60, 35, 0, 0, 1290, 30]
    assert frame["kind"].tolist() == ["first", "area", "area", "area", "other", "abstained"]


def test_bars_begin_at_zero_and_have_no_more_colours_than_kinds(table: pd.DataFrame) -> None:
    spec = charts.area_bars(table)
    bars = spec["layer"][0]["encoding"]
    assert bars["x"]["scale"]["domain"][0] == 0
    assert bars["x"]["scale"]["domain"][1] > 1290
    assert len(set(bars["color"]["scale"]["range"])) == 4
    assert bars["y"]["sort"] is None


def test_nothing_hidden_is_anywhere_in_what_the_browser_gets(table: pd.DataFrame) -> None:
    for spec in (charts.area_bars(table), charts.month_rows(table)):
        for rows in spec["datasets"].values():
            for row in rows:
                if row.get("area") in ("elderly", "culture"):
                    assert row["told"] == "不显示"
                    assert row.get("n", 0) == 0 and row.get("top", 0) == row.get("foot", 0)
        assert "NaN" not in json.dumps(spec)


def test_a_rows_bars_are_scaled_to_its_largest_month_which_is_told(table: pd.DataFrame) -> None:
    frame = charts.months_frame(table).set_index(["area", "month"])
    heights = frame["foot"] - frame["top"]
    assert heights["safety", "2026-10"] == pytest.approx(charts.TALLEST)
    assert heights["safety", "2026-08"] == pytest.approx(charts.TALLEST / 2)
    assert frame.loc[("safety", "2026-08"), "head"] == "公共安全（最多的一个月 40 条）"
    assert frame.loc[("elderly", "2026-10"), "head"] == "老年人服务（各月都不显示）"
    assert frame.loc[("safety", "2026-08"), "told"] == "20 条"
    assert frame["row"]["other"].unique().tolist() == [4]


def test_no_month_is_left_out_between_and_only_the_latest_are_drawn() -> None:
    table = by_area_and_month(counted(("safety", "2024-12", 20), ("safety", "2026-10", 40)))
    drawn = charts.drawn_months(table)
    assert (drawn[0], drawn[-1], len(drawn)) == ("2025-05", "2026-10", 18)
    assert charts.months_frame(table)["month"].tolist() == ["2026-10"]
    short = by_area_and_month(counted(("safety", "2026-08", 20), ("safety", "2026-11", 40)))
    assert charts.drawn_months(short) == ["2026-08", "2026-09", "2026-10", "2026-11"]
    assert charts.month_rows(short)["layer"][1]["encoding"]["x"]["scale"]["domain"] == charts.drawn_months(
        short
    )


def test_the_table_beside_them_has_every_month_the_sum_and_the_word_for_hidden(table: pd.DataFrame) -> None:
    twin = charts.as_table(table)
    assert list(twin.columns) == ["领域", "合计", "2026-08", "2026-10"]
    rows = {row[0]: list(row[1:]) for row in twin.itertuples(index=False)}
    assert rows["公共安全"] == ["60", "20", "40"]
    assert rows["老年人服务"] == ["不显示", "不显示", "不显示"]
    assert rows["其他"] == ["1290", "0", "1290"]
    assert rows["拿不准"] == ["30", "30", "0"]


def test_nothing_decided_draws_what_is_unsure_alone_and_nothing_at_all_is_no_fault() -> None:
    unsure = by_area_and_month(counted(("", "2026-10", 7), state="abstained"))
    assert charts.bars_frame(unsure)["label"].tolist() == ["拿不准"]
    nothing = by_area_and_month(counted())
    assert charts.bars_frame(nothing).empty and charts.drawn_months(nothing) == []
    assert charts.as_table(nothing).empty


def test_unsure_bars_are_told_by_a_dashed_outline_not_by_colour_alone(table: pd.DataFrame) -> None:
    bars = charts.area_bars(table)["layer"][0]["encoding"]
    assert bars["strokeDash"]["condition"]["value"] == [3, 2]
    assert bars["stroke"]["condition"]["value"] == theme.UNKNOWN

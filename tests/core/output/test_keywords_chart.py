"""Keywords as bars: the surest first, from zero, with how many said it; and the same as a table."""

from __future__ import annotations

import pandas as pd
import pytest

from core.output import theme
from core.output.keywords_chart import bars_frame, finding, keyword_bars, table

FOUND = pd.DataFrame(
    [
        ("elderly", "陪诊", 8, 14.93, 2.7, 4.1),
        ("elderly", "助餐", 1031, 11.12, 2.4, 8.1),
        ("elderly", "扶手", 5, 52.7, 3.9, 2.9),
        ("elderly", "手机", 6, 3.0, 1.1, 2.0),
        ("facilities", "电梯", 9, 7.0, 1.9, 4.0),
    ],
    columns=["group", "word", "n", "ratio", "log_odds", "z"],
)


def test_the_surest_word_stands_first_with_its_figures_beside_it() -> None:
    frame = bars_frame(FOUND, "elderly")
    assert frame["word"].tolist() == ["助餐", "陪诊", "扶手", "手机"]
    assert frame["told"].tolist() == [
        "1,031 人说到 · 11.1 倍", "8 人说到 · 14.9 倍", "5 人说到 · 超过 20 倍", "6 人说到 · 3.0 倍",
    ]  # fmt: skip


def test_bars_begin_at_zero_and_only_the_first_is_set_off() -> None:
    spec = keyword_bars(FOUND, "elderly")
    (rows,) = spec["datasets"].values()
    assert [row["colour"] == theme.DEMAND for row in rows] == [True, False, False, False]
    scale = spec["layer"][0]["encoding"]["x"]["scale"]
    assert scale["domain"] == [0, pytest.approx(1.6 * 8.1)]
    assert spec["height"] == 4 * 28


def test_the_sentence_names_three_words_or_says_that_there_is_none() -> None:
    assert finding(FOUND, "elderly", "老年人服务") == "老年人服务的意见里，最有特点的词是助餐、陪诊、扶手"
    assert "不够多" in finding(FOUND, "health", "卫生健康服务")
    assert keyword_bars(FOUND, "health")["height"] == 28


def test_the_table_tells_the_same() -> None:
    found = table(FOUND, "facilities")
    assert found.columns.tolist() == ["词", "说到的人数", "是其他意见的几倍", "把握（z）"]
    assert found.iloc[0].tolist() == ["电梯", "9", "7.0", "4.0"]

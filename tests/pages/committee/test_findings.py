"""The print view: three findings on one sheet, each with figure, interval and base."""

from __future__ import annotations

import re

from tests.core.conftest import Small
from tests.pages.committee.conftest import Visit, answer, told


def test_each_finding_has_a_figure_an_interval_and_its_base(surveyed: Small, visit: Visit) -> None:
    page = told(visit("findings"))
    sheet = page.split('<ol class="st-sheet">')[1].split("</ol>")[0]
    blocks = sheet.split("<li ")[1:]
    assert 1 <= len(blocks) <= 3
    for block in blocks:
        assert re.search(r"<b>[\d,]+(%| 人)</b>", block) and "区间" in block and "答卷" in block
    assert "2026 年秋" in page and "日打印" in page and "示范数据（合成）" in page
    assert "不是随机抽样" in page


def test_the_button_prints_by_the_served_script_alone(surveyed: Small, visit: Visit) -> None:
    page = told(visit("findings"))
    assert "data-print" in page and '<script src="/picture.js"></script>' in page
    assert "onclick" not in page


def test_too_few_answers_print_no_finding(staffed: Small, visit: Visit) -> None:
    answer(staffed, staffed.grid, ["E1"], times=29)
    page = told(visit("findings"))
    assert "说不出发现" in page and 'class="st-sheet"' not in page


def test_before_the_first_answer_it_says_what_to_do(staffed: Small, visit: Visit) -> None:
    assert "把二维码贴出去" in told(visit("findings"))

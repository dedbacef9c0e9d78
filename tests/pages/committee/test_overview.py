"""The committee's home: what waits, who answered, what was found, for those who may know."""

from __future__ import annotations

from datetime import UTC, datetime

from core import database
from models.comment import Comment
from models.place import Building
from tests.core.conftest import Small
from tests.pages.committee.conftest import Visit, answer, told


def _say(small: Small, text: str, danger: str = "") -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    with database.writing() as session:
        session.add(
            Comment(
                community_id=small.community,
                channel="sentence",
                original=text,
                redacted=text,
                said_at=at,
                received_at=at,
                danger=danger,
            )
        )


def test_urgent_comments_come_first_and_lead_to_the_list(surveyed: Small, visit: Visit) -> None:
    _say(surveyed, "闻到煤气味", "gas")
    _say(surveyed, "路灯坏了")
    screen = visit("overview")
    page = told(screen)
    urgent, waiting = page.index("条紧急意见还没有回应"), page.index("条意见机器还没读")
    assert urgent < waiting and "<b>1</b> 条紧急" in page and "<b>2</b> 条意见" in page
    assert "看居民意见" in [link.proto.label for link in screen.get("page_link")]


def test_a_day_without_work_says_so(surveyed: Small, visit: Visit) -> None:
    assert "没有等着处理的意见" in told(visit("overview"))


def test_the_purchaser_sees_figures_and_no_work_of_others(surveyed: Small, visit: Visit) -> None:
    _say(surveyed, "闻到煤气味", "gas")
    screen = visit("overview", as_="purchaser")
    page = told(screen)
    assert "今天要看" not in page and "紧急" not in page and "三项发现" in page
    assert "看居民意见" not in [link.proto.label for link in screen.get("page_link")]


def test_without_all_households_there_is_no_rate(surveyed: Small, visit: Visit) -> None:
    assert "<h1>已收到 80 份答卷</h1>" in told(visit("overview"))


def test_the_rate_and_the_grid_with_the_fewest(staffed: Small, visit: Visit) -> None:
    with database.writing() as session:
        session.add(Building(grid_id=staffed.other_grid, code="2", name="2号楼", households=160))
    answer(staffed, staffed.grid, ["E1"], times=20)
    answer(staffed, staffed.other_grid, ["E1"], times=40)
    page = told(visit("overview"))
    # 60 of 200 households; 20 of 40 and 40 of 160.
    assert "<h1>已收到 60 份答卷，平均每百户 30 份；第2网格最少，每百户 25 份</h1>" in page
    assert "一户可以填几份" in page and "上限" in page


def test_a_grid_of_one_to_four_answers_is_hidden_and_another_with_it(staffed: Small, visit: Visit) -> None:
    answer(staffed, staffed.grid, ["E1"], times=4)
    answer(staffed, staffed.other_grid, ["E1"], times=40)
    table = told(visit("overview")).split("<tbody>")[1]
    assert table.count("人数太少，不显示") == 2


def test_findings_print_their_base(surveyed: Small, visit: Visit) -> None:
    page = told(visit("overview"))
    assert "第1网格更需要老人助餐" in page and "没有人口数，未加权" in page


def test_few_answers_give_no_finding(staffed: Small, visit: Visit) -> None:
    answer(staffed, staffed.grid, ["E1"], times=29)
    page = told(visit("overview"))
    assert "说不出发现" in page and "只有 29 人回答，不给百分比" in page
    assert "第1网格更需要" not in page


def test_before_the_first_answer_it_says_what_to_do(staffed: Small, visit: Visit) -> None:
    assert "把二维码贴出去" in told(visit("overview"))

"""供需缺口: the finding with its base, provision by name and source, groups, referrals, what is missing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from core import database
from core.actions.fold import fold_all
from core.actions.programmes import Serves, add_other_provision, add_programme
from core.actions.submit import Submission, save_responses
from models.base import now
from models.place import Population
from models.programme import OtherProvision, Programme
from models.questionnaire import Round
from pages.parts import gate
from tests.pages.social_worker.conftest import told


def answer(community: Any, n: int = 60, start: int = 0, **changes: Any) -> None:
    """So many women of 70–79 of the first grid want meals; all want fitness, and parking."""
    sheet = community.answers(need_elder=["E1"], need_cult=["K4"], top1="E1", **changes)
    save_responses([Submission(community.round, sheet, f"k{start + i}", short=True) for i in range(n)])
    fold_all()


def live_here(community: Any, n: int = 400) -> None:
    """All residents are sixty or more, and half of them live in each grid."""
    with database.writing() as session:
        for grid, ages, persons in (
            (community.grid, (None, None), n // 2), (community.other_grid, (None, None), n // 2),
            (None, (0, 59), 0), (None, (60, 120), n),
        ):  # fmt: skip
            session.add(
                Population(
                    community_id=community.community, grid_id=grid, age_from=ages[0], age_to=ages[1],
                    n=persons, source="街道名册", as_of=date(2026, 3, 1),
                )
            )  # fmt: skip


def provide(community: Any) -> None:
    """60 meals of ours, half of them in the first grid, 15 of a restaurant."""
    with database.writing() as session:
        add_programme(
            session,
            Programme(
                code="p", community_id=community.community, name="社区照顾", area="elderly",
                starts_on=now().date() - timedelta(days=30), ends_on=now().date() + timedelta(days=30),
            ),
            [Serves("E1", 30, grid_id=community.grid), Serves("E1", 30)],
        )  # fmt: skip
        add_other_provision(
            session,
            OtherProvision(
                community_id=community.community, need="E1", name="<b>饭店</b>", kind="company", persons=15,
                source="街道名册", as_of=date(2026, 3, 1),
            ),
        )  # fmt: skip


@pytest.fixture
def full(community: Any) -> Any:
    """Answers of both grids, population and provision."""
    answer(community)
    answer(community, 40, 100, grid={"grid": community.other_grid}, sex=1)
    live_here(community)
    provide(community)
    return community


def test_the_finding_stands_on_top_with_its_base(full: Any, open_screen: Any) -> None:
    """All 400 residents want meals, 75 can be served."""
    said = told(open_screen("gap"))
    assert "<h1>老人助餐缺得最多：400 人最需要，能服务 75 人</h1>" in said
    assert "60 岁及以上居民 400 人" in said and "答卷 100 份，有效样本" in said
    assert "在办的项目算" in said and "截至" in said and "示范数据（合成）" in said


def test_own_and_others_provision_are_told_apart_by_name_source_and_date(full: Any, open_screen: Any) -> None:
    said = told(open_screen("gap"))
    assert "本社区项目（" in said and "老人助餐 60 人" in said
    assert "&lt;b&gt;饭店&lt;/b&gt;（老人助餐）15 人，来源：街道名册，2026-03-01" in said
    assert "<b>饭店" not in said
    assert (
        '<th scope="col" class="n">本社区项目</th>' in said
        and '<td class="n">60</td><td class="n">15</td>' in said
    )


def test_how_it_was_weighted_is_told(full: Any, open_screen: Any) -> None:
    said = told(open_screen("gap"))
    assert "加权到已知人口" in said and "人口：街道名册，2026-03-01" in said


def test_the_three_bought_areas_come_first_then_the_others_together(full: Any, open_screen: Any) -> None:
    screen = open_screen("gap")
    assert screen.radio[0].options == [
        "老年人服务", "儿童青少年服务", "社区文化体育服务", "其他社工服务",
    ]  # fmt: skip
    assert "体育健身" in told(screen.radio[0].set_value("culture").run())
    assert screen.query_params["area"] == "culture"


def test_an_address_opens_its_area_and_a_wrong_one_the_first(full: Any, open_screen: Any) -> None:
    assert open_screen("gap", area="culture").radio[0].value == "culture"
    assert open_screen("gap", area="nowhere").radio[0].value == "elderly"


def test_every_need_stands_in_one_field_of_the_quadrant(full: Any, open_screen: Any) -> None:
    said = told(open_screen("gap"))
    assert "缺口（1 项）" in said and "老人助餐：差 325 人" in said
    assert "体育健身：供给未知" in said
    assert "停车：" not in said  # referred, no programme


def test_a_need_is_shown_by_group_and_pairs_as_a_table(full: Any, open_screen: Any) -> None:
    screen = open_screen("gap")
    screen.selectbox[1].set_value("grid").run()
    said = told(screen)
    assert "第1网格" in said and "第2网格" in said
    assert len(screen.get("vega_lite_chart")) == 2
    screen.selectbox[1].set_value("grid+sex").run()
    assert "第1网格 · 女" in told(screen) and "两两交叉只给表格" in told(screen)
    assert len(screen.get("vega_lite_chart")) == 1


def test_what_is_referred_stands_apart_and_is_no_gap(full: Any, open_screen: Any) -> None:
    said = told(open_screen("gap"))
    assert "转给负责单位的事" in said and "按诉求转办，不进服务计划" in said
    assert said.index("停车") > said.index("转给负责单位的事")


def test_without_population_the_screen_says_so_and_shows_shares(community: Any, open_screen: Any) -> None:
    answer(community)
    provide(community)
    said = told(open_screen("gap"))
    assert "回答者的 100%；没有人口数，不能和供给比" in said
    assert "没有加权" in said and "人口数未知" in said and "本地配置" in said


def test_without_any_provision_it_says_what_to_enter(community: Any, open_screen: Any) -> None:
    answer(community)
    live_here(community)
    said = told(open_screen("gap"))
    assert "还没有登记任何服务项目或其他单位的供给" in said
    assert "老人助餐要的人最多" in said and "没有登记不等于没有" in said


def test_fewer_than_thirty_answers_give_no_percentage_anywhere(community: Any, open_screen: Any) -> None:
    answer(community, 12)
    live_here(community)
    provide(community)
    said = told(open_screen("gap"))
    assert "答的人还太少，看不出缺多少" in said
    assert "%</td>" not in said and "样本少（12 人答）" in said


def test_three_answers_are_not_told_as_a_number(community: Any, open_screen: Any) -> None:
    answer(community, 3)
    said = told(open_screen("gap"))
    assert "人太少，不显示" in said and "3 人" not in said and ">3<" not in said


def test_a_closed_round_is_compared_with_its_last_day(full: Any, open_screen: Any) -> None:
    closed = now() - timedelta(days=1)
    with database.writing() as session:
        session.get_one(Round, full.round).closes_at = closed
    assert "调查已于" in told(open_screen("gap"))


def test_a_round_without_answers_says_what_to_do(community: Any, open_screen: Any) -> None:
    assert "“2026 年秋”还没有人答" in told(open_screen("gap"))


def test_without_a_round_it_says_what_to_do(community: Any, open_screen: Any) -> None:
    with database.writing() as session:
        session.execute(delete(Round))
    said = told(open_screen("gap"))
    assert "还没有开始过需求调查" in said and "调查批次" in said


def test_who_is_not_signed_in_sees_no_figure(
    full: Any, open_screen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "current_token", lambda: None)
    said = told(open_screen("gap"))
    assert "400" not in said and "/signin" in said

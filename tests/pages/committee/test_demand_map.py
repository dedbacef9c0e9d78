"""The demand map: its sentence, its choices, the link to pass on, and what it says without data."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.fold import fold
from core.actions.place_file import PopulationSource
from core.actions.places_table import replace_population
from core.actions.submit import Submission, save_response
from models.place import Building, Community, Grid
from models.questionnaire import Round
from pages.parts import map_choices
from tests.core.conftest import Small
from tests.pages.committee.conftest import Visit, answer, told

PERSONS = "网格,年龄,性别,人数\n1,,,700\n2,,,300\n,0-14,,150\n,15-59,,550\n,60+,,300\n,,男,480\n,,女,520\n"


def populate(small: Small) -> None:
    source = PopulationSource(source="人口台账", as_of="2025-12-31")
    with database.writing() as session:
        replace_population(session, small.community, PERSONS, source=source)


def chart(screen: AppTest, place: int = 0) -> dict[str, Any]:
    """The specification of one chart."""
    found: dict[str, Any] = json.loads(screen.get("vega_lite_chart")[place].proto.spec)
    return found


def boxes(screen: AppTest) -> dict[str, Any]:
    return {box.label: box for box in screen.selectbox}


def test_the_finding_names_the_grid_that_wants_it_most(surveyed: Small, visit: Visit) -> None:
    screen = visit("demand_map")
    page = told(screen)
    assert "第1网格最需要老人助餐：60 岁及以上居民几乎每一位都需要" in page
    assert "示范数据（合成）" in page and "截至 " in page
    assert boxes(screen)["领域"].value == "elderly" and boxes(screen)["需要"].value == "E1"
    assert boxes(screen)["网格"].value == "1" and "第1网格的前五项需要" in page


def test_without_a_population_it_is_unweighted_and_says_so(surveyed: Small, visit: Visit) -> None:
    screen = visit("demand_map", by="persons")
    page = told(screen)
    assert "答卷 80 份，没有人口数，未加权" in page and "没有加权" in page
    assert '<td>第1网格</td><td class="n">40</td><td class="n">100%</td>' in page
    assert screen.query_params["by"] == "share"


def test_with_a_population_persons_can_be_asked_for(surveyed: Small, visit: Visit) -> None:
    populate(surveyed)
    screen = visit("demand_map", need="E1", by="persons")
    page = told(screen)
    assert (
        "60 岁及以上居民 300 人，答卷 80 份，有效样本" in page and "人口来源：人口台账（2025-12-31）" in page
    )
    assert screen.query_params["by"] == "persons"
    assert "估计人数：60 岁及以上居民中需要老人助餐的" in json.dumps(chart(screen), ensure_ascii=False)


def test_a_grid_chosen_in_the_box_changes_list_and_address(surveyed: Small, visit: Visit) -> None:
    screen = visit("demand_map")
    boxes(screen)["网格"].set_value("2").run()
    assert "第2网格的前五项需要" in told(screen)
    assert screen.query_params["grid"] == "2" and screen.session_state["map.turn"] == 1


def test_a_link_opens_what_its_sender_saw(surveyed: Small, visit: Visit) -> None:
    screen = visit("demand_map", need="K1", grid="2", by="share")
    assert "文艺演出" in told(screen)
    assert (boxes(screen)["领域"].value, boxes(screen)["网格"].value) == ("culture", "2")


def test_a_link_to_nothing_opens_the_most_telling_need(surveyed: Small, visit: Visit) -> None:
    screen = visit("demand_map", need="X9", grid="77", by="miles")
    assert boxes(screen)["需要"].value == "E1" and boxes(screen)["网格"].value == "1"
    assert screen.query_params["by"] == "share"


def test_an_area_offers_its_needs_and_any_of_them(surveyed: Small, visit: Visit) -> None:
    screen = visit("demand_map")
    assert boxes(screen)["领域"].options[:3] == ["老年人服务", "儿童青少年服务", "社区文化体育服务"]
    boxes(screen)["领域"].set_value("culture").run()
    assert boxes(screen)["需要"].options[:2] == ["任何一项", "文艺演出"]
    assert boxes(screen)["需要"].value == "culture" and "社区文化体育服务" in told(screen)


def test_fewer_than_thirty_answers_give_no_percentage(staffed: Small, visit: Visit) -> None:
    answer(staffed, staffed.grid, ["E1"], times=29)
    page = told(visit("demand_map", need="E1"))
    assert "答卷还太少，说不出哪里更需要老人助餐" in page and "这个网格的答卷还太少" in page
    assert "%" not in page.split("<table>")[1].split("</table>")[0].replace("95%", "")
    answer(staffed, staffed.grid, ["E2"], times=1)
    assert "97%" in told(visit("demand_map", need="E1"))


def test_before_the_first_answer_it_says_what_to_do(staffed: Small, visit: Visit) -> None:
    assert "还没有收到答卷" in told(visit("demand_map"))


def test_before_the_first_round_it_says_what_to_do(staffed: Small, visit: Visit) -> None:
    with database.writing() as session:
        session.delete(session.get(Round, staffed.round))
    assert "还没有开过需求调查" in told(visit("demand_map"))


def test_answers_without_grids_draw_no_map(staffed: Small, visit: Visit) -> None:
    for time in range(2):
        given = staffed.answers(grid=None, open=None)
        save_response(Submission(staffed.round, given, key=f"nowhere-{time}"))
    fold()
    with database.writing() as session:
        for row in (*session.scalars(select(Building)), *session.scalars(select(Grid))):
            session.delete(row)
    assert "还没有设置网格" in told(visit("demand_map"))
    page = told(visit("overview"))
    assert "已收到 不到 5 份答卷" in page and "各网格答卷" not in page


def test_one_grid_is_a_map_of_one(staffed: Small, visit: Visit) -> None:
    with database.writing() as session:
        session.delete(session.get(Grid, staffed.other_grid))
    answer(staffed, staffed.grid, ["E1"], times=30)
    screen = visit("demand_map", need="E1")
    assert boxes(screen)["网格"].options == ["第1网格"]
    assert "看不出明显差别" in told(screen)


def test_imported_letters_have_no_map_but_can_be_read(staffed: Small, visit: Visit) -> None:
    with database.writing() as session:
        session.add(Community(code="letters", name="市民来信", source="来信网"))
    screen = visit("demand_map", c="letters")
    assert "“市民来信”是导入的来信" in told(screen)
    assert [link.proto.label for link in screen.get("page_link")][-1] == "看居民意见"


def test_nobody_sees_it_without_signing_in(surveyed: Small, visit: Visit) -> None:
    assert "老人助餐" not in told(visit("demand_map", as_=""))


@pytest.mark.parametrize(
    ("picked", "kept"), [([{"code": "2"}], "2"), ([], "1"), ([{}], "1"), ([{"code": "77"}], "1")]
)
def test_a_click_on_the_map_moves_the_box(
    picked: list[dict[str, str]], kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {"map.grid": "1", "map.turn": 3, "demand-map-3": SimpleNamespace(selection={"grid": picked})}
    monkeypatch.setattr(st, "session_state", state)
    map_choices.clicked({"1": "第 1 网格", "2": "第 2 网格"})
    assert state["map.grid"] == kept

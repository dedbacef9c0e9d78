"""The administrator pastes tables: faults by line, a preview, one save, and the new state on top."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import database
from core.queries.setup import place_rows, population_standing
from models.account import AuditEntry
from tests.pages.admin.conftest import told

HEAD = "网格编码\t网格名称\t楼栋编码\t楼栋名称\t户数\n"
GOOD = HEAD + "1\t北院\t1\t1号楼\t48\n1\t北院\t2\t2号楼\t52\n2\t南院\t\t\t\n"
PERSONS = "网格编码\t年龄\t性别\t人数\n1\t\t\t200\n2\t\t\t100\n\t0至59岁\t\t230\n\t60岁以上\t\t60\n"


def _paste(screen: AppTest, name: str, table: str) -> AppTest:
    screen.text_area(f"{name}.text.{_turn(screen, name)}").set_value(table)
    return screen.button(f"{name}.look").click().run()


def _turn(screen: AppTest, name: str) -> int:
    key = f"{name}.turn"
    return int(screen.session_state[key]) if key in screen.session_state else 0


def _box(screen: AppTest, name: str) -> str:
    return str(screen.text_area(f"{name}.text.{_turn(screen, name)}").value)


def test_what_stands_is_said_on_top(community: Any, open_screen: Any) -> None:
    said = told(open_screen("places"))
    assert "2 个网格，1 栋楼，40 户" in said and "人口：还没有" in said


def test_a_table_is_looked_at_then_saved_and_then_stands(community: Any, open_screen: Any) -> None:
    screen = _paste(open_screen("places"), "places", GOOD)
    said = told(screen)
    assert "新增 1 处" in said and "北院 · 2号楼" in said and "改动 3 处" in said
    assert "保存以后：2 个网格，2 栋楼，100 户" in said
    with database.reading() as session:
        assert len(place_rows(session, community.community)) == 2
    screen.button("places.save").click().run()
    said = told(screen)
    assert "2 个网格，2 栋楼，100 户" in said and "新增 1 处，改动 3 处，删除 0 处" in said
    assert _box(screen, "places") == ""
    assert "2 个网格，2 栋楼，100 户" in told(open_screen("places"))
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.deed == "places.replaced")).one()
    assert entry.account_id == 1


def test_faults_are_told_by_line_and_the_table_stays(community: Any, open_screen: Any) -> None:
    faulty = GOOD.replace("48", "四十八").replace("\t52", "\t很多")
    screen = _paste(open_screen("places"), "places", faulty)
    said = told(screen)
    assert "有 2 处要先改好" in said and "第 2 行：户数 应是整数" in said and "第 3 行" in said
    assert _box(screen, "places") == faulty
    assert not any(one.key == "places.save" for one in screen.button)


def test_a_table_changed_after_the_look_is_not_saved_unseen(community: Any, open_screen: Any) -> None:
    screen = _paste(open_screen("places"), "places", GOOD)
    screen.text_area("places.text.0").set_value(GOOD + "3\t西院\t\t\t\n").run()
    assert not any(one.key == "places.save" for one in screen.button)


def test_deleting_is_said_on_the_button(community: Any, open_screen: Any) -> None:
    screen = _paste(open_screen("places"), "places", "网格\n1\n2\n")
    assert "删除 1 处" in told(screen) and screen.button("places.save").label == "保存，并删除 1 处"


def test_the_same_table_again_has_nothing_to_save(community: Any, open_screen: Any) -> None:
    same = "网格,网格名称,楼栋,楼栋名称,户数\n1,第1网格,1,1号楼,40\n2,第2网格,,,\n"
    screen = _paste(open_screen("places"), "places", same)
    assert "没有要改的" in told(screen) and not any(one.key == "places.save" for one in screen.button)


def test_persons_need_source_and_date(community: Any, open_screen: Any) -> None:
    screen = _paste(open_screen("places"), "population", PERSONS)
    said = told(screen)
    assert "请写人口数从哪里来" in said and "请选人口数的日期" in said
    assert screen.button("population.save").disabled
    assert "290 到 300 人" in said and "还没有分性别的人数" in said
    screen.text_input("population.source.0").set_value("社区人口台账")
    screen.date_input("population.as_of.0").set_value("2025-12-31")
    screen.radio("population.counts").set_value("户籍").run()
    screen.button("population.save").click().run()
    said = told(screen)
    assert "人口：290–300 人，2025-12-31，户籍，含租户；来源：社区人口台账" in said
    assert "分网格✓ 分年龄✓ 分性别✗" in said
    with database.reading() as session:
        found = population_standing(session, community.community)
    assert found is not None and [one.n for one in found.patterns] == [290, 300]


def test_faults_of_persons_leave_the_source_as_typed(community: Any, open_screen: Any) -> None:
    screen = open_screen("places")
    screen.text_input("population.source.0").set_value("台账")
    screen = _paste(screen, "population", "网格,人数\n9,5\n1,x\n")
    assert "没有网格 9" in told(screen) and "第 3 行" in told(screen)
    assert screen.text_input("population.source.0").value == "台账"


def test_what_was_pasted_survives_a_visit_elsewhere(community: Any, open_screen: Any) -> None:
    screen = _paste(open_screen("places"), "places", "网格\n ? \n")
    # A screen left behind loses its fields; what was kept beside them comes back.
    again = open_screen("places", **{"places.kept": screen.session_state["places.kept"]})
    assert _box(again, "places") == "网格\n ? \n"


def test_a_file_goes_into_the_box_and_a_workbook_is_refused(community: Any, open_screen: Any) -> None:
    screen = open_screen("places")
    screen.file_uploader("places.file.0").upload("a.csv", GOOD.encode("gb18030"), "text/csv").run()
    assert _box(screen, "places") == GOOD
    screen.file_uploader("places.file.0").upload("a.xlsx", b"PK\x03\x04x", "application/zip").run()
    assert "工作簿" in told(screen) and _box(screen, "places") == GOOD


@pytest.mark.parametrize("screen", ["places", "accounts", "rounds"])
def test_the_screens_are_for_administrators_only(community: Any, open_screen: Any, screen: str) -> None:
    shown = open_screen(screen, "worker")
    assert "没有看这一页的权限" in told(shown) and not shown.button

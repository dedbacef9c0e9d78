"""Pasted tables: what changes, what is refused, and that a mistake names its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core import database
from core.actions.pasted_table import TableFaults, read_table, table_of_file
from core.actions.place_file import PlaceError, PopulationSource
from core.actions.places_table import PlacesChanged, replace_places, replace_population
from core.actions.submit import Submission, save_response
from core.errors import NotFound
from models.account import AuditEntry
from models.place import Building, Grid, Population

SOURCE = PopulationSource(source="社区台账", as_of=date(2026, 1, 1), counts="户籍", with_tenants=False)
SAME = "网格编码\t网格名称\t楼栋编码\t楼栋名称\t户数\n1\t第1网格\t1\t1号楼\t40\n2\t第2网格\t\t\t\n"


def _places(community_id: int, table: str) -> PlacesChanged:
    with database.writing() as session:
        return replace_places(session, community_id, table)


def _population(community_id: int, table: str) -> PlacesChanged:
    with database.writing() as session:
        return replace_population(session, community_id, table, source=SOURCE)


def _grids() -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(g.code, g.name) for g in session.scalars(select(Grid).order_by(Grid.code))]


def test_the_same_table_changes_nothing(small: Any) -> None:
    assert _places(small.community, SAME).nothing
    assert _grids() == [("1", "第1网格"), ("2", "第2网格")]


def test_what_is_new_changed_or_gone_is_told(small: Any) -> None:
    told = _places(small.community, "网格,网格名称,楼栋,户数\n1,北院,1,44\n1,北院,3,20\n")
    assert set(told.added) == {"北院 · 3"}
    assert set(told.changed) == {"北院", "北院 · 1"}
    assert told.removed == ("第2网格",)
    assert _grids() == [("1", "北院")]
    with database.reading() as session:
        found = session.execute(select(Building.code, Building.households).order_by(Building.code)).all()
        assert [tuple(row) for row in found] == [("1", 44), ("3", 20)]
        assert session.scalars(select(AuditEntry.deed)).all() == ["places.replaced"]


def test_a_grid_with_answers_is_never_deleted(small: Any) -> None:
    save_response(Submission(small.round, small.answers(), key="k"))
    with pytest.raises(PlaceError, match="已有答卷"):
        _places(small.community, "网格,网格名称\n2,第2网格\n")
    assert [code for code, _ in _grids()] == ["1", "2"]


def test_code_names_of_columns_and_any_separator_are_understood(small: Any) -> None:
    for mark in (",", ";", "\t"):
        rows = [("GRID", "grid_name", "building"), ("1", "甲", "1"), ("2", "乙", "")]
        _places(small.community, "\ufeff" + "\r\n".join(mark.join(row) for row in rows))
        assert _grids() == [("1", "甲"), ("2", "乙")]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "表格是空的"),
        ("网格\n", "表格是空的"),
        ("网格名称\n一\n", "缺少这些列：网格编码"),
        ("网格,门牌\n1,2\n", "不认识这些列：门牌"),
        ("网格,grid\n1,2\n", "出现了两次"),
        ("网格,户数\n1\n", "第 2 行有 1 格"),
        ("网格,楼栋,户数\n1,1,四十\n", "第 2 行：户数 应是整数"),
        ("网格,楼栋\n1,1\n1,1\n", "第 3 行.*楼栋编码 1 用了两次"),
        ("网格,网格名称\n1,甲\n1,乙\n", "第 3 行：网格 1 有两个名称"),
        ("网格\n a b \n", "第 2 行：网格编码"),
        ("网格\n" + "长" * 200_000 + "\n", "读不懂"),
    ],
)
def test_a_mistake_names_its_line_and_changes_nothing(small: Any, table: str, told: str) -> None:
    with pytest.raises(PlaceError, match=told):
        _places(small.community, table)
    assert _grids() == [("1", "第1网格"), ("2", "第2网格")]


def test_an_unknown_community_is_refused(sqlite_record: Path) -> None:
    with pytest.raises(NotFound):
        _places(99, SAME)


def test_population_is_replaced_with_its_source(small: Any) -> None:
    table = '网格,年龄,性别,人数\n第1网格,0-14,男,"1,200"\n2,80岁及以上,女,7\n全部,60+,,30\n,,,2000\n'
    told = _population(small.community, table)
    assert (told.rows, told.persons) == (4, 3237)
    assert _population(small.community, table).rows == 4
    with database.reading() as session:
        rows = session.scalars(select(Population).order_by(Population.id)).all()
    assert [(r.grid_id, r.age_from, r.age_to, r.sex, r.n) for r in rows] == [
        (small.grid, 0, 14, 1, 1200),
        (small.other_grid, 80, 120, 2, 7),
        (None, 60, 120, None, 30),
        (None, None, None, None, 2000),
    ]
    assert {(r.source, r.as_of, r.counts, r.with_tenants) for r in rows} == {
        ("社区台账", date(2026, 1, 1), "户籍", False)
    }


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("网格,人数\n9,5\n", "第 2 行：这个社区没有网格 9"),
        ("年龄,人数\n老人,5\n", "第 2 行：看不懂年龄“老人”"),
        ("年龄,人数\n14-0,5\n", "第 2 行：看不懂年龄“14-0”"),
        ("年龄,人数\n0-300,5\n", "第 2 行：年龄 太大了"),
        ("性别,人数\n不详,5\n", "第 2 行：看不懂性别“不详”"),
        ("人数\n很多\n", "第 2 行：人数 应是整数"),
        ("人数\n-3\n", "第 2 行：人数 太小了"),
        ("人数\n5\n6\n", "第 3 行：和第 2 行.*写了两次"),
        ("年龄\n60+\n", "缺少这些列：人数"),
    ],
)
def test_a_mistake_in_the_population_leaves_the_old_one(small: Any, table: str, told: str) -> None:
    _population(small.community, "人数\n300\n")
    with pytest.raises(PlaceError, match=told):
        _population(small.community, table)
    with database.reading() as session:
        assert session.scalars(select(Population.n)).all() == [300]


@pytest.mark.parametrize("cell", ["0-14", "0–14", "0~14", "0至14岁", "0 岁-14 岁", "0到14"])
def test_ages_may_be_written_in_many_ways(small: Any, cell: str) -> None:
    _population(small.community, f"年龄;人数\n{cell};5\n")
    with database.reading() as session:
        found = session.execute(select(Population.age_from, Population.age_to)).one()
    assert tuple(found) == (0, 14)


def test_blank_lines_are_skipped_and_lines_are_counted_as_pasted() -> None:
    assert list(read_table("n\n5\n\n6\n", {"n": True})) == [(2, {"n": "5"}), (4, {"n": "6"})]


def test_every_faulty_line_is_told_at_once_in_the_order_of_the_table(small: Any) -> None:
    table = "网格,网格名称,楼栋,户数\n1,甲,1,四十\n1,甲,2\n1,乙,3,40\n2,丙,1,1\n2,丙,1,2\n"
    with pytest.raises(TableFaults) as caught:
        _places(small.community, table)
    assert [told[:5] for told in caught.value.told] == ["第 2 行", "第 3 行", "第 6 行"]
    assert _grids() == [("1", "第1网格"), ("2", "第2网格")]


def test_faults_of_persons_are_told_together_too(small: Any) -> None:
    with pytest.raises(TableFaults) as caught:
        _population(small.community, "网格,性别,人数\n1,男,5\n1,男,6\n7,,3\n2,女,五\n2,女\n")
    assert [told[:5] for told in caught.value.told] == ["第 3 行", "第 4 行", "第 5 行", "第 6 行"]


def test_empty_columns_on_the_right_are_left_out(small: Any) -> None:
    _places(small.community, "网格\t网格名称\t\t\n1\t甲\t\t\n2\t乙\t\t\n")
    assert _grids() == [("1", "甲"), ("2", "乙")]
    with pytest.raises(PlaceError, match="不认识"):
        _places(small.community, "网格\t\n1\t甲\n")


TABLE = "网格,网格名称\n1,鑫苑\n"


@pytest.mark.parametrize(
    "data",
    [TABLE.encode("utf8"), TABLE.encode("utf-8-sig"), TABLE.encode("gb18030"), TABLE.encode("utf-16")],
)
def test_a_file_is_read_in_the_encodings_spreadsheets_write(data: bytes) -> None:
    assert table_of_file(data) == TABLE


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04rest", "工作簿"),
        (b"\xd0\xcf\x11\xe0rest", "工作簿"),
        (b"\xff" * 9, "不是能读的"),
        (b"a\x00b", "不是能读的"),
        (b"1" * 2_000_001, "最多 2 MB"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(data: bytes, told: str) -> None:
    with pytest.raises(PlaceError, match=told):
        table_of_file(data)

"""A place in words: only what names one place and nothing more is taken for it; all else is for a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.questionnaires.place_words import NamedPlace, match, without_door

NORTH, SOUTH = NamedPlace(1, 0, "1", "第1网格"), NamedPlace(2, 0, "2", "第 2 网格")
PLACES = [
    NORTH,
    SOUTH,
    NamedPlace(1, 11, "1", "1号楼"),
    NamedPlace(1, 13, "3", "3号楼"),
    NamedPlace(2, 23, "3", "3号楼"),
    NamedPlace(2, 25, "b05", "5号楼"),
    NamedPlace(2, 26, "13", "十三号楼"),
    NamedPlace(2, 27, "x", "老干部楼"),
    NamedPlace(2, 28, "a", "A座"),
    # Called by another number than its code: the name on the house counts.
    NamedPlace(1, 29, "9", "8号楼"),
    NamedPlace(1, 30, "7", "东区"),
]


@pytest.mark.parametrize(
    ("words", "grid", "building"),
    [
        ("第2网格", 2, 0),
        ("２网格", 2, 0),
        ("第二网格", 2, 0),
        ("网格2", 2, 0),
        ("2号网格", 2, 0),
        ("5号楼", 2, 25),
        ("五号楼", 2, 25),
        ("５栋", 2, 25),
        ("5幢", 2, 25),
        ("5#", 2, 25),
        ("5＃楼", 2, 25),
        ("05号楼", 2, 25),
        ("5 号 楼。", 2, 25),
        ("5号", 2, 25),
        ("13号楼", 2, 26),
        ("13栋", 2, 26),
        ("2网格3号楼", 2, 23),
        ("二网格三栋", 2, 23),
        ("第1网格，3号楼", 1, 13),
        ("3号楼（第1网格）", 1, 13),
        ("老干部楼", 2, 27),
        ("a座", 2, 28),
        ("我家住在5号楼", 2, 25),
        ("示范社区5号楼", 2, 25),
        ("5号楼2单元501", 2, 25),
        ("5号楼二单元三楼", 2, 25),
        ("5#1-502", 2, 25),
        ("5-2-501", 2, 25),
        ("8号楼", 1, 29),
        ("7号楼", 1, 30),
    ],
)
def test_one_name_and_nothing_more_is_that_place(words: str, grid: int, building: int) -> None:
    found = match(words, PLACES, community="示范社区（示范）").place
    assert found is not None and (found.grid, found.building) == (grid, building)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("3号楼", {13, 23}),  # one in either grid
        ("1号楼和5号楼之间", {11, 25}),
        ("1到5号楼", {25}),
        ("1-5号楼", {25}),
        ("5号楼对面", {25}),
        ("5号楼东门", {25}),
        ("不是5号楼", {25}),
        ("隔壁小区5号楼", {25}),
        ("5号楼6", {25}),
        ("第1网格5号楼", {0, 25}),  # that building stands in the other grid
        ("第1网格、第2网格，1号楼", {11}),
        ("第2网格99号楼", {0}),
        ("9号楼", set()),  # a code, of a house that is called 8号楼
        ("菜市场后面", set()),
        ("5", set()),
        ("5楼", set()),
        ("5号院", set()),
        ("15号楼", set()),
        ("5号线地铁站", set()),
        ("", set()),
    ],
)
def test_anything_more_or_less_is_left_to_a_person(words: str, named: set[int]) -> None:
    found = match(words, PLACES, community="示范社区")
    assert {place.building for place in found.named} == named
    assert found.place is None


def test_a_longer_name_is_not_a_shorter_one() -> None:
    houses = [NamedPlace(1, 1, "1", "3号楼"), NamedPlace(1, 2, "2", "东区3号楼")]
    found = match("东区3号楼", houses)
    assert found.place == houses[1] and found.named == (houses[1],)
    assert match("3号楼", houses).place == houses[0]


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十三", 23),
        ("一百零二", 102),
        ("五〇二", 502),
        ("一百", 100),
    ],
)
def test_chinese_numerals_are_numbers(numeral: str, number: int) -> None:
    house = NamedPlace(1, 1, "x", f"{number}号楼")
    assert match(f"{numeral}号楼", [house]).place == house


@pytest.mark.parametrize("torn", ["十十", "百十百", "二三十", "十百"])
def test_what_is_no_numeral_matches_nothing(torn: str) -> None:
    houses = [NamedPlace(1, n, str(n), f"{n}号楼") for n in range(1, 200)]
    assert match(f"{torn}号楼", houses).place is None


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("平房区2单元501室", "平房区〔已隐去〕"),
        ("红砖楼3-502", "红砖楼〔已隐去〕"),
        ("白楼二单元三零一", "白楼〔已隐去〕"),
        ("菜市场后面", "菜市场后面"),
        ("西门外的平房", "西门外的平房"),
        ("88路车站旁", "88路车站旁"),
    ],
)
def test_the_way_to_a_flat_is_hidden(words: str, kept: str) -> None:
    assert without_door(words) == kept


@given(st.text(max_size=60))
def test_whatever_is_written_a_match_is_one_of_the_places(words: str) -> None:
    found = match(words, PLACES)
    assert set(found.named) <= set(PLACES)
    assert found.place is None or found.named == (found.place,)
    without_door(words)

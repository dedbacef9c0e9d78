"""PLACE.yaml: what is accepted, and that a mistake is named by line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.actions.place_file import PlaceError, load_place, parse_place
from core.errors import LinshengError
from core.settings import ROOT

GOOD = """\
community: {code: c1, name: 某社区}
grids:
  - code: g1
    name: 第一网格
    buildings:
      - {code: b1, name: 1号楼, households: 48}
  - {code: g2, name: 第二网格, x: 1, y: 2, w: 3, h: 4}
population:
  source: 台账
  as_of: 2026-01-01
  rows:
    - {grid: g1, age: [0, 14], sex: 1, n: 12}
    - {n: 300}
"""


def _file(folder: Path, text: str | bytes) -> Path:
    path = folder / "place.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_good_file_is_read_with_its_defaults(tmp_path: Path) -> None:
    place = load_place(_file(tmp_path, GOOD))
    assert (place.name, place.community.synthetic, place.subdistrict) == ("某社区", False, None)
    assert [grid.box for grid in place.grids] == [None, (1, 2, 3, 4)]
    assert place.population is not None
    assert (place.population.counts, place.population.with_tenants, place.population.assumed) == (
        "常住",
        True,
        False,
    )


@pytest.mark.parametrize("path", sorted((ROOT / "data" / "places").glob("*.yaml")), ids=lambda p: p.name)
def test_the_shipped_files_are_good(path: Path) -> None:
    assert load_place(path).name


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("households: 48", "households: 四十八", 6, "grids.1.buildings.1.households"),
        ("households: 48", "households: -1", 6, "households"),
        ("households: 48", "household: 48", 6, "household"),
        ("code: b1, ", "", 6, "code"),
        ("code: g1\n", "code: a b\n", 3, "grids.1.code"),
        ("h: 4", "hh: 4", 7, "hh"),
        (", h: 4", "", 7, "x、y、w、h"),
        ("w: 3", "w: 0", 7, "grids.2.w"),
        ("as_of: 2026-01-01", "as_of: 年初", 10, "2026-01-01"),
        ("as_of: 2026-01-01\n", "\n", 9, "as_of"),
        ("sex: 1", "sex: 3", 12, "sex"),
        ("[0, 14]", "[14, 0]", 12, "年龄"),
        ("[0, 14]", "[0]", 12, "age"),
        ("n: 12", "n: 1.5", 12, "n"),
        ("code: g2", "code: g1", 1, "g1"),
        ("grid: g1", "grid: g9", 1, "g9"),
        ("{n: 300}", "{grid: g1, age: [0, 14], sex: 1, n: 3}", 9, "两次"),
        ("grids:", "wards:", 1, "grids"),
    ],
)
def test_a_mistake_is_told_with_line_and_field(
    tmp_path: Path, old: str, new: str, line: int, field: str
) -> None:
    assert old in GOOD
    with pytest.raises(PlaceError) as told:
        load_place(_file(tmp_path, GOOD.replace(old, new, 1)))
    assert f"place.yaml 第 {line} 行" in str(told.value)
    assert field in str(told.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (GOOD.encode("gb18030"), "UTF-8"),
        (GOOD[:60] + "\n  [", "行写法不对"),
        ("a: {b: [1, 2\n", "行写法不对"),
        ("\x00", "行写法不对"),
        ("", "没有内容"),
        ("- 1\n- 2\n", "没有内容"),
        ("x: 2026-99-99\n", "行写法不对"),
    ],
)
def test_a_torn_file_or_another_encoding_is_told_as_such(
    tmp_path: Path, content: str | bytes, told: str
) -> None:
    with pytest.raises(PlaceError, match=told) as error:
        load_place(_file(tmp_path, content))
    assert isinstance(error.value, LinshengError)


def test_a_missing_file_is_told_by_its_name_only(tmp_path: Path) -> None:
    with pytest.raises(PlaceError) as told:
        load_place(tmp_path / "nowhere.yaml")
    assert "nowhere.yaml" in str(told.value) and str(tmp_path) not in str(told.value)


def test_plain_data_name_the_field_without_a_line() -> None:
    with pytest.raises(PlaceError, match="缺少 grids"):
        parse_place({"community": {"code": "c", "name": "n"}})


def test_codes_may_be_written_as_numbers() -> None:
    place = parse_place(
        {
            "community": {"code": 7, "name": "某社区"},
            "grids": [{"code": 1, "name": "一"}],
            "population": {"source": "s", "as_of": "2026-01-01", "rows": [{"grid": 1, "n": 5}]},
        }
    )
    assert (place.community.code, place.grids[0].code) == ("7", "1")

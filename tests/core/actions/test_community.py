"""A community from its place file: made once, brought up to the file afterwards, never doubled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core import database
from core.actions import round_cache
from core.actions.community import PlaceError, arrange, init_community, inside
from models.account import AuditEntry
from models.place import Building, Community, Grid, Population, Subdistrict

PLACE: dict[str, Any] = {
    "subdistrict": {"code": "s", "name": "某街道"},
    "community": {"code": "c", "name": "某社区", "phone": "0531-1"},
    "grids": [
        {"code": "g1", "name": "一", "buildings": [{"code": "1", "name": "1号楼", "households": 48}]},
        {
            "code": "g2",
            "name": "二",
            "x": 5,
            "y": 6,
            "w": 7,
            "h": 8,
            "buildings": [{"code": "1", "name": "甲"}],
        },
    ],
    "population": {
        "source": "台账",
        "as_of": "2026-01-01",
        "rows": [{"grid": "g1", "age": [60, 120], "sex": 2, "n": 9}, {"n": 300}],
    },
}


def _init(place: Mapping[str, Any]) -> int:
    with database.writing() as session:
        return init_community(session, place)


def _counted() -> tuple[int, ...]:
    with database.reading() as session:
        tables = (Subdistrict, Community, Grid, Building, Population)
        return tuple(session.scalar(select(func.count()).select_from(t)) or 0 for t in tables)


def test_running_twice_is_running_once(record: Path) -> None:
    assert _init(PLACE) == _init(PLACE)
    assert _counted() == (1, 1, 2, 2, 2)


def test_all_of_the_file_is_stored(record: Path) -> None:
    community_id = _init(PLACE)
    with database.reading() as session:
        community = session.get_one(Community, community_id)
        grids = {g.code: g for g in session.scalars(select(Grid))}
        cell, total = session.scalars(select(Population).order_by(Population.n)).all()
        deeds = session.scalars(select(AuditEntry.deed)).all()
    assert (community.name, community.phone, community.synthetic) == ("某社区", "0531-1", False)
    assert community.subdistrict_id is not None
    assert (grids["g2"].x, grids["g2"].y, grids["g2"].w, grids["g2"].h) == (5, 6, 7, 8)
    assert (cell.grid_id, cell.age_from, cell.age_to, cell.sex, cell.n) == (grids["g1"].id, 60, 120, 2, 9)
    assert (total.grid_id, total.age_from, total.sex, total.source) == (None, None, None, "台账")
    assert list(deeds) == ["community.set_up"]


def test_names_households_and_population_follow_the_file_and_nothing_is_deleted(record: Path) -> None:
    _init(PLACE)
    changed = {
        "community": {"code": "c", "name": "新名"},
        "grids": [
            {"code": "g1", "name": "壹", "buildings": [{"code": "1", "name": "1号楼", "households": 50}]}
        ],
        "population": {"source": "新台账", "as_of": "2026-06-01", "rows": [{"n": 310}]},
    }
    _init(changed)
    assert _counted() == (1, 1, 2, 2, 1)
    with database.reading() as session:
        assert session.scalars(select(Grid.name).order_by(Grid.code)).all() == ["壹", "二"]
        assert session.scalars(select(Building.households).order_by(Building.id)).all() == [50, None]
        assert session.scalars(select(Population.n)).all() == [310]


def test_a_file_without_population_leaves_the_stored_one(record: Path) -> None:
    _init(PLACE)
    _init({"community": PLACE["community"], "grids": PLACE["grids"]})
    assert _counted()[-1] == 2


def test_a_faulty_file_stores_nothing(record: Path) -> None:
    with pytest.raises(PlaceError):
        _init(PLACE | {"grids": []})
    assert _counted() == (0, 0, 0, 0, 0)


def test_imported_letters_are_never_turned_into_a_community(record: Path) -> None:
    with database.writing() as session:
        session.add(Community(code="c", name="市长信箱", source="letters"))
    with pytest.raises(PlaceError, match="市长信箱"):
        _init(PLACE)


def test_new_places_can_be_answered_from_at_once(record: Path) -> None:
    community_id = _init({**PLACE, "grids": PLACE["grids"][:1], "population": None})
    assert len(round_cache.places_of(community_id)[0]) == 1
    _init(PLACE)
    assert len(round_cache.places_of(community_id)[0]) == 2


def test_a_place_without_position_is_laid_out_apart_from_the_others() -> None:
    for n in (1, 5, 8, 15):
        boxes = arrange(n)
        assert len(set(boxes)) == n
        for i, (x, y, w, h) in enumerate(boxes):
            for x2, y2, w2, h2 in boxes[i + 1 :]:
                assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


@pytest.mark.parametrize("n", [0, 1, 5, 30])
def test_buildings_lie_inside_their_grid(n: int) -> None:
    boxes = inside((10.0, 20.0, 22.0, 20.0), n)
    assert len(set(boxes)) == n
    for x, y, w, h in boxes:
        assert x >= 10 and y >= 20 and x + w <= 32 and y + h <= 40 and w > 0 and h > 0

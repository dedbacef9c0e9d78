"""The map's geometry and the answers by building, as they stand in the record."""

from __future__ import annotations

from typing import Any

from core import database
from core.actions.fold import fold
from core.actions.submit import Submission, save_response
from core.queries.places import buildings, grids, responses_by_building
from models.place import Building, Community, Grid


def test_grids_come_in_the_order_entered_with_their_boxes(small: Any) -> None:
    with database.writing() as session:
        grid = session.get(Grid, small.other_grid)
        assert grid is not None
        grid.x, grid.y, grid.w, grid.h = 23, 0.5, 21, 20
    with database.reading() as session:
        found = grids(session, small.community)
        assert grids(session, 99).empty
    assert found["code"].tolist() == ["1", "2"]
    assert found.loc[1, ["grid", "name", "x", "y", "w", "h"]].tolist() == [
        small.other_grid, "第2网格", 23, 0.5, 21, 20,
    ]  # fmt: skip


def test_a_building_tells_its_households_or_that_nobody_knows(small: Any) -> None:
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    with database.writing() as session:
        session.add(Building(grid_id=small.other_grid, code="9", name="九号楼", x=3, footprint=shape))
    with database.reading() as session:
        found = buildings(session, small.community)
    assert found["grid"].tolist() == [small.grid, small.other_grid]
    assert found["name"].tolist() == ["1号楼", "九号楼"]
    assert found["households"].isna().tolist() == [False, True] and found["households"][0] == 40
    assert found["footprint"][1] == shape and found["x"][1] == 3


def test_another_communitys_places_are_left_out(small: Any) -> None:
    with database.writing() as session:
        other = Community(code="o", name="别的社区")
        session.add(other)
        session.flush()
        grid = Grid(community_id=other.id or 0, code="1", name="别的网格")
        session.add(grid)
        session.flush()
        session.add(Building(grid_id=grid.id or 0, code="1", name="别的楼"))
    with database.reading() as session:
        assert "别的网格" not in set(grids(session, small.community)["name"])
        assert "别的楼" not in set(buildings(session, small.community)["name"])


def test_responses_are_counted_by_the_building_named(small: Any) -> None:
    nowhere = {"grid": small.grid, "building": 0}
    for key, place in (("a", None), ("b", None), ("c", nowhere)):
        given = small.answers() if place is None else small.answers(grid=place)
        save_response(Submission(small.round, given, key=key))
    fold()
    with database.reading() as session:
        found = responses_by_building(session, small.round)
        assert responses_by_building(session, 99).empty
    assert found.to_dict("records") == [{"building": small.building, "n": 2}]

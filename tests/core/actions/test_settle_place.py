"""A place in words on its way into the record: made a place where it is sure, else kept for staff."""

from __future__ import annotations

from typing import Any

import pytest

from core import database
from core.actions.submit import Submission, save_response
from core.queries.check_data import findings
from models.response import Response


def _stored(small: Any, words: str, grid: dict[str, int] | None = None, *, key: str = "k") -> Response:
    given = small.answers(grid=grid, grid_other=words)
    receipt = save_response(Submission(small.round, given, key, short=True))
    with database.reading() as session:
        assert findings(session) == []
        return session.get_one(Response, receipt.response_id)


@pytest.mark.parametrize("words", ["1号楼", "一号楼2单元501", "第１网格，１栋", "测试社区1号楼"])
def test_words_that_name_one_building_are_that_building(small: Any, words: str) -> None:
    row = _stored(small, words)
    assert (row.grid_id, row.building_id) == (small.grid, small.building)
    assert row.answers["grid"] == {"grid": small.grid, "building": small.building}
    assert "grid_other" not in row.answers


def test_words_that_name_a_grid_are_that_grid(small: Any) -> None:
    row = _stored(small, "第二网格")
    assert (row.grid_id, row.building_id) == (small.other_grid, None)
    assert row.answers["grid"] == {"grid": small.other_grid} and "grid_other" not in row.answers


def test_a_building_in_words_belongs_to_the_grid_that_was_chosen(small: Any) -> None:
    row = _stored(small, "1号楼", {"grid": small.grid, "building": 0})
    assert (row.grid_id, row.building_id) == (small.grid, small.building)


def test_a_chosen_grid_goes_before_words_that_name_another(small: Any) -> None:
    row = _stored(small, "1号楼", {"grid": small.other_grid, "building": 0})
    assert (row.grid_id, row.building_id) == (small.other_grid, None)
    assert "grid_other" not in row.answers


def test_words_that_name_nothing_stay_and_the_place_is_unknown(small: Any) -> None:
    row = _stored(small, "菜市场后面2单元501室")
    assert (row.grid_id, row.building_id) == (None, None)
    assert row.answers["grid_other"] == "菜市场后面〔已隐去〕" and "grid" not in row.answers


def test_beside_a_chosen_grid_what_names_nothing_is_dropped(small: Any) -> None:
    row = _stored(small, "菜市场后面", {"grid": small.grid})
    assert row.grid_id == small.grid and "grid_other" not in row.answers


def test_sent_twice_it_is_stored_once(small: Any) -> None:
    assert _stored(small, "菜市场后面").id == _stored(small, "菜市场后面").id

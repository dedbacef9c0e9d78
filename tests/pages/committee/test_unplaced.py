"""The committee gives places in one tap: suggestions as buttons, all others in a list, and it says so."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.comments import Sentence, say_sentence
from core.actions.fold import fold_all
from core.actions.recount_check import differences
from core.actions.submit import Submission, save_response
from models.account import AuditEntry
from models.comment import Comment
from models.place import Building
from models.response import Response
from tests.core.conftest import Small


def _sheet(small: Small, words: str, key: str = "k") -> int:
    given = small.answers(grid=None, grid_other=words)
    return save_response(Submission(small.round, given, key, short=True)).response_id


def _row(table: Any, id_: int) -> Any:
    with database.reading() as session:
        return session.get_one(table, id_)


def _said(screen: AppTest) -> str:
    assert not screen.exception, screen.exception
    drawn = [getattr(one.proto, "body", "") or "" for one in screen.get("html")]
    return "\n".join([*drawn, *(one.value for one in screen.success)])


def test_with_nothing_to_do_it_says_what_would_be_here(staffed: Small, visit: Any) -> None:
    said = _said(visit("unplaced"))
    assert "没有要认的地方" in said and "会列在这里" in said


def test_one_tap_on_a_suggestion_places_the_sheet_and_corrects_the_count(staffed: Small, visit: Any) -> None:
    response_id = _sheet(staffed, "1号楼对面的平房")
    fold_all()
    screen = visit("unplaced")
    said = _said(screen)
    assert "有 1 处地方" in said and "1号楼对面的平房" in said and "2026 年秋" in said
    # Only the place is shown: nothing of what was answered or said.
    assert "四楼下不来" not in said and "E1" not in said
    button = screen.button(f"unplaced.sheets.{response_id}.{staffed.grid}.{staffed.building}")
    assert button.label == "就是第1网格 1号楼"
    screen = button.click().run()
    assert "已认好：第1网格 1号楼" in _said(screen) and "没有要认的地方" in _said(screen)
    row = _row(Response, response_id)
    assert (row.grid_id, row.building_id) == (staffed.grid, staffed.building)
    assert "grid_other" not in row.answers
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.deed == "response.placed")).one()
        assert entry.account_id is not None
        assert differences(session) == []


def test_what_no_name_fits_is_chosen_from_the_list(staffed: Small, visit: Any) -> None:
    response_id = _sheet(staffed, "菜市场后面")
    screen = visit("unplaced")
    key = f"unplaced.sheets.{response_id}"
    assert screen.button(f"{key}.assign").disabled
    choice = screen.selectbox(f"{key}.other")
    assert choice.options == ["第1网格（不分楼）", "第1网格 1号楼", "第2网格（不分楼）"]
    screen = choice.select("第2网格（不分楼）").run()
    screen.button(f"{key}.assign").click().run()
    assert _row(Response, response_id).grid_id == staffed.other_grid


def test_who_cannot_tell_says_so_and_the_words_go(staffed: Small, visit: Any) -> None:
    response_id = _sheet(staffed, "菜市场后面")
    screen = visit("unplaced").button(f"unplaced.sheets.{response_id}.unknown").click().run()
    assert "写的话已删掉" in _said(screen) and "菜市场" not in _said(screen)
    row = _row(Response, response_id)
    assert row.grid_id is None and "grid_other" not in row.answers


def test_a_sentence_that_names_two_places_gets_the_one_that_is_meant(staffed: Small, visit: Any) -> None:
    with database.writing() as session:
        session.add(Building(grid_id=staffed.other_grid, code="2", name="2号楼"))
    said = say_sentence(Sentence(staffed.community, "1号楼和2号楼中间的路灯不亮", "s")).response_id
    screen = visit("unplaced")
    assert "一句话里提到的地方" in _said(screen)
    labels = [one.label for one in screen.button if one.label.startswith("就是第")]
    assert sorted(labels) == ["就是第1网格 1号楼", "就是第2网格 2号楼"]
    screen.button(f"unplaced.sentences.{said}.{staffed.grid}.{staffed.building}").click().run()
    row = _row(Comment, said)
    assert row.grid_id == staffed.grid and row.original == "1号楼和2号楼中间的路灯不亮"


def test_what_a_colleague_did_meanwhile_is_told(staffed: Small, visit: Any) -> None:
    response_id = _sheet(staffed, "1号楼对面")
    screen = visit("unplaced")
    with database.writing() as session:
        session.get_one(Response, response_id).answers = {"consent": 1}
    key = f"unplaced.sheets.{response_id}.{staffed.grid}.{staffed.building}"
    screen = screen.button(key).click().run()
    assert _row(Response, response_id).grid_id is None
    assert "处理过" in _said(screen) or "没有要认的地方" in _said(screen)


def test_words_are_text_and_never_markup(staffed: Small, visit: Any) -> None:
    _sheet(staffed, "<b>红</b>砖楼 **x**")
    said = _said(visit("unplaced"))
    assert "&lt;b&gt;红" in said and "<b>红" not in said


@pytest.mark.parametrize("role", ["purchaser"])
def test_who_has_not_the_right_sees_no_words(staffed: Small, visit: Any, role: str) -> None:
    _sheet(staffed, "菜市场后面")
    assert "菜市场" not in _said(visit("unplaced", role))

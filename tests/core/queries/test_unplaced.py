"""What waits for a place: sheets that have words instead, sentences that name one; nothing of the answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from core import database
from core.actions.comments import Sentence, say_sentence
from core.actions.submit import Submission, save_response
from core.queries.unplaced import (
    PAGE,
    Unplaced,
    places_to_assign,
    unplaced_sentences,
    unplaced_sheets,
)
from models.base import now
from models.comment import Comment
from models.place import Community
from models.response import Response


def _sheet(small: Any, key: str, words: str | None, **changes: Any) -> int:
    given = small.answers(**{"grid": None, "grid_other": words} | changes)
    return save_response(Submission(small.round, given, key, short=True)).response_id


def _sheets(small: Any, community: int = 0) -> list[Unplaced]:
    with database.reading() as session:
        places = places_to_assign(session, small.community)
        return unplaced_sheets(session, community or small.community, places)


def _sentences(small: Any) -> list[Unplaced]:
    with database.reading() as session:
        places = places_to_assign(session, small.community)
        return unplaced_sentences(session, small.community, places, at=now())


def test_places_are_listed_grid_by_grid_with_their_buildings(small: Any) -> None:
    with database.reading() as session:
        found = places_to_assign(session, small.community)
    assert found.community == "测试社区"
    assert [(place.grid, place.building, place.name) for place in found.all] == [
        (small.grid, 0, "第1网格"),
        (small.grid, small.building, "1号楼"),
        (small.other_grid, 0, "第2网格"),
    ]


def test_sheets_with_words_and_no_place_wait_the_latest_first(small: Any) -> None:
    first = _sheet(small, "k1", "菜市场后面")
    second = _sheet(small, "k2", "1号楼对面")
    _sheet(small, "k3", None)
    _sheet(small, "k4", "红砖楼", grid={"grid": small.grid})
    _sheet(small, "k5", None, used=[0], open='"grid_other"')
    found = _sheets(small)
    assert [(item.id, item.words, item.about) for item in found] == [
        (second, "1号楼对面", "2026 年秋"),
        (first, "菜市场后面", "2026 年秋"),
    ]
    assert [place.name for place in found[0].named] == ["1号楼"] and found[1].named == ()


def test_a_sheet_that_has_a_place_does_not_wait_whatever_words_it_has(small: Any) -> None:
    placed = _sheet(small, "k1", "菜市场后面")
    with database.writing() as session:
        session.get_one(Response, placed).grid_id = small.grid
    assert _sheets(small) == []


def test_another_communitys_sheets_are_not_among_them(small: Any) -> None:
    _sheet(small, "k1", "菜市场后面")
    with database.writing() as session:
        other = Community(code="other", name="别处")
        session.add(other)
        session.flush()
        elsewhere = other.id or 0
    assert _sheets(small, elsewhere) == []


def test_a_page_and_one_more_are_asked_for(small: Any) -> None:
    for key in range(PAGE + 3):
        _sheet(small, f"k{key}", "菜市场后面")
    assert len(_sheets(small)) == PAGE + 1


def test_sentences_that_name_a_place_wait_and_others_do_not(small: Any) -> None:
    said = say_sentence(Sentence(small.community, "1号楼门口的路灯不亮，电话 13800000000", "a")).response_id
    say_sentence(Sentence(small.community, "路灯不亮", "b"))
    say_sentence(Sentence(small.community, "1号楼很好", "c", grid_id=small.grid))
    _sheet(small, "k1", None, open="1号楼的电梯")
    old = say_sentence(Sentence(small.community, "第2网格太吵", "d")).response_id
    with database.writing() as session:
        session.execute(update(Comment).where(Comment.id == old).values(said_at=now() - timedelta(days=61)))
    (item,) = _sentences(small)
    assert item.id == said and item.words == "1号楼门口的路灯不亮，电话 〔已隐去〕"
    assert [place.name for place in item.named] == ["1号楼"]

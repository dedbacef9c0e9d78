"""Staff give a place: the response, its comments and the tally follow, and the words are gone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions.alerts import Desk
from core.actions.assign_place import assign_response, assign_sentence, forget_words
from core.actions.comments import Sentence, say_sentence
from core.actions.fold import fold_all, recount
from core.actions.submit import Submission, save_response
from core.errors import Invalid, NotFound
from core.queries.check_data import findings
from models.account import AuditEntry
from models.comment import Comment
from models.place import Community
from models.response import Response
from models.tally import Tally, TallyMargin


def _rows(table: Any) -> set[tuple[Any, ...]]:
    with database.reading() as session:
        return {tuple(row) for row in session.execute(select(*table.__table__.columns))}


def _persons(small: Any, grid: int) -> int:
    """How many women of 70–79 of a grid want meals, by the tally."""
    query = select(col(Tally.n)).where(
        col(Tally.round_id) == small.round,
        col(Tally.question) == "need_elder",
        col(Tally.choice) == "E1",
        col(Tally.grid_id) == grid,
    )
    with database.reading() as session:
        return session.scalar(query) or 0


def _sheet(small: Any, key: str = "k", words: str = "菜市场后面") -> int:
    given = small.answers(grid=None, grid_other=words)
    return save_response(Submission(small.round, given, key, short=True)).response_id


def _assign(small: Any, response_id: int, **place: Any) -> None:
    with database.writing() as session:
        assign_response(session, response_id, Desk(small.community, 7), **place)


def _row(response_id: int) -> Response:
    with database.reading() as session:
        return session.get_one(Response, response_id)


@pytest.mark.parametrize("folded", [True, False])
def test_response_comment_and_tally_follow_and_the_words_are_gone(small: Any, folded: bool) -> None:
    response_id = _sheet(small)
    save_response(Submission(small.round, small.answers(), "other", short=True))
    if folded:
        fold_all()
        assert (_persons(small, 0), _persons(small, small.grid)) == (1, 1)
    _assign(small, response_id, grid=small.grid, building=small.building)
    row = _row(response_id)
    assert (row.grid_id, row.building_id) == (small.grid, small.building)
    assert row.answers["grid"] == {"grid": small.grid, "building": small.building}
    assert "grid_other" not in row.answers and row.answers["need_elder"] == ["E1", "E5"]
    with database.reading() as session:
        said = session.scalars(select(Comment).where(col(Comment.response_id) == response_id)).one()
        assert (said.grid_id, said.building_id) == (small.grid, small.building)
        entry = session.scalars(select(AuditEntry).where(col(AuditEntry.deed) == "response.placed")).one()
        assert (entry.subject_id, entry.account_id) == (response_id, 7)
        assert findings(session) == []
    fold_all()
    assert (_persons(small, 0), _persons(small, small.grid)) == (0, 2)
    counted = _rows(Tally), _rows(TallyMargin)
    recount()
    assert counted == (_rows(Tally), _rows(TallyMargin))


def test_a_grid_alone_is_a_place_too(small: Any) -> None:
    response_id = _sheet(small)
    _assign(small, response_id, grid=small.other_grid)
    row = _row(response_id)
    assert (row.grid_id, row.building_id, row.answers["grid"]) == (
        small.other_grid,
        None,
        {"grid": small.other_grid},
    )


def test_who_cannot_tell_drops_the_words_and_the_place_stays_unknown(small: Any) -> None:
    response_id = _sheet(small)
    fold_all()
    before = _rows(Tally), _rows(TallyMargin)
    with database.writing() as session:
        forget_words(session, response_id, Desk(small.community, 7))
    row = _row(response_id)
    assert row.grid_id is None and "grid_other" not in row.answers
    assert before == (_rows(Tally), _rows(TallyMargin))
    with pytest.raises(Invalid):
        _assign(small, response_id, grid=small.grid)


def test_a_colleague_who_was_slower_changes_nothing(small: Any) -> None:
    response_id = _sheet(small)
    _assign(small, response_id, grid=small.grid)
    with pytest.raises(Invalid, match="处理过"):
        _assign(small, response_id, grid=small.other_grid)
    assert _row(response_id).grid_id == small.grid


def test_a_response_that_never_had_words_is_not_moved(small: Any) -> None:
    receipt = save_response(Submission(small.round, small.answers(grid=None), "k", short=True))
    with pytest.raises(Invalid):
        _assign(small, receipt.response_id, grid=small.grid)


def test_what_is_gone_or_of_another_community_is_not_found(small: Any) -> None:
    response_id = _sheet(small)
    with database.writing() as session:
        other = Community(code="other", name="别处")
        session.add(other)
        session.flush()
        elsewhere = Desk(other.id or 0, 7)
    with pytest.raises(NotFound), database.writing() as session:
        assign_response(session, response_id, elsewhere, grid=small.grid)
    with pytest.raises(NotFound), database.writing() as session:
        forget_words(session, response_id, elsewhere)
    with pytest.raises(NotFound, match="不在了"):
        _assign(small, response_id + 99, grid=small.grid)
    assert _row(response_id).grid_id is None


@pytest.mark.parametrize("place", ["grid", "building"])
def test_a_place_that_is_none_is_not_assigned(small: Any, place: str) -> None:
    response_id = _sheet(small)
    wrong = {"grid": 10**6} if place == "grid" else {"grid": small.other_grid, "building": small.building}
    with pytest.raises(NotFound):
        _assign(small, response_id, **wrong)
    assert _row(response_id).grid_id is None and "grid_other" in _row(response_id).answers


def test_a_sentence_gets_its_place_and_keeps_its_words(small: Any) -> None:
    said = say_sentence(Sentence(small.community, "1号楼门口路灯不亮", "s")).response_id
    desk = Desk(small.community, 7)
    with database.writing() as session:
        assign_sentence(session, said, desk, grid=small.grid, building=small.building)
    with database.reading() as session:
        row = session.get_one(Comment, said)
        assert (row.grid_id, row.building_id) == (small.grid, small.building)
        assert row.original == "1号楼门口路灯不亮"
        assert findings(session) == []
    with pytest.raises(Invalid), database.writing() as session:
        assign_sentence(session, said, desk, grid=small.other_grid)


def test_a_comment_of_a_sheet_is_no_sentence(small: Any) -> None:
    _sheet(small)
    with database.reading() as session:
        said = session.scalars(select(col(Comment.id))).one()
    with pytest.raises(NotFound), database.writing() as session:
        assign_sentence(session, said or 0, Desk(small.community, 7), grid=small.grid)

"""Questionnaires never change, rounds open and close, published figures are frozen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core import database
from core.actions.rounds import (
    NewRound,
    close_round,
    extend_round,
    open_round,
    publish_questionnaire,
    publish_snapshot,
)
from core.actions.submit import Submission, save_response
from core.errors import Closed, Invalid, NotFound
from core.questionnaires.load import load_shipped, parse, plain
from models.account import AuditEntry, Snapshot
from models.base import now
from models.questionnaire import Questionnaire, Round


def _new(small: Any, **changes: Any) -> NewRound:
    facts = {
        "community_id": small.community,
        "questionnaire": "needs-v1",
        "code": "spring",
        "name": "春季调查",
        "opens_at": now() - timedelta(hours=1),
    }
    return NewRound(**(facts | changes))


def _deeds() -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry.deed).order_by(AuditEntry.id)))


def _open(new: NewRound) -> int:
    with database.writing() as session:
        return open_round(session, new, account_id=7)


def test_a_questionnaire_is_published_once_and_never_changed(record: Path) -> None:
    definition = load_shipped("feedback-v1")
    with database.writing() as session:
        first = publish_questionnaire(session, definition)
        assert publish_questionnaire(session, definition) == first
    changed = parse(plain(definition) | {"title": "别的题目"})
    with pytest.raises(Invalid, match="feedback-v1"), database.writing() as session:
        publish_questionnaire(session, changed)
    with database.reading() as session:
        kept = session.scalars(select(Questionnaire)).one()
    assert (kept.title, kept.kind) == (definition.title, "feedback")
    assert _deeds() == ["questionnaire.published"]


def test_a_questionnaire_with_a_fault_is_not_published(record: Path) -> None:
    content = plain(load_shipped("feedback-v1")) | {"code": "other-v1"}
    content["sections"][0]["questions"][1]["relevant"] = "nobody == 1"
    with pytest.raises(Invalid, match="nobody"), database.writing() as session:
        publish_questionnaire(session, parse(content))
    assert _deeds() == []


def test_a_round_takes_answers_from_its_opening_until_it_is_closed(small: Any) -> None:
    round_id = _open(_new(small))
    save_response(Submission(round_id, small.answers(), key="a"))
    with database.writing() as session:
        closed = close_round(session, round_id)
        assert close_round(session, round_id) == closed
    with pytest.raises(Closed):
        save_response(Submission(round_id, small.answers(), key="b"))
    assert [deed for deed in _deeds() if deed.startswith("round")] == ["round.opened", "round.closed"]


def test_the_opening_is_in_the_audit_with_its_author(sqlite_record: Path, small: Any) -> None:
    round_id = _open(_new(small))
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.deed == "round.opened")).one()
    assert (entry.account_id, entry.subject, entry.subject_id) == (7, "round", round_id)


def test_a_round_that_would_close_later_is_closed_now(small: Any) -> None:
    round_id = _open(_new(small, closes_at=now() + timedelta(days=5)))
    with database.writing() as session:
        close_round(session, round_id)
    with database.reading() as session:
        closes_at = session.get_one(Round, round_id).closes_at
    assert closes_at is not None and closes_at <= now()


def test_a_round_that_is_over_takes_answers_again_until_its_new_last_day(small: Any) -> None:
    round_id = _open(_new(small))
    with database.writing() as session:
        close_round(session, round_id)
        extend_round(session, round_id, now() + timedelta(days=2), account_id=7)
    save_response(Submission(round_id, small.answers(), key="a"))
    with pytest.raises(Invalid, match="今天"), database.writing() as session:
        extend_round(session, round_id, now() - timedelta(minutes=1))
    with pytest.raises(Closed):
        later = now() + timedelta(days=3)
        save_response(Submission(round_id, small.answers(), key="b", received_at=later))
    with database.writing() as session:
        extend_round(session, round_id, None)
    assert _deeds()[-1] == "round.extended"


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"code": "2026-autumn"}, Invalid, "已经用过"),
        ({"code": "两 个"}, Invalid, "只能用"),
        ({"name": "  "}, Invalid, "名称"),
        ({"name": "长" * 81}, Invalid, "名称"),
        ({"closes_at": now() - timedelta(days=2)}, Invalid, "晚于"),
        ({"questionnaire": "needs-v9"}, NotFound, "needs-v9"),
        ({"community_id": 99}, NotFound, "社区"),
    ],
)
def test_a_round_that_makes_no_sense_is_not_opened(
    small: Any, changes: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        _open(_new(small, **changes))
    assert _deeds() == []


def test_each_publication_is_a_version_of_its_own(small: Any) -> None:
    figures = [{"need": "E1", "grid": None, "persons": 214, "share": 0.183}]
    with database.writing() as session:
        publish_snapshot(session, small.round, figures, "第一次公示")
        publish_snapshot(session, small.round, [{"need": "E2", "persons": None}])
    figures[0]["persons"] = 0
    with database.reading() as session:
        first, second = session.scalars(select(Snapshot).order_by(Snapshot.version)).all()
    assert (first.version, second.version, first.note) == (1, 2, "第一次公示")
    assert first.figures == [{"need": "E1", "grid": None, "persons": 214, "share": 0.183}]
    assert (first.community_id, first.round_id) == (small.community, small.round)


@pytest.mark.parametrize(
    ("figures", "note"),
    [([], ""), ([{"share": float("nan")}], ""), ([{"x": object()}], ""), ([{"n": 1}], "长" * 401)],
)
def test_figures_that_cannot_be_kept_are_not_published(small: Any, figures: Any, note: str) -> None:
    with pytest.raises(Invalid), database.writing() as session:
        publish_snapshot(session, small.round, figures, note)
    assert _deeds() == []


def test_an_unknown_round_is_neither_closed_nor_published(sqlite_record: Path) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        close_round(session, 99)
    with pytest.raises(NotFound), database.writing() as session:
        extend_round(session, 99, None)
    with pytest.raises(NotFound), database.writing() as session:
        publish_snapshot(session, 99, [{"n": 1}])

"""The tally of comments follows every reading, label and deletion, and a recount finds the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlmodel import col

from core import database
from core.actions.comment_tally import Cell, counted, moving, recount
from core.actions.read_comments import read_waiting
from core.text.reading import Reading
from models.account import Account
from models.base import now
from models.comment import Classification, Comment, Label
from models.place import Community
from models.tally import CommentTally

# 31 October, 17:30 in UTC: already November in China.
EVE = datetime(2026, 10, 31, 17, 30, tzinfo=UTC)


class _Reader:
    """Reads the area off the text; "?" is unsure, "!" urgent."""

    version = "v1"

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text."""
        return [Reading(t[1:], (), 0.9, "neg", "need", t[0] == "!", t[0] == "?") for t in texts]


@pytest.fixture
def community(record: Path) -> int:
    """A community, and somebody who labels."""
    with database.writing() as session:
        session.add(Community(code="t", name="社区"))
        session.add(Account(name="a", display="a", password_hash="x", created_at=now()))
    return 1


def _say(*texts: str, at: datetime = EVE) -> list[int]:
    with database.writing() as session:
        rows = [
            Comment(
                community_id=1, channel="sentence", original=t, redacted=t, said_at=at, received_at=at
            ) for t in texts
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        return [row.id or 0 for row in rows]


def _label(comment_id: int, area: str, *, urgent: bool = False) -> None:
    with database.writing() as session, moving(session, [comment_id]):
        session.add(
            Label(
                comment_id=comment_id, account_id=1, area=area, sentiment="neg", intent="need", urgent=urgent,
                labelled_at=now(),
            )
        )  # fmt: skip


def _stored() -> dict[Cell, int]:
    with database.reading() as session:
        rows = session.scalars(select(CommentTally).where(col(CommentTally.n) != 0)).all()
        return {Cell(r.community_id, r.month, r.area, r.state, r.urgent): r.n for r in rows}


def _agree() -> None:
    with database.reading() as session:
        assert _stored() == dict(counted(session))


def test_what_waits_is_in_no_cell_and_what_is_read_in_one(community: int) -> None:
    _say("-elderly", "-elderly", "!safety", "?health")
    assert _stored() == {}
    read_waiting(_Reader())
    assert _stored() == {
        Cell(1, "2026-11", "elderly", "classified", False): 2,
        Cell(1, "2026-11", "safety", "classified", True): 1,
        Cell(1, "2026-11", "", "abstained", False): 1,
    }


def test_a_label_moves_a_comment_and_the_newest_counts(community: int) -> None:
    first, unread = _say("?health", "-elderly")
    read_waiting(_Reader(), batch=1)
    _label(first, "family")
    _label(first, "culture", urgent=True)
    _label(unread, "other")
    assert _stored() == {
        Cell(1, "2026-11", "culture", "classified", True): 1,
        Cell(1, "2026-11", "other", "classified", False): 1,
    }
    read_waiting(_Reader())
    _agree()


def test_a_deleted_comment_leaves_the_tally(community: int) -> None:
    first, _ = _say("-elderly", "-elderly")
    read_waiting(_Reader())
    with database.writing() as session, moving(session, [first]):
        session.execute(delete(Classification).where(col(Classification.comment_id) == first))
        session.execute(delete(Comment).where(col(Comment.id) == first))
    assert _stored() == {Cell(1, "2026-11", "elderly", "classified", False): 1}


def test_a_deed_that_fails_moves_nothing(community: int) -> None:
    _say("-elderly")
    read_waiting(_Reader())
    with pytest.raises(RuntimeError), database.writing() as session, moving(session, [1]):
        session.execute(delete(Classification))
        raise RuntimeError
    assert _stored() == {Cell(1, "2026-11", "elderly", "classified", False): 1}


def test_a_recount_writes_what_is_there(community: int) -> None:
    _say("-elderly", "!safety")
    read_waiting(_Reader())
    before = _stored()
    with database.writing() as session:
        session.execute(delete(CommentTally))
        session.add(
            CommentTally(community_id=1, month="2020-01", area="x", state="classified", urgent=False, n=9)
        )
        session.flush()
        recount(session)
    assert _stored() == before


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.tuples(st.sampled_from(["say", "read", "label"]), st.integers(0, 9)), max_size=12))
def test_whatever_happens_the_tally_is_what_a_recount_finds(community: int, deeds: list[Any]) -> None:
    areas = ("elderly", "culture", "safety")
    for deed, k in deeds:
        if deed == "say":
            _say("-!?"[k % 3] + areas[k % 2])
        elif deed == "read":
            read_waiting(_Reader(), batch=k + 1)
        else:
            with database.reading() as session:
                ids = session.scalars(select(col(Comment.id)).order_by(col(Comment.id))).all()
            if ids:
                _label(ids[k % len(ids)] or 0, areas[k % 3], urgent=k % 2 == 0)
    _agree()
    with database.reading() as session:
        assert all(n > 0 for n in Counter(counted(session)).values())

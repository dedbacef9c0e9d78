"""Machine and people side by side; nobody sees another's label before their own is settled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import database
from core.actions.labels import Reviewer, withdraw_last
from core.actions.read_comments import read_waiting
from core.queries.review import Desk
from core.queries.review_history import Said, history, machine_pairs, reader_pairs, reviewed
from models.base import now
from models.comment import UNDO_MINUTES, Comment
from tests.core.conftest import Small
from tests.core.reviewing import Reads, label, person, says

LATER = timedelta(minutes=UNDO_MINUTES, seconds=30)


@pytest.fixture
def desk(small: Small) -> Desk:
    """The first reviewer."""
    return Desk(small.community, person("li"))


@pytest.fixture
def other(desk: Desk) -> Desk:
    """A colleague."""
    return Desk(desk.community_id, person("wang"))


def _history(desk: Desk, said: int, *, later: timedelta = timedelta()) -> list[Said]:
    with database.reading() as session:
        return history(session, desk, said, now() + later)


def _withdraw(desk: Desk) -> None:
    with database.writing() as session:
        withdraw_last(session, Reviewer(desk.community_id, desk.account_id))


def test_every_version_and_every_label_stands_in_the_order_it_came(desk: Desk) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities / safety / 0.61")
    with database.writing() as session:
        found = session.get(Comment, said)
        assert found is not None
        found.state = "waiting"
        session.add(found)
    newer = Reads()
    newer.version = "v2"
    read_waiting(newer)
    label(desk, said, "safety", areas=("elderly",), urgent=True)
    label(desk, said, "health")
    _withdraw(desk)
    first, second, mine, taken_back = _history(desk, said)
    assert [(one.by, one.person, one.probability) for one in (first, second)] == [
        ("v1", False, 0.61),
        ("v2", False, 0.61),
    ]
    assert (mine.by, mine.person, mine.area, mine.areas) == ("li的姓名", True, "safety", ("elderly",))
    assert mine.urgent and mine.withdrawn_at is None
    assert taken_back.area == "health" and taken_back.withdrawn_at is not None


def test_nobody_sees_anothers_label_before_their_own_is_settled(desk: Desk, other: Desk) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities")
    label(other, said, "employment")
    for wait in (timedelta(), LATER):
        assert [one for one in _history(desk, said, later=wait) if one.person] == [], "none of my own yet"
    label(desk, said, "safety")
    assert [one.area for one in _history(desk, said) if one.person] == ["safety"]
    assert [one.area for one in _history(desk, said, later=LATER) if one.person] == ["employment", "safety"]


def test_taking_ones_label_back_makes_one_blind_again(desk: Desk, other: Desk) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities")
    label(other, said, "employment")
    label(desk, said, "safety")
    _withdraw(desk)
    for wait in (timedelta(), LATER):
        assert [one.area for one in _history(desk, said, later=wait) if one.person] == ["safety"]


def test_a_label_another_took_back_is_not_shown_early_either(desk: Desk, other: Desk) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities")
    label(other, said, "employment")
    _withdraw(other)
    assert [one for one in _history(desk, said) if one.person] == []


def test_what_one_labelled_stands_beside_the_machine_newest_first(desk: Desk, other: Desk) -> None:
    ids = says(desk.community_id, "a / facilities", "b / culture", "c / health")
    label(desk, ids[0], "safety")
    label(desk, ids[1], "culture")
    label(desk, ids[0], "elderly")
    label(other, ids[2], "safety")
    with database.reading() as session:
        found = reviewed(session, desk)
        assert [one.comment_id for one in reviewed(session, desk, most=1)] == [ids[0]]
        assert reviewed(session, Desk(desk.community_id + 1, desk.account_id)) == []
    assert [(one.comment_id, one.machine, one.label) for one in found] == [
        (ids[0], "facilities", "elderly"),
        (ids[1], "culture", "culture"),
    ]


def test_with_the_machine_the_newest_label_is_compared(desk: Desk, other: Desk) -> None:
    ids = says(desk.community_id, "a / facilities", "b / culture")
    label(desk, ids[0], "safety")
    label(desk, ids[0], "facilities")
    label(other, ids[1], "health")
    with database.reading() as session:
        pairs = machine_pairs(session, desk)
        assert machine_pairs(session, Desk(desk.community_id + 1, desk.account_id)).empty
    assert pairs.to_numpy().tolist() == [[ids[0], "facilities", "facilities"]]


def test_with_another_reader_both_ones_first_labels_are_compared(desk: Desk, other: Desk) -> None:
    ids = says(desk.community_id, "a / facilities", "b / culture", "c / health")
    label(other, ids[0], "employment")
    label(desk, ids[0], "safety")
    label(desk, ids[0], "employment")
    label(desk, ids[1], "culture")
    label(other, ids[2], "health")
    with database.reading() as session:
        mine, theirs = reader_pairs(session, desk), reader_pairs(session, other)
    assert mine.to_numpy().tolist() == [[ids[0], "safety", "employment"]]
    assert theirs.to_numpy().tolist() == [[ids[0], "employment", "safety"]]

"""Which comment comes next: what teaches most, what is urgent, the sample, and the second reading."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from core import database
from core.actions.labels import Reviewer, withdraw_last
from core.analysis.review_sample import draw
from core.queries import review_queue
from core.queries.review import Desk, labelled_today, review_item
from core.queries.review_queue import Order, Waiting, queue, still_open, waiting
from core.queries.reviewed import reviewed
from models.base import now
from models.comment import Comment
from models.place import Community
from tests.core.conftest import Small
from tests.core.reviewing import NOON, label, person, says


@pytest.fixture
def desk(small: Small) -> Desk:
    """The first reviewer."""
    return Desk(small.community, person("li"))


@pytest.fixture
def other(desk: Desk) -> Desk:
    """A colleague."""
    return Desk(desk.community_id, person("wang"))


def _queue(desk: Desk, order: Order, **how: object) -> list[int]:
    with database.reading() as session:
        return queue(session, desk, order, **how)  # type: ignore[arg-type]


def _waiting(desk: Desk) -> Waiting:
    with database.reading() as session:
        return waiting(session, desk)


def _settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The community has its diverse labels."""
    monkeypatch.setattr(review_queue, "DIVERSE_FIRST", 0)


def test_the_first_hundred_take_turns_between_areas_and_months(desk: Desk) -> None:
    lifts = says(desk.community_id, *(f"电梯{i} / facilities" for i in range(4)))
    before = says(desk.community_id, "早电梯 / facilities", at=NOON - timedelta(days=60))
    schools = says(desk.community_id, *(f"学校{i} / children_youth" for i in range(2)))
    found = _queue(desk, Order.TEACHES)
    assert sorted(found) == sorted([*lifts, *before, *schools])
    assert [sum(id_ in part for id_ in found[:3]) for part in (lifts, before, schools)] == [1, 1, 1]
    assert [sum(id_ in part for id_ in found[3:5]) for part in (lifts, schools)] == [1, 1]
    assert set(found[5:]) <= set(lifts)


def test_a_stratum_with_labels_waits_until_the_others_have_as_many(desk: Desk) -> None:
    lifts = says(desk.community_id, *(f"电梯{i} / facilities" for i in range(4)))
    schools = says(desk.community_id, *(f"学校{i} / children_youth" for i in range(2)))
    for said in lifts[:2]:
        label(desk, said, "culture")
    found = _queue(desk, Order.TEACHES)
    assert found[:2] == [id_ for id_ in found if id_ in schools]
    assert set(found[2:]) == set(lifts[2:])


def test_behind_the_first_hundred_the_smallest_margin_comes_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear, close, middle = says(
        desk.community_id,
        "a / facilities / safety / 0.90 / 0.05",
        "b / facilities / safety / 0.45 / 0.44",
        "c / facilities / safety / 0.40 / 0.10",
    )
    monkeypatch.setattr(review_queue, "DIVERSE_FIRST", 1)
    assert _queue(desk, Order.TEACHES)[1:] == [
        id_ for id_ in (close, middle, clear) if id_ != _queue(desk, Order.TEACHES)[0]
    ]
    _settle(monkeypatch)
    assert _queue(desk, Order.TEACHES) == [close, middle, clear]
    assert _queue(desk, Order.TEACHES, most=2) == [close, middle]
    assert _queue(desk, Order.TEACHES, skip=[close]) == [middle, clear]
    label(desk, close, "safety")
    assert _queue(desk, Order.TEACHES) == [middle, clear]


def test_urgent_ones_come_first_then_the_latest_also_before_they_are_read(desk: Desk) -> None:
    calm, urgent = says(desk.community_id, "路灯 / facilities", "冒烟! / safety")
    (late,) = says(desk.community_id, "花 / environment", at=NOON + timedelta(days=1))
    (unread,) = says(desk.community_id, "煤气泄漏了", at=NOON + timedelta(hours=1), read=False)
    assert _queue(desk, Order.URGENT) == [unread, urgent, late, calm]
    assert unread not in _queue(desk, Order.TEACHES)
    assert _waiting(desk) == Waiting(4, 0)


def test_what_anybody_labelled_is_no_first_reading_any_more(desk: Desk, other: Desk) -> None:
    first, second = says(desk.community_id, "a / facilities", "b / facilities")
    ids = [second, first]
    label(other, first, "safety")
    for order in (Order.TEACHES, Order.URGENT, Order.SAMPLE):
        assert _queue(desk, order) == [second]
        with database.reading() as session:
            assert still_open(session, desk, order, ids) == [second]
    assert _waiting(desk).first == 1
    with database.writing() as session:
        withdraw_last(session, Reviewer(other.community_id, other.account_id))
    assert sorted(_queue(desk, Order.TEACHES)) == [first, second] and _waiting(desk).first == 2


def test_the_sample_is_that_of_the_plan_and_goes_on_where_it_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(desk.community_id, *(f"电梯{i} / facilities / safety / 0.{50 + i}" for i in range(12)))
    monkeypatch.setattr(review_queue, "SAMPLE_STEP", 4)
    with database.reading() as session:
        plan = list(draw(reviewed(session, desk.community_id), 4)["comment_id"])
    assert _queue(desk, Order.SAMPLE) == plan
    label(desk, plan[0], "safety")
    assert _queue(desk, Order.SAMPLE) == plan[1:]
    assert _queue(desk, Order.SAMPLE, skip=plan[1:2]) == plan[2:]
    for said in plan[1:]:
        label(desk, said, "safety")
    assert 4 <= len(_queue(desk, Order.SAMPLE)) + 4 <= 8
    assert not set(_queue(desk, Order.SAMPLE)) & set(plan)


def _sampled(ids: list[int]) -> list[int]:
    """The rule of the second reading by hand, in Python's integers."""
    return [id_ for id_ in ids if id_ * 1103515245 % 2147483647 % 10 == 0]


def test_a_tenth_of_what_one_other_person_labelled_is_read_a_second_time(desk: Desk, other: Desk) -> None:
    ids = says(desk.community_id, *(f"第{i}条 / facilities" for i in range(60)))
    sampled = _sampled(ids)
    assert 2 <= len(sampled) <= 14
    for said in ids:
        label(other, said, "safety")
    assert sorted(_queue(desk, Order.SECOND)) == sampled and _queue(other, Order.SECOND) == []
    assert (_waiting(desk), _waiting(other)) == (Waiting(0, len(sampled)), Waiting(0, 0))
    label(desk, sampled[0], "health")
    assert sorted(_queue(desk, Order.SECOND)) == sampled[1:]
    third = Desk(desk.community_id, person("chen"))
    assert sorted(_queue(third, Order.SECOND)) == sampled[1:], "two have read it: that is enough"
    assert 0.08 < len(_sampled(list(range(1, 20_001)))) / 20_000 < 0.12


def test_a_second_reader_gets_the_same_as_if_nobody_had_labelled(desk: Desk, other: Desk) -> None:
    ids = says(desk.community_id, *(f"第{i}条 / facilities / safety" for i in range(30)))
    said = _sampled(ids)[0]
    with database.reading() as session:
        before = review_item(session, desk, said)
    label(other, said, "employment", areas=("culture",), sentiment="pos", intent="praise", urgent=True)
    with database.reading() as session:
        assert review_item(session, desk, said) == before
    assert before is not None and before.suggestions == ("facilities", "safety")


def test_an_item_is_redacted_and_of_this_community_alone(desk: Desk) -> None:
    (said,) = says(desk.community_id, "打13800138000 ! / facilities / safety / 0.5 / 0.3")
    with database.reading() as session:
        found = review_item(session, desk, said)
        assert review_item(session, Desk(desk.community_id + 1, desk.account_id), said) is None
        assert review_item(session, desk, said + 1) is None
    assert found is not None and "13800138000" not in found.text
    assert (found.sentiment, found.intent, found.urgent) == ("neg", "complaint", True)
    assert (found.state, found.channel, found.said_at) == ("classified", "sentence", NOON)


def test_a_comment_the_machine_could_not_read_has_no_suggestion_and_comes_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(desk.community_id, "a / facilities / safety / 0.5 / 0.4")
    (said,) = says(desk.community_id, "读不了", read=False)
    with database.writing() as session:
        found = session.get(Comment, said)
        assert found is not None
        found.state = "failed"
        session.add(found)
    _settle(monkeypatch)
    assert _queue(desk, Order.TEACHES)[0] == said
    with database.reading() as session:
        item = review_item(session, desk, said)
    assert item is not None and (item.suggestions, item.sentiment, item.intent) == ((), "neu", "none")


def test_other_communities_comments_are_nowhere(desk: Desk) -> None:
    with database.writing() as session:
        elsewhere = Community(code="o", name="别处", synthetic=True)
        session.add(elsewhere)
        session.flush()
        there = Desk(elsewhere.id or 0, desk.account_id)
    says(there.community_id, *(f"第{i}条 / facilities" for i in range(3)))
    assert [_queue(desk, order) for order in Order] == [[]] * len(Order)
    assert (_waiting(desk), _waiting(there).first) == (Waiting(0, 0), 3)


def test_today_begins_at_midnight_in_china(desk: Desk) -> None:
    ids = says(desk.community_id, "a / facilities", "b / facilities")
    for said in ids:
        label(desk, said, "safety")
    with database.reading() as session:
        assert labelled_today(session, desk, now()) == 2
        assert labelled_today(session, desk, now() + timedelta(days=1)) == 0


def test_a_tap_asks_few_questions_of_the_record(desk: Desk) -> None:
    says(desk.community_id, *(f"第{i}条 / facilities" for i in range(3)))
    asked: list[str] = []

    def note(*words: object) -> None:
        asked.append(str(words[2]))

    ids = _queue(desk, Order.TEACHES)
    event.listen(database.engine(), "before_cursor_execute", note)
    with database.reading() as session:
        still_open(session, desk, Order.TEACHES, ids)
        review_item(session, desk, ids[0])
        waiting(session, desk)
        labelled_today(session, desk, now())
    event.remove(database.engine(), "before_cursor_execute", note)
    assert len([one for one in asked if one.startswith("SELECT")]) <= 7


def test_of_very_many_comments_only_some_are_looked_at_for_diversity(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = says(desk.community_id, *(f"第{i}条 / facilities" for i in range(40)))
    monkeypatch.setattr(review_queue, "DIVERSE_AMONG", 10)
    monkeypatch.setattr(review_queue, "DIVERSE_FIRST", 40)
    found = _queue(desk, Order.TEACHES, most=40)
    assert sorted(found) == sorted(ids), "those not looked at follow by their margin"
    drawn = [id_ for id_ in ids if id_ * 1103515245 % 2147483647 < 2147483647 * 10 // 40]
    assert set(found[: len(drawn)]) == set(drawn)

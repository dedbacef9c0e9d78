"""What staff see of alerts: the pressing first, counts and figures by hand, comments to mark as missed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core import database
from core.actions.alerts import Miss, close_alert, escalate, open_alert, record_miss
from core.queries.alerts import (
    OpenAlerts,
    alert_figures,
    closed_alerts,
    missable,
    open_alerts,
    open_by_community,
    together,
)
from models.alert import Alert
from models.base import now
from tests.core.alerting import FIRE, QUIET, alerts, always_on, desk, say_it

pytestmark = pytest.mark.usefixtures("quick_hashes")
HALF, YEAR = timedelta(minutes=30), timedelta(days=365)


def _raise(small: Any, n: int) -> list[Alert]:
    """n alerts, raised an hour apart, the first the earliest; at the latest now."""
    always_on(small.community)
    for i in range(n):
        say_it(small.community, f"{FIRE}{i}")
    at = now()
    with database.writing() as session:
        for i, one in enumerate(alerts()):
            raised = at - timedelta(hours=n - 1 - i)
            values = {"raised_at": raised, "due_at": raised + HALF}
            session.execute(update(Alert).where(Alert.id == one.id).values(values))
    return alerts()


def _do(deed: Any, *args: Any, **named: Any) -> Any:
    with database.writing() as session:
        return deed(session, *args, **named)


def test_those_nobody_opened_come_first_then_by_deadline(small: Any) -> None:
    one, two, three = _raise(small, 3)
    seat = desk(small.community)
    _do(open_alert, one.id, seat)
    with database.reading() as session:
        found = open_alerts(session, small.community)
    assert [item.alert_id for item in found] == [two.id, three.id, one.id]
    assert (found[2].opened_by, found[0].opened_by) == ("juwei", "")
    assert found[0].text == FIRE + "1" and "fire" in found[0].kinds and not found[0].hides


def test_an_item_tells_where_to_whom_it_went_on_and_that_words_are_hidden(small: Any) -> None:
    from core.actions.submit import Submission, save_response

    always_on(small.community)
    save_response(Submission(small.round, small.answers(open=FIRE + "，13812345678"), "k"))
    (one,) = alerts()
    escalate(one.due_at)
    with database.reading() as session:
        (item,) = open_alerts(session, small.community)
    assert item.place == ("第1网格", "1号楼") and item.hides and "138" not in item.text
    assert item.passed_on == ((one.due_at, "乙（801）"),)


def test_a_supervisor_who_gets_it_at_once_is_named_once(small: Any) -> None:
    say_it(small.community, FIRE)
    escalate(alerts()[0].due_at)
    with database.reading() as session:
        (item,) = open_alerts(session, small.community)
    assert [to for _, to in item.passed_on] == ["督导"]


def test_what_waits_is_counted_by_community(small: Any) -> None:
    one, two, _ = _raise(small, 3)
    seat = desk(small.community)
    with database.reading() as session:
        assert open_by_community(session, now()) == {small.community: OpenAlerts(3, 3, 2)}
    _do(open_alert, one.id, seat)
    _do(close_alert, two.id, seat, outcome="handled")
    with database.reading() as session:
        found = open_by_community(session, now())
    assert found == {small.community: OpenAlerts(2, 1, 0)}
    assert together(found, [small.community, 99]) == OpenAlerts(2, 1, 0)
    assert together(found, [99]) == OpenAlerts(0, 0, 0)


def test_the_figures_by_hand(small: Any) -> None:
    """Five by words: handled in time, handed over late, no danger, a duplicate, one not yet due."""
    a, b, c, d, _ = _raise(small, 5)
    seat = desk(small.community)
    missed = say_it(small.community, QUIET)
    escalate(b.due_at)
    for one, outcome, minutes in (
        (a, "handled", 5),
        (b, "handed_over", 31),
        (c, "not_danger", 30),
        (d, "duplicate", 1),
    ):
        _do(close_alert, one.id, seat, outcome=outcome, at=one.raised_at + timedelta(minutes=minutes))
    _do(record_miss, Miss(missed, "resident", still=True), seat)
    at = now()
    with database.reading() as session:
        found = alert_figures(session, small.community, since=at - YEAR, at=at)
        later = alert_figures(session, small.community, since=at + HALF, at=at)
    assert (found.raised, found.by_source) == (6, {"words": 5, "person": 1})
    # Passing b on at its deadline passed a on too, whose own had come before.
    assert (found.due, found.in_time, found.escalated) == (4, 3, 2)
    assert found.outcomes == {"handled": 1, "handed_over": 1, "not_danger": 1, "duplicate": 1}
    assert (found.real, found.judged, found.missed) == (2, 3, 1)
    assert (later.raised, later.missed) == (0, 0)


def test_an_alert_a_person_raised_says_nothing_of_the_machine(small: Any) -> None:
    seat, said = desk(small.community), say_it(small.community, QUIET)
    _do(record_miss, Miss(said, "review", still=True), seat)
    _do(close_alert, alerts()[0].id, seat, outcome="handled")
    with database.reading() as session:
        found = alert_figures(session, small.community, since=now() - YEAR, at=now())
    assert (found.judged, found.real, found.outcomes) == (0, 0, {"handled": 1})


def test_closed_alerts_the_latest_first_and_only_so_many(small: Any) -> None:
    found, seat = _raise(small, 4), desk(small.community)
    for i, one in enumerate(found):
        _do(close_alert, one.id, seat, outcome="handled", note=str(i), at=now() + i * HALF)
    with database.reading() as session:
        assert [one.note for one in closed_alerts(session, small.community, most=3)] == ["3", "2", "1"]


def test_comments_to_be_marked_are_found_by_their_words(small: Any) -> None:
    seat = desk(small.community)
    calm, quiet, marked = (say_it(small.community, text) for text in ("灯亮了两夜", QUIET, "灯又亮了"))
    say_it(small.community, "灯边" + FIRE)
    _do(record_miss, Miss(marked, "reading"), seat)
    with database.reading() as session:
        assert [one.comment_id for one in missable(session, small.community, " 灯 ")] == [calm]
        assert [one.comment_id for one in missable(session, small.community, "今晚")] == [quiet]
        assert missable(session, small.community, "%") == missable(session, small.community, " ") == []
        assert missable(session, small.community + 1, "灯") == []


def test_another_community_s_alerts_are_not_shown(small: Any) -> None:
    _raise(small, 1)
    with database.reading() as session:
        assert open_alerts(session, small.community + 1) == []

"""Alerts are opened once, closed with an outcome, passed on once each stage; misses are recorded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from core import database
from core.actions.alerts import (
    Desk,
    Miss,
    close_alert,
    escalate,
    open_alert,
    original_words,
    record_miss,
)
from core.actions.fold import fold
from core.actions.submit import Submission, save_response
from core.analysis.estimates import estimate
from core.errors import Invalid, NotFound
from core.queries.survey import needs_of, newest_round, survey_frames
from models.account import AuditEntry
from models.alert import Alert, AlertMiss
from models.comment import Comment
from models.tally import Tally, TallyMargin
from tests.core.alerting import FIRE, QUIET, alerts, always_on, desk, say_it, staff

HALF = timedelta(minutes=30)

pytestmark = pytest.mark.usefixtures("quick_hashes")


def _raised(small: Any) -> Alert:
    always_on(small.community)
    say_it(small.community, FIRE)
    (found,) = alerts()
    return found


def _do(deed: Any, *args: Any, **named: Any) -> Any:
    with database.writing() as session:
        return deed(session, *args, **named)


def _deeds() -> list[str]:
    with database.reading() as session:
        query = select(AuditEntry.deed).where(AuditEntry.deed.like("alert.%")).order_by(AuditEntry.id)
        return list(session.scalars(query))


def test_an_alert_is_opened_by_the_first_who_takes_it(small: Any) -> None:
    found, first = _raised(small), desk(small.community)
    second = Desk(small.community, staff("shegong", "social_worker"))
    at = found.raised_at + timedelta(minutes=5)
    assert _do(open_alert, found.id, first, at=at) is True
    assert _do(open_alert, found.id, second, at=at + HALF) is False
    (now_,) = alerts()
    assert (now_.opened_by, now_.opened_at) == (first.account_id, at)
    assert _deeds() == ["alert.opened"]


def test_many_who_take_it_at_once_are_told_that_one_has_it(small: Any) -> None:
    found, seat = _raised(small), desk(small.community)
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: _do(open_alert, found.id, seat), range(6)))
    assert sorted(taken) == [False] * 5 + [True]


def test_closing_records_the_outcome_once(small: Any) -> None:
    found, seat = _raised(small), desk(small.community)
    at = found.raised_at + HALF
    with pytest.raises(Invalid, match="请选择结果"):
        _do(close_alert, found.id, seat, outcome="fine")
    with pytest.raises(Invalid, match="401 字"):
        _do(close_alert, found.id, seat, outcome="handled", note="长" * 401)
    _do(close_alert, found.id, seat, outcome="handed_over", note=" 已转 119 ", at=at)
    (now_,) = alerts()
    assert (now_.outcome, now_.note, now_.closed_by) == ("handed_over", "已转 119", seat.account_id)
    assert now_.opened_at == now_.closed_at == at
    for deed in (open_alert, close_alert):
        with pytest.raises(Invalid, match="已经有结果"):
            _do(deed, found.id, seat, **({"outcome": "handled"} if deed is close_alert else {}))


def test_an_alert_of_another_community_is_not_found(small: Any) -> None:
    found, seat = _raised(small), desk(small.community)
    other = Desk(small.community + 1, seat.account_id)
    for deed, named in ((open_alert, {}), (close_alert, {"outcome": "handled"}), (original_words, {})):
        with pytest.raises(NotFound):
            _do(deed, found.id, other, **named)
    with pytest.raises(NotFound):
        _do(open_alert, (found.id or 0) + 99, seat)


def test_nobody_opens_it_deputy_then_supervisor_each_once(small: Any) -> None:
    found = _raised(small)
    due = found.due_at
    assert escalate(due - timedelta(seconds=1)) == 0
    assert escalate(due) == 1 and escalate(due) == 0
    (now_,) = alerts()
    assert (now_.escalated_at, now_.escalated_to, now_.escalated_again_at) == (due, "乙（801）", None)
    assert escalate(due + HALF - timedelta(seconds=1)) == 0
    assert escalate(due + HALF) == 1 and escalate(due + 10 * HALF) == 0
    (now_,) = alerts()
    assert (now_.escalated_at, now_.escalated_again_at) == (due, due + HALF)
    assert now_.escalated_again_to == "丙（802）"
    assert _deeds() == ["alert.escalated"] * 2


def test_several_workers_at_once_pass_it_on_once(small: Any) -> None:
    found = _raised(small)
    with ThreadPoolExecutor(6) as pool:
        passed = list(pool.map(lambda _: escalate(found.due_at), range(6)))
    assert sum(passed) == 1 and _deeds() == ["alert.escalated"]


@pytest.mark.parametrize("opened", [True, False])
def test_what_was_opened_or_closed_in_time_is_not_passed_on(small: Any, opened: bool) -> None:
    found, seat = _raised(small), desk(small.community)
    if opened:
        _do(open_alert, found.id, seat)
    else:
        _do(close_alert, found.id, seat, outcome="not_danger")
    assert escalate(found.due_at + 9 * HALF) == 0


def test_without_a_deputy_it_goes_to_the_supervisor_at_once(small: Any) -> None:
    say_it(small.community, FIRE)
    (found,) = alerts()
    assert escalate(found.due_at) == 1 and escalate(found.due_at + 9 * HALF) == 0
    (now_,) = alerts()
    assert now_.escalated_to == now_.escalated_again_to == "督导"


def test_the_hidden_words_are_shown_to_whoever_has_opened_it_and_that_is_recorded(small: Any) -> None:
    say_it(small.community, FIRE + "，我电话 13812345678")
    (found,), seat = alerts(), desk(small.community)
    with pytest.raises(Invalid, match="我来处理"):
        _do(original_words, found.id, seat)
    _do(open_alert, found.id, seat)
    assert "13812345678" in _do(original_words, found.id, seat)
    assert _deeds()[-1] == "alert.original_seen"
    _do(close_alert, found.id, seat, outcome="handled")
    with pytest.raises(Invalid):
        _do(original_words, found.id, seat)


def test_a_resident_may_take_the_comment_back_and_the_record_stays(small: Any) -> None:
    found, seat = _raised(small), desk(small.community)
    _do(open_alert, found.id, seat)
    with database.writing() as session:
        session.execute(delete(Comment))
    with pytest.raises(NotFound, match="撤回"):
        _do(original_words, found.id, seat)
    _do(close_alert, found.id, seat, outcome="handled")
    (now_,) = alerts()
    assert (now_.comment_id, now_.outcome) == (None, "handled")


def test_a_miss_is_recorded_once_with_who_when_and_how(small: Any) -> None:
    seat, said = desk(small.community), say_it(small.community, QUIET)
    made = _do(record_miss, Miss(said, "agency", "派出所来电"), seat)
    with database.reading() as session:
        row = session.get_one(AlertMiss, made)
        assert (row.comment_id, row.found_by, row.how, row.note) == (
            said,
            seat.account_id,
            "agency",
            "派出所来电",
        )
    assert alerts() == []
    with pytest.raises(Invalid, match="已经记过"):
        _do(record_miss, Miss(said, "reading"), seat)


def test_a_miss_with_danger_yet_raises_an_alert_however_old_the_words_are(small: Any) -> None:
    from models.base import now

    seat, said = desk(small.community), say_it(small.community, QUIET, now() - timedelta(days=90))
    _do(record_miss, Miss(said, "call_back", still=True), seat)
    assert [(one.comment_id, one.source) for one in alerts()] == [(said, "person")]


def test_what_cannot_be_a_miss_is_refused(small: Any) -> None:
    seat, alarmed = desk(small.community), say_it(small.community, FIRE)
    for miss, error, told in (
        (Miss(alarmed, "reading"), Invalid, "已经发过预警"),
        (Miss(alarmed + 99, "reading"), NotFound, "没有找到"),
        (Miss(alarmed, "dream"), Invalid, "怎么发现"),
    ):
        with pytest.raises(error, match=told):
            _do(record_miss, miss, seat)
    with pytest.raises(NotFound):
        _do(record_miss, Miss(alarmed, "reading"), Desk(small.community + 1, seat.account_id))


def test_no_figure_of_demand_knows_of_alerts(small: Any) -> None:
    def _figures() -> Any:
        fold()
        with database.reading() as session:
            cells = [session.execute(select(*t.__table__.columns)).all() for t in (Tally, TallyMargin)]
            found = newest_round(session, small.community)
            return cells, estimate(needs_of(found.definition), survey_frames(session, found)).to_csv()

    for i in range(12):
        save_response(Submission(small.round, small.answers(open=FIRE), f"k{i}"))
    before = _figures()
    with database.writing() as session:
        assert session.scalar(select(func.count()).select_from(Alert)) == 12
    seat = desk(small.community)
    escalate(alerts()[0].due_at + HALF)
    for one in alerts():
        _do(close_alert, one.id, seat, outcome="handled")
    assert _figures() == before
    with database.writing() as session:
        session.execute(delete(Alert))
    assert _figures() == before

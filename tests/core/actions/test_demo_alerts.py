"""The demo's roster and alerts: in every state, told anew from the moment of loading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from core import database
from core.actions.demo_accounts import create_demo_accounts
from core.actions.demo_alerts import load_demo_alerts
from core.actions.duty import roster_of
from core.actions.seed_data import seed_plan
from core.analysis.duty_hours import gaps, overlaps
from core.queries.alerts import AlertFigures, alert_figures, open_alerts
from core.settings import settings
from core.text.danger import dangers
from models.alert import Alert
from models.comment import Comment
from models.place import Community
from models.taxonomy import ALERT_OUTCOMES, MISS_WAYS
from tests.core.alerting import alerts, say_it

AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # Thursday 10:00 in China
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def loaded(
    sqlite_record: Path, quick_hashes: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[list[Alert], AlertFigures]]:
    """A synthetic community with ten alarming sentences, its accounts, roster and alerts."""
    monkeypatch.setenv("LINSHENG_DEMO", "1")
    settings.cache_clear()
    with database.writing() as session:
        session.add(Community(code="d", name="示范", synthetic=True))
    create_demo_accounts()
    for i in range(10):
        said_at = datetime(2026, 11, 2 + i, 3, 0, tzinfo=UTC)
        say_it(
            1,
            "他昨晚又打我，眼睛肿得睁不开，孩子在旁边看着，不敢报警" if i == 0 else f"第{i}次漏电了",
            said_at,
        )
    with database.writing() as session:
        session.execute(update(Comment).values(received_at=Comment.said_at))
    assert load_demo_alerts(AT) == 12
    with database.reading() as session:
        yield alerts(), alert_figures(session, 1, since=START, at=AT)


def test_alerts_stand_in_every_state(loaded: tuple[list[Alert], AlertFigures]) -> None:
    found, figures = loaded
    assert figures.raised == 12 and figures.missed == 1
    assert sum(one.opened_at is None for one in found) == 1
    assert sum(one.opened_at is not None and one.closed_at is None for one in found) == 1
    assert figures.escalated == sum(one.opened_at > one.due_at for one in found if one.closed_at) == 2
    assert figures.outcomes["handed_over"] == 1, "the sentence written as a danger"
    assert figures.outcomes["not_danger"] == 9


def test_the_waiting_ones_are_of_the_last_hours(loaded: tuple[list[Alert], AlertFigures]) -> None:
    with database.reading() as session:
        first, second = open_alerts(session, 1)
    assert (AT - first.raised_at).total_seconds() == 12 * 60 and first.due_at > AT
    assert second.opened_by == "示范居委会"


def test_without_the_demo_and_its_accounts_nothing_is_done(
    sqlite_record: Path,
) -> None:
    assert load_demo_alerts(AT) == 0


def test_the_roster_covers_offices_evenings_and_weekends_and_nobody_twice(
    loaded: tuple[list[Alert], AlertFigures],
) -> None:
    with database.reading() as session:
        roster = roster_of(session, 1)
    assert overlaps(roster.shifts) == [] and len(gaps(roster.shifts)) == 7
    assert roster.supervisor == "示范督导（分机 8003）"


def test_the_file_says_only_what_the_field_knows() -> None:
    plan = seed_plan("alerts")
    assert {one["outcome"] for one in [*plan["danger"].values(), plan["harmless"]]} <= set(ALERT_OUTCOMES)
    assert all(dangers(one["text"]) for one in plan["fresh"])
    assert plan["missed"]["how"] in MISS_WAYS and not dangers(plan["missed"]["text"])

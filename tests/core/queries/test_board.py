"""What the public board shows, and what it never shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import database
from core.queries.board import coming_activities, latest_result, published_answers
from models.account import Snapshot
from models.comment import AnswerToResidents
from models.place import Community
from models.programme import Activity, Enrolment
from models.questionnaire import Questionnaire, Round

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def community(record: Path) -> int:
    """A community with one round."""
    with database.writing() as session:
        session.add(Community(code="d", name="D社区"))
        session.add(
            Questionnaire(
                code="needs-v1", kind="needs", title="需求", definition={}, digest="0", published_at=NOON
            )
        )
        session.flush()
        session.add(Round(code="r", name="2026 年调查", community_id=1, questionnaire_id=1, opens_at=NOON))
    return 1


def test_an_empty_record_publishes_nothing(community: int) -> None:
    with database.reading() as session:
        assert latest_result(session, community) is None
        assert published_answers(session, community) == []
        assert coming_activities(session, community, since=NOON, until=NOON + DAY) == []


def test_the_newest_version_of_a_result_is_the_one_shown(community: int) -> None:
    with database.writing() as session:
        for version, n in ((1, 40), (2, 60)):
            session.add(
                Snapshot(
                    community_id=community,
                    round_id=1,
                    version=version,
                    figures=[{"need": "E1", "n": n}],
                    published_at=NOON + version * DAY,
                )
            )
    with database.reading() as session:
        found = latest_result(session, community)
    assert found is not None and (found.version, found.figures) == (2, [{"need": "E1", "n": 60}])
    with database.reading() as session:
        assert latest_result(session, community + 1) is None


def test_an_answer_is_public_only_once_somebody_published_it(community: int) -> None:
    with database.writing() as session:
        for topic, published in (("草稿", False), ("助餐", True)):
            session.add(
                AnswerToResidents(
                    community_id=community,
                    area="elderly",
                    topic=topic,
                    voices=37,
                    state="answered",
                    answered_at=NOON,
                    published=published,
                )
            )
    with database.reading() as session:
        assert [given.topic for given in published_answers(session, community)] == ["助餐"]


def test_free_places_are_capacity_less_those_enrolled_and_cancelled_ones_free_their_place(
    community: int,
) -> None:
    with database.writing() as session:
        for code, capacity in (("lecture", 3), ("walk", None), ("full", 1)):
            session.add(
                Activity(
                    code=code,
                    name=code,
                    community_id=community,
                    area="culture",
                    starts_at=NOON + DAY,
                    capacity=capacity,
                )
            )
        session.flush()
        for activity_id, state in ((1, "enrolled"), (1, "withdrawn"), (3, "enrolled"), (3, "enrolled")):
            session.add(Enrolment(activity_id=activity_id, enrolled_at=NOON, state=state))
    with database.reading() as session:
        found = coming_activities(session, community, since=NOON, until=NOON + 30 * DAY)
    assert [(card.name, card.free) for card in found] == [("lecture", 2), ("walk", None), ("full", 0)]


def test_activities_that_began_or_were_called_off_are_not_offered(community: int) -> None:
    with database.writing() as session:
        for code, at, cancelled in (("past", NOON - DAY, False), ("off", NOON + DAY, True)):
            session.add(
                Activity(
                    code=code,
                    name=code,
                    community_id=community,
                    area="culture",
                    starts_at=at,
                    cancelled=cancelled,
                )
            )
    with database.reading() as session:
        assert coming_activities(session, community, since=NOON, until=NOON + 30 * DAY) == []

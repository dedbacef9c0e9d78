"""Which rounds are open and which activities can be rated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import database
from core.queries.rounds import communities, open_rounds, recent_activities
from models.place import Community
from models.programme import Activity
from models.questionnaire import Questionnaire, Round

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def community(record: Path) -> int:
    """One community with a published questionnaire."""
    with database.writing() as session:
        place = Community(code="d", name="D社区", phone="0531-8000", synthetic=True)
        asked = Questionnaire(
            code="needs-v1", kind="needs", title="需求", definition={}, digest="0", published_at=NOON
        )
        session.add_all([place, asked])
        session.flush()
        assert place.id is not None
        return place.id


def add_round(community_id: int, code: str, opens: datetime, closes: datetime | None) -> None:
    with database.writing() as session:
        session.add(
            Round(
                code=code,
                name=code,
                community_id=community_id,
                questionnaire_id=1,
                opens_at=opens,
                closes_at=closes,
            )
        )


def names(community_id: int, at: datetime = NOON) -> list[str]:
    with database.reading() as session:
        return [found.name for found in open_rounds(session, community_id, at)]


def test_an_empty_community_has_nothing_to_answer(community: int) -> None:
    with database.reading() as session:
        assert open_rounds(session, community, NOON) == []
        assert recent_activities(session, community, since=NOON - DAY, until=NOON) == []


def test_a_round_is_open_from_its_first_moment_until_just_before_its_last(community: int) -> None:
    add_round(community, "r", NOON, NOON + DAY)
    second = timedelta(seconds=1)
    assert names(community, NOON - second) == []
    assert names(community, NOON) == ["r"]
    assert names(community, NOON + DAY - second) == ["r"]
    assert names(community, NOON + DAY) == []


def test_a_round_without_an_end_stays_open_and_the_newest_comes_first(community: int) -> None:
    add_round(community, "old", NOON - 30 * DAY, None)
    add_round(community, "new", NOON - DAY, None)
    assert names(community) == ["new", "old"]


def test_rounds_of_other_communities_are_not_offered(community: int) -> None:
    add_round(community, "r", NOON - DAY, None)
    assert names(community + 1) == []


def test_a_community_shows_its_name_phone_and_whether_it_is_synthetic(community: int) -> None:
    with database.reading() as session:
        (card,) = communities(session)
    assert (card.name, card.phone, card.synthetic, card.source) == ("D社区", "0531-8000", True, "")


def test_activities_to_rate_are_those_that_began_and_were_not_cancelled(community: int) -> None:
    def activity(code: str, at: datetime, *, cancelled: bool = False) -> Activity:
        return Activity(
            code=code, name=code, community_id=community, area="elderly", starts_at=at, cancelled=cancelled
        )

    with database.writing() as session:
        session.add_all(
            [
                activity("long-ago", NOON - 90 * DAY),
                activity("last-week", NOON - 7 * DAY),
                activity("yesterday", NOON - DAY),
                activity("called-off", NOON - 2 * DAY, cancelled=True),
                activity("tomorrow", NOON + DAY),
            ]
        )
    with database.reading() as session:
        found = recent_activities(session, community, since=NOON - 60 * DAY, until=NOON)
    assert [card.name for card in found] == ["yesterday", "last-week"]

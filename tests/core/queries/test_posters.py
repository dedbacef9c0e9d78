"""What a poster or slip leads to: only places, activities and surveys of this community, by their codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core import database
from core.actions.rounds import publish_questionnaire
from core.actions.submit import Submission, save_response
from core.errors import Invalid, NotFound
from core.queries.posters import Wanted, poster_target, slips_targets, tickets_used, to_choose
from core.queries.rounds import CommunityCard, communities
from core.questionnaires.load import load_shipped
from core.tickets import Slips
from models.base import now
from models.place import Community, Grid
from models.programme import Activity
from models.questionnaire import Round


@pytest.fixture
def card(small: Any) -> Iterator[CommunityCard]:
    """The small community with a round of feedback and an activity; another one beside it."""
    with database.writing() as session:
        feedback = publish_questionnaire(session, load_shipped("feedback-v1"))
        other = Community(code="other", name="别处")
        session.add(other)
        session.flush()
        session.add_all(
            [
                Grid(community_id=other.id, code="9", name="第9网格"),
                Round(
                    code="fb",
                    community_id=small.community,
                    questionnaire_id=feedback,
                    name="评",
                    opens_at=now(),
                ),
                *(
                    Activity(code=code, community_id=id_, name=name, area="elderly", starts_at=now())
                    for code, id_, name in (
                        ("lunch", small.community, "爱心午餐"),
                        ("far", other.id, "别处的课"),
                    )
                ),
            ]
        )
    with database.reading() as session:
        yield communities(session)[0]


def _target(card: CommunityCard, *wanted: Any, **more: Any) -> Any:
    with database.reading() as session:
        return poster_target(session, card, Wanted(*wanted, **more), now())


def _slips(card: CommunityCard, **wanted: Any) -> Any:
    with database.reading() as session:
        return slips_targets(session, card, Wanted("slips", **wanted), now())


def test_each_kind_leads_where_it_should(card: CommunityCard) -> None:
    found = _target(card, "community")
    assert (found.path, found.carried, found.name) == ("/f", {"c": "t"}, "")
    found = _target(card, "grid", "2")
    assert (found.path, found.carried, found.name) == ("/f", {"c": "t", "g": "2"}, "第2网格")
    found = _target(card, "building", "1", "1")
    assert (found.path, found.carried) == ("/f", {"c": "t", "g": "1", "b": "1"})
    assert found.name == "第1网格 1号楼"
    found = _target(card, "activity", activity="lunch", round="fb")
    assert (found.path, found.carried, found.name) == ("/f/fb", {"a": "lunch"}, "爱心午餐")


def test_slips_have_serial_numbers_and_tickets_of_their_own(card: CommunityCard, small: Any) -> None:
    found = _slips(card, grid="1", building="1", round="2026-autumn", first=3, n=12)
    first = small.building * 1000 + 3
    assert [slip.serial for slip in found] == list(range(first, first + 12))
    slips = Slips("2026-autumn", "1")
    for slip in found:
        assert slip.path == "/f/2026-autumn"
        assert slip.carried == {"g": "1", "b": "1", "t": slips.ticket(slip.serial)}
    assert len({slip.carried["t"] for slip in found}) == 12


def test_slips_of_a_grid_without_a_building(card: CommunityCard) -> None:
    (found,) = _slips(card, grid="2", round="2026-autumn", first=999, n=1)
    assert (found.serial, found.carried["g"], "b" in found.carried) == (999, "2", False)


@pytest.mark.parametrize(
    "wanted",
    [
        {"kind": "grid"},
        {"kind": "grid", "grid": "9"},
        {"kind": "building", "grid": "1"},
        {"kind": "building", "grid": "2", "building": "1"},
        {"kind": "activity", "activity": "lunch"},
        {"kind": "activity", "activity": "far", "round": "fb"},
        {"kind": "activity", "activity": "lunch", "round": "2026-autumn"},
    ],
)
def test_what_is_not_here_is_not_found(card: CommunityCard, wanted: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        _target(card, **wanted)


def test_a_kind_nobody_knows_is_refused(card: CommunityCard) -> None:
    with pytest.raises(Invalid):
        _target(card, "everything")


@pytest.mark.parametrize(("first", "n"), [(1, 0), (1, 201), (0, 1), (900, 101), (10**6, 1)])
def test_numbers_beyond_a_building_are_refused(card: CommunityCard, first: int, n: int) -> None:
    with pytest.raises(Invalid, match="张数"):
        _slips(card, grid="1", building="1", round="2026-autumn", first=first, n=n)


@pytest.mark.parametrize("code", ["", "fb", "2025"])
def test_slips_are_for_a_survey_of_needs(card: CommunityCard, code: str) -> None:
    with pytest.raises(NotFound):
        _slips(card, grid="1", building="1", round=code, n=1)


def test_a_survey_that_is_over_is_not_offered(card: CommunityCard, small: Any) -> None:
    with database.writing() as session:
        session.execute(
            update(Round).where(Round.code == "2026-autumn").values(closes_at=now() - timedelta(days=1))
        )
    with database.reading() as session:
        assert to_choose(session, small.community, now()).of_kind("needs") == []


def test_how_tickets_were_used_is_counted_per_survey(card: CommunityCard, small: Any) -> None:
    for key in range(4):
        save_response(Submission(small.round, small.answers(), f"k{key}", short=True, ticket="a" * 64))
    save_response(Submission(small.round, small.answers(), "none", short=True))
    with database.reading() as session:
        (used,) = tickets_used(session, small.community)
    assert used == (small.round, "2026 年秋", 4, 2)

"""Asking what is provided: programmes that run, persons reached, others, population, households."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from core import database
from core.actions.attendance import attend
from core.actions.programmes import Serves, add_activity, add_other_provision, add_programme, add_service_user
from core.queries import provision as asking
from models.place import Population
from models.programme import Activity, OtherProvision, Programme, ServiceUser

TODAY = date(2026, 11, 10)
NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)


def _rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return [tuple(None if pd.isna(x) else x for x in row) for row in frame.itertuples(index=False)]


def _programme(small: Any, code: str, needs: list[Serves], **changes: Any) -> int:
    span = {"starts_on": TODAY - timedelta(days=30), "ends_on": TODAY + timedelta(days=30)} | changes
    with database.writing() as session:
        programme = Programme(code=code, community_id=small.community, name=code, area="elderly", **span)
        return add_programme(session, programme, needs)


def _card(small: Any, code: str) -> int:
    with database.writing() as session:
        return add_service_user(
            session,
            ServiceUser(code=code, community_id=small.community, notice_version="1", since_on=TODAY),
        )


def _activity(small: Any, code: str, programme: int, need: str | None = "E1") -> int:
    with database.writing() as session:
        return add_activity(
            session,
            Activity(
                code=code, community_id=small.community, programme_id=programme, name=code, area="elderly",
                need=need, starts_at=NOON,
            ),
        )  # fmt: skip


def test_nothing_provided_and_nobody_known_are_empty_frames(small: Any) -> None:
    with database.reading() as session:
        assert asking.population(session, small.community).empty
        assert asking.population_source(session, small.community) is None
        assert list(asking.provision(session, small.community, TODAY)) == ["item", "grid", "provision"]
        assert list(asking.reached(session, small.community, TODAY)) == ["item", "reached"]
        assert asking.other_provision(session, small.community).empty


def test_programmes_of_one_need_add_up_by_the_grid_they_are_bound_to(small: Any) -> None:
    """60 daily meal places serve 60 persons; 24 lectures of 40 seats serve 960 who need one each."""
    _programme(small, "a", [Serves("E1", 40, grid_id=small.grid), Serves("E3", 40, sessions=24)])
    _programme(small, "b", [Serves("E1", 15), Serves("E1", 20, grid_id=small.grid)])
    with database.reading() as session:
        found = _rows(asking.provision(session, small.community, TODAY))
    assert sorted(found, key=str) == [("E1", None, 15), ("E1", small.grid, 60), ("E3", None, 960)]


@pytest.mark.parametrize(
    ("on", "runs"),
    [
        (TODAY - timedelta(days=31), False),
        (TODAY - timedelta(days=30), True),
        (TODAY + timedelta(days=30), True),
        (TODAY + timedelta(days=31), False),
    ],
)
def test_a_programme_counts_from_its_first_day_to_its_last(small: Any, on: date, runs: bool) -> None:
    _programme(small, "a", [Serves("E1", 40)])
    with database.reading() as session:
        assert (not asking.provision(session, small.community, on).empty) is runs


def test_a_programme_of_another_community_is_not_ours(small: Any) -> None:
    _programme(small, "a", [Serves("E1", 40)])
    with database.reading() as session:
        assert asking.provision(session, small.community + 1, TODAY).empty


def test_reached_counts_each_card_once_a_need_and_nobody_without_one(small: Any) -> None:
    programme = _programme(small, "a", [Serves("E1", 40)])
    cards = [_card(small, f"D{i}") for i in range(3)]
    for i, here in enumerate((cards[:2], cards)):
        activity = _activity(small, f"x{i}", programme)
        with database.writing() as session:
            attend(session, activity, here, heads=7, at=NOON)
    with database.reading() as session:
        assert _rows(asking.reached(session, small.community, TODAY)) == [("E1", 3)]
        assert asking.reached(session, small.community, TODAY + timedelta(days=99)).empty


def test_an_activity_without_a_need_reaches_nobody_for_one(small: Any) -> None:
    activity = _activity(small, "x", _programme(small, "a", []), need=None)
    card = _card(small, "D1")
    with database.writing() as session:
        attend(session, activity, [card], at=NOON)
    with database.reading() as session:
        assert asking.reached(session, small.community, TODAY).empty


def test_what_others_provide_comes_with_source_and_date(small: Any) -> None:
    with database.writing() as session:
        add_other_provision(
            session,
            OtherProvision(
                community_id=small.community, need="C1", name="小学延时班", kind="school", persons=180,
                source="学校公告", as_of=TODAY,
            ),
        )  # fmt: skip
    with database.reading() as session:
        found = asking.other_provision(session, small.community)
    assert _rows(found) == [("C1", "小学延时班", "school", None, 180, "学校公告", TODAY)]


def test_the_population_is_given_as_entered_with_its_latest_source(small: Any) -> None:
    common = {"community_id": small.community, "counts": "resident"}
    with database.writing() as session:
        session.add(Population(**common, sex=1, n=50, source="户籍", as_of=date(2025, 1, 1), assumed=False))
        session.add(
            Population(**common, age_from=60, age_to=120, n=20, source="街道名册", as_of=TODAY, assumed=True)
        )
    with database.reading() as session:
        assert _rows(asking.population(session, small.community)) == [
            (None, None, None, 1, 50, False), (None, 60, 120, None, 20, True),
        ]  # fmt: skip
        assert asking.population_source(session, small.community) == ("街道名册", TODAY)


def test_households_of_a_grid_are_null_where_no_building_tells(small: Any) -> None:
    with database.reading() as session:
        assert dict(_rows(asking.households(session, small.community))) == {
            small.grid: 40, small.other_grid: None,
        }  # fmt: skip

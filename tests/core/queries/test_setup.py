"""What the set-up screens say stands in the record, counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from core import database
from core.access import Grant
from core.actions.place_file import PopulationSource
from core.actions.places_table import replace_places, replace_population
from core.actions.rounds import NewRound, close_round, open_round
from core.actions.submit import Submission, save_response
from core.queries.setup import (
    PlacesStanding,
    PopulationPattern,
    accounts,
    free_round_code,
    place_rows,
    places_standing,
    population_rows,
    population_standing,
    rounds_of,
    scope_names,
)
from models.account import Account, AccountRole
from models.base import now
from models.place import Community, Subdistrict

SOURCE = PopulationSource(source="人口台账", as_of=date(2025, 12, 31), counts="户籍", with_tenants=False)
PLACES = "网格,网格名称,楼栋,楼栋名称,户数\n1,北院,1,1号楼,48\n1,北院,2,2号楼,\n2,南院,1,甲楼,60\n3,西院,,,\n"
PERSONS = "网格,年龄,性别,人数\n1,,,700\n2,,,300\n,0-14,,150\n,15-59,,550\n,60+,,290\n,,男,480\n,,女,520\n"


def _put(community_id: int, places: str, persons: str = "") -> None:
    with database.writing() as session:
        replace_places(session, community_id, places)
        if persons:
            replace_population(session, community_id, persons, source=SOURCE)


def test_places_are_counted_and_unknown_households_are_told(small: Any) -> None:
    _put(small.community, PLACES)
    with database.reading() as session:
        assert places_standing(session, small.community) == PlacesStanding(3, 3, 108, 1)
        assert places_standing(session, 99) == PlacesStanding(0, 0, None, 0)
        assert [tuple(row) for row in place_rows(session, small.community)] == [
            ("1", "北院", "1", "1号楼", 48),
            ("1", "北院", "2", "2号楼", None),
            ("2", "南院", "1", "甲楼", 60),
            ("3", "西院", None, None, None),
        ]


def test_households_nobody_knows_are_unknown_and_not_none(small: Any) -> None:
    _put(small.community, "网格,楼栋\n1,1\n2,\n")
    with database.reading() as session:
        assert places_standing(session, small.community) == PlacesStanding(2, 1, None, 1)


def test_the_population_says_how_it_is_broken_down(small: Any) -> None:
    _put(small.community, PLACES, PERSONS)
    with database.reading() as session:
        found = population_standing(session, small.community)
        rows = population_rows(session, small.community)
        assert population_standing(session, 99) is None
    assert found is not None
    assert (found.source, found.as_of, found.counts) == ("人口台账", date(2025, 12, 31), "户籍")
    assert (found.with_tenants, found.assumed) == (False, False)
    assert found.patterns == (
        PopulationPattern(False, False, True, 2, 1000),
        PopulationPattern(False, True, False, 3, 990),
        PopulationPattern(True, False, False, 2, 1000),
    )
    assert found.broken_down == (True, True, True)
    assert found.totals == (990, 1000)
    assert [tuple(row) for row in rows[:5:4]] == [("1", None, None, None, 700), (None, 60, 120, None, 290)]


def test_a_single_total_is_broken_down_by_nothing(small: Any) -> None:
    _put(small.community, PLACES, "人数\n900\n")
    with database.reading() as session:
        found = population_standing(session, small.community)
    assert found is not None and found.broken_down == (False, False, False) and found.totals == (900, 900)


def _account(name: str, *, active: bool = True, grants: tuple[Grant, ...] = ()) -> None:
    with database.writing() as session:
        made = Account(name=name, display=name, password_hash="x", active=active, created_at=now())
        session.add(made)
        session.flush()
        assert made.id is not None
        session.add_all(
            AccountRole(account_id=made.id, role=g.role, scope=g.scope, scope_id=g.scope_id) for g in grants
        )


def test_accounts_come_with_their_grants_and_those_switched_off_last(record: Path) -> None:
    both = (Grant("committee", "community", 4), Grant("admin", "all"))
    _account("a", active=False)
    _account("c")
    _account("b", grants=both)
    with database.reading() as session:
        found = accounts(session)
    assert [(one.name, one.active, one.grants) for one in found] == [
        ("b", True, both),
        ("c", True, ()),
        ("a", False, ()),
    ]


def test_scopes_have_names_and_imported_letters_are_none(small: Any) -> None:
    with database.writing() as session:
        session.add_all([Subdistrict(code="s", name="某街道"), Community(code="l", name="信箱", source="x")])
    with database.reading() as session:
        assert list(scope_names(session).values()) == ["某街道", "测试社区"]


def test_rounds_come_newest_first_with_their_responses(small: Any) -> None:
    later = datetime.now(UTC) + timedelta(days=3)
    with database.writing() as session:
        new = NewRound(small.community, "needs-v1", "t-2", "第二次", opens_at=later)
        second = open_round(session, new)
    for key in "abc":
        save_response(Submission(small.round, small.answers(), key=key))
    with database.writing() as session:
        closed = close_round(session, small.round)
    with database.reading() as session:
        found = rounds_of(session, small.community)
        assert rounds_of(session, 99) == []
    assert [(one.round_id, one.kind, one.n) for one in found] == [
        (second, "needs", 0),
        (small.round, "needs", 3),
    ]
    assert found[1].closes_at == closed and found[0].closes_at is None


def test_a_round_gets_a_code_nobody_has(small: Any) -> None:
    with database.reading() as session:
        assert free_round_code(session, "t-needs") == "t-needs"
        assert free_round_code(session, "2026-autumn") == "2026-autumn-2"

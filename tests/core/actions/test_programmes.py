"""Provision: capacity in persons, attendance with and without cards, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from core import database
from core.actions.attendance import attend
from core.actions.programmes import (
    Serves,
    add_activity,
    add_contract,
    add_other_provision,
    add_programme,
    add_provider,
    add_service_user,
    persons_served,
)
from core.errors import Closed, Invalid, NotFound
from core.queries.provision import reached
from models.account import AuditEntry
from models.place import Community
from models.programme import (
    Activity,
    Attendance,
    Contract,
    ContractCommunity,
    OtherProvision,
    Programme,
    ProgrammeNeed,
    Provider,
    ServiceUser,
)

STARTS, ENDS = date(2026, 1, 1), date(2026, 12, 31)
NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


class Standing(NamedTuple):
    """Ids of a contract with one programme and two cards."""

    community: int
    contract: int
    programme: int
    cards: tuple[int, int]


def _contract(provider_id: int, **changes: Any) -> Contract:
    facts = {
        "code": "c",
        "provider_id": provider_id,
        "name": "合同",
        "amount_fen": 30_000_000,
        "starts_on": STARTS,
        "ends_on": ENDS,
        "tranches": [0.4, 0.4, 0.2],
    }
    return Contract(**(facts | changes))


def _programme(community: int, **changes: Any) -> Programme:
    facts = {
        "code": "p",
        "community_id": community,
        "name": "社区照顾",
        "area": "elderly",
        "starts_on": STARTS,
        "ends_on": ENDS,
    }
    return Programme(**(facts | changes))


def _card(community: int, code: str, **changes: Any) -> ServiceUser:
    facts = {"code": code, "community_id": community, "notice_version": "2026-11", "since_on": STARTS}
    return ServiceUser(**(facts | changes))


def _activity(at: Standing, code: str, **changes: Any) -> Activity:
    facts = {
        "code": code,
        "community_id": at.community,
        "programme_id": at.programme,
        "name": "讲座",
        "area": "elderly",
        "need": "E3",
        "starts_at": NOON,
    }
    return Activity(**(facts | changes))


@pytest.fixture
def standing(small: Any) -> Standing:
    """The small community with a contract, a programme for E3 and two cards."""
    with database.writing() as session:
        contract = add_contract(
            session, _contract(add_provider(session, Provider(code="o", name="机构"))), [small.community]
        )
        programme = add_programme(
            session, _programme(small.community, contract_id=contract), [Serves("E3", 40, 24)]
        )
        cards = tuple(add_service_user(session, _card(small.community, code)) for code in ("A", "B"))
    return Standing(small.community, contract, programme, (cards[0], cards[1]))


@pytest.mark.parametrize(
    ("places", "sessions", "each", "persons"),
    [(60, 1, 1, 60), (40, 24, 1, 960), (40, 24, 24, 40), (7, 3, 2, 10)],
)
def test_capacity_is_counted_in_persons_rounded_down(
    places: int, sessions: int, each: int, persons: int
) -> None:
    assert persons_served(places, sessions, each) == persons


def test_the_persons_of_a_need_are_computed_when_a_programme_is_stored(standing: Standing) -> None:
    with database.reading() as session:
        need = session.scalars(select(ProgrammeNeed)).one()
        covered = session.scalars(select(ContractCommunity)).one()
        deeds = set(session.scalars(select(AuditEntry.deed)))
    assert (need.programme_id, need.need, need.persons, need.grid_id) == (standing.programme, "E3", 960, None)
    assert (covered.contract_id, covered.community_id) == (standing.contract, standing.community)
    assert deeds == {"provider.added", "contract.added", "programme.added", "service_user.added"}


def test_a_need_may_stand_once_for_all_and_once_for_a_grid(standing: Standing, small: Any) -> None:
    needs = [Serves("E1", 40, grid_id=small.grid), Serves("E1", 20)]
    with database.writing() as session:
        add_programme(session, _programme(small.community, code="q"), needs)
    with pytest.raises(Invalid, match="两次"), database.writing() as session:
        add_programme(session, _programme(small.community, code="r"), [Serves("E1", 1), Serves("E1", 2)])


def test_a_card_counts_once_for_a_need_and_a_head_without_card_never(standing: Standing) -> None:
    first, second = standing.cards
    with database.writing() as session:
        one = add_activity(session, _activity(standing, "1"))
        two = add_activity(session, _activity(standing, "2", starts_at=NOON + timedelta(days=7)))
        attend(session, one, [first], heads=12)
        attend(session, two, [first, second])
        found = reached(session, standing.community, date(2026, 6, 1))
        heads = session.scalar(select(func.sum(Attendance.heads)))
    assert found.to_dict("records") == [{"item": "E3", "reached": 2}]
    assert heads == 15


def test_signing_in_twice_is_signing_in_once(standing: Standing) -> None:
    with database.writing() as session:
        one = add_activity(session, _activity(standing, "1"))
        assert len(attend(session, one, [standing.cards[0], standing.cards[0]])) == 1
        assert attend(session, one, [standing.cards[0]]) == []


def test_two_programmes_for_one_need_reach_a_person_once(standing: Standing) -> None:
    card = standing.cards[0]
    with database.writing() as session:
        other = add_programme(session, _programme(standing.community, code="q"), [Serves("E3", 5)])
        one = add_activity(session, _activity(standing, "1"))
        two = add_activity(session, _activity(standing, "2", programme_id=other))
        attend(session, one, [card])
        attend(session, two, [card])
        assert reached(session, standing.community, date(2026, 6, 1))["reached"].tolist() == [1]


def test_a_new_period_reaches_the_person_anew(standing: Standing) -> None:
    later = datetime(2027, 3, 1, 4, tzinfo=UTC)
    facts = {"code": "q", "starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}
    with database.writing() as session:
        other = add_programme(session, _programme(standing.community, **facts), [Serves("E3", 5)])
        one = add_activity(session, _activity(standing, "1"))
        two = add_activity(session, _activity(standing, "2", programme_id=other, starts_at=later))
        attend(session, one, [standing.cards[0]])
        attend(session, two, [standing.cards[0]])
        flags = session.scalars(select(Attendance.first_for_need).order_by(Attendance.id)).all()
    assert list(flags) == [True, True]


@pytest.mark.parametrize("changes", [{"programme_id": None}, {"need": None}])
def test_an_activity_without_programme_or_need_reaches_nobody_for_it(
    standing: Standing, changes: dict[str, Any]
) -> None:
    with database.writing() as session:
        one = add_activity(session, _activity(standing, "1", **changes))
        attend(session, one, standing.cards)
        assert not any(session.scalars(select(Attendance.first_for_need)))


def test_nobody_signs_in_where_it_makes_no_sense(standing: Standing) -> None:
    with database.writing() as session:
        other = Community(code="o", name="别的社区")
        session.add(other)
        session.flush()
        stranger = add_service_user(session, _card(other.id or 0, "Z"))
        one = add_activity(session, _activity(standing, "1"))
        cancelled = add_activity(session, _activity(standing, "2", cancelled=True))
        for error, call in (
            (Closed, (cancelled, standing.cards)),
            (NotFound, (999, standing.cards)),
            (NotFound, (one, [stranger])),
            (NotFound, (one, [999])),
            (Invalid, (one, [])),
        ):
            with pytest.raises(error):
                attend(session, *call)
        with pytest.raises(Invalid):
            attend(session, one, standing.cards, heads=-1)
        assert session.scalars(select(Attendance)).all() == []


def _other(session: Session, community: int, **changes: Any) -> int:
    facts = {
        "community_id": community,
        "need": "E4",
        "name": "日间照料中心",
        "kind": "company",
        "persons": 24,
        "source": "名册",
        "as_of": STARTS,
    }
    return add_other_provision(session, OtherProvision(**(facts | changes)))


def test_other_provision_needs_a_source_and_a_place_of_its_own(standing: Standing, small: Any) -> None:
    with database.writing() as session:
        assert _other(session, standing.community, grid_id=small.grid) > 0
        for error, changes in (
            (Invalid, {"source": " "}),
            (Invalid, {"persons": -1}),
            (NotFound, {"grid_id": 999}),
            (NotFound, {"community_id": 999}),
        ):
            with pytest.raises(error):
                _other(session, **({"community": standing.community} | _community(changes)))


def _community(changes: dict[str, Any]) -> dict[str, Any]:
    return {"community" if key == "community_id" else key: value for key, value in changes.items()}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"code": "c"}, "已经用过"),
        ({"tranches": [0.4, 0.4]}, "等于 1"),
        ({"tranches": []}, "等于 1"),
        ({"tranches": [1.4, -0.4]}, "等于 1"),
        ({"amount_fen": -1}, "小于 0"),
        ({"ends_on": date(2025, 1, 1)}, "早于"),
    ],
)
def test_a_contract_that_makes_no_sense_is_refused(
    standing: Standing, changes: dict[str, Any], told: str
) -> None:
    with database.writing() as session:
        provider = add_provider(session, Provider(code="o2", name="机构"))
        with pytest.raises(Invalid, match=told):
            add_contract(session, _contract(provider, **({"code": "c2"} | changes)), [standing.community])


def test_a_contract_covers_communities_that_are_there(standing: Standing) -> None:
    with database.writing() as session:
        provider = add_provider(session, Provider(code="o2", name="机构"))
        with pytest.raises(Invalid, match="至少"):
            add_contract(session, _contract(provider, code="c2"), [])
        with pytest.raises(NotFound):
            add_contract(session, _contract(999, code="c3"), [standing.community])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "p"}, Invalid),
        ({"area": "elders"}, Invalid),
        ({"groups": "age60;old"}, Invalid),
        ({"ends_on": date(2025, 1, 1)}, Invalid),
        ({"community_id": 999}, NotFound),
        ({"contract_id": 999}, NotFound),
    ],
)
def test_a_programme_that_makes_no_sense_is_refused(
    standing: Standing, changes: dict[str, Any], error: type[Exception]
) -> None:
    facts = {"community": standing.community, "code": "q"} | _community(changes)
    with database.writing() as session, pytest.raises(error):
        add_programme(session, _programme(**facts))


def test_a_card_has_strata_of_the_taxonomy_and_a_code_of_its_own(standing: Standing) -> None:
    for changes in ({"code": "A"}, {"age_band": 12}, {"sex": 3}, {"groups": "x"}):
        facts = {"code": "C"} | changes
        with database.writing() as session, pytest.raises(Invalid):
            add_service_user(session, _card(standing.community, **facts))


def test_an_activity_belongs_to_a_programme_of_its_community(standing: Standing) -> None:
    with database.writing() as session:
        other = Community(code="o", name="别的社区")
        session.add(other)
        session.flush()
        with pytest.raises(NotFound):
            add_activity(session, _activity(standing, "1", community_id=other.id))
        with pytest.raises(Invalid):
            add_activity(session, _activity(standing, "1", area="none"))

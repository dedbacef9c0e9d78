"""Which communities a viewer may look at: by scope of the role that carries the right."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core import database
from core.access import Grant, Right, Viewer
from core.actions.accounts import create_account, sign_in
from core.queries.viewers import communities_for, viewer_of
from models.base import now
from models.place import Community, Subdistrict
from models.programme import Contract, ContractCommunity, Provider


@pytest.fixture
def street(record: Path) -> None:
    """Street 1 with communities 1 and 2, community 3 elsewhere; provider 1 has contract 1 for 2 and 3."""
    with database.writing() as session:
        session.add(Subdistrict(code="s", name="街道"))
        session.flush()
        for code, street_id in (("a", 1), ("b", 1), ("c", None)):
            session.add(Community(code=code, name=code, subdistrict_id=street_id))
            session.flush()
        session.add(Provider(code="p", name="机构"))
        session.flush()
        spans = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        for code in ("k", "l"):
            session.add(Contract(code=code, provider_id=1, name=code, amount_fen=1, tranches=[1.0], **spans))
        session.flush()
        for contract_id, community_id in ((1, 2), (1, 3), (2, 3)):
            session.add(ContractCommunity(contract_id=contract_id, community_id=community_id))


def _seen(right: Right, *grants: Grant) -> list[str]:
    with database.reading() as session:
        return [card.code for card in communities_for(session, Viewer(1, "w", "王", grants), right)]


@pytest.mark.parametrize(
    ("grant", "codes"),
    [
        (Grant("committee", "all"), ["a", "b", "c"]),
        (Grant("purchaser", "subdistrict", 1), ["a", "b"]),
        (Grant("committee", "community", 3), ["c"]),
        (Grant("provider", "provider", 1), ["b", "c"]),
        (Grant("assessor", "contract", 2), ["c"]),
        (Grant("committee", "community", 99), []),
        (Grant("committee", "community", None), []),
        (Grant("resident", "all"), []),
    ],
)
def test_a_scope_covers_its_communities(street: None, grant: Grant, codes: list[str]) -> None:
    assert _seen(Right.OVERVIEW, grant) == codes


def test_a_right_holds_only_where_the_role_that_carries_it_does(street: None) -> None:
    grants = (Grant("committee", "community", 1), Grant("purchaser", "all"))
    assert _seen(Right.COMMENTS, *grants) == ["a"]
    assert _seen(Right.OVERVIEW, *grants) == ["a", "b", "c"]
    assert _seen(Right.SETUP, *grants) == []


def test_a_token_gives_name_display_and_grants_in_order(street: None) -> None:
    roles = [("committee", "community", 1), ("admin", "all", None)]
    with database.writing() as session:
        id_ = create_account(session, name="wang", display="王", password="long-enough-1", roles=roles)
    token = sign_in("wang", "long-enough-1")
    with database.reading() as session:
        assert viewer_of(session, "unknown", now()) is None
        found = viewer_of(session, token, now())
    assert found == Viewer(id_, "wang", "王", (Grant("committee", "community", 1), Grant("admin", "all")))

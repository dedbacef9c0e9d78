"""The demo's accounts: one for each staff role, on the demo community, in demo mode only."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from core import database
from core.actions.accounts import sign_in
from core.actions.demo_accounts import create_demo_accounts, demo_accounts
from core.errors import NotSetUp
from core.settings import settings
from models.account import Account, AccountRole
from models.place import Community
from models.taxonomy import ROLES

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def demo_community(record: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A synthetic community beside a real one, in demo mode; the synthetic one's id."""
    monkeypatch.setenv("LINSHENG_DEMO", "1")
    settings.cache_clear()
    with database.writing() as session:
        session.add(Community(code="real", name="某社区"))
        session.flush()
        made = Community(code="demo", name="示范", synthetic=True)
        session.add(made)
        session.flush()
        assert made.id is not None
        return made.id


def test_each_staff_role_has_one_that_can_sign_in(demo_community: int) -> None:
    create_demo_accounts()
    create_demo_accounts()
    with database.reading() as session:
        made = session.scalars(select(Account)).all()
        roles = session.scalars(select(AccountRole)).all()
    assert len(made) == len(demo_accounts()) and all(account.demo for account in made)
    assert {role.role for role in roles} == set(ROLES) - {"resident"}
    scopes = {role.role: (role.scope, role.scope_id) for role in roles}
    # The committee's also sees what was imported beside the demo.
    assert scopes.pop("committee") == ("all", None)
    assert set(scopes.values()) == {("community", demo_community)}
    for account in demo_accounts():
        assert sign_in(account.name, account.password)


def test_outside_demo_mode_none_is_made(sqlite_record: Path) -> None:
    with pytest.raises(NotSetUp):
        create_demo_accounts()

"""One account for each staff role of the demo, from data/seed/accounts.yaml; only in demo mode."""

from __future__ import annotations

from typing import NamedTuple

import yaml
from sqlalchemy import select
from sqlmodel import Session, col

from core import database
from core.actions.accounts import create_account
from core.errors import NotSetUp
from core.settings import ROOT, settings
from models.account import Account
from models.place import Community

FILE = ROOT / "data" / "seed" / "accounts.yaml"


class DemoAccount(NamedTuple):
    """One line of the file: the password is public, so the account works in demo mode only."""

    name: str
    password: str
    role: str
    display: str
    scope: str = "community"


def demo_accounts() -> list[DemoAccount]:
    """The accounts of the file, in its order."""
    return [DemoAccount(**line) for line in yaml.safe_load(FILE.read_text(encoding="utf8"))]


def create_demo_accounts() -> None:
    """Add those that are missing, for the demo community or for all. Raises NotSetUp outside demo mode."""
    if not settings().demo:
        raise NotSetUp.say("demo_only")
    with database.writing() as session:
        place = session.scalars(select(col(Community.id)).where(col(Community.synthetic).is_(True))).first()
        if place is not None:
            _create(session, place)


def _create(session: Session, community_id: int) -> None:
    there = set(session.scalars(select(col(Account.name))))
    for found in demo_accounts():
        if found.name not in there:
            create_account(
                session,
                name=found.name,
                display=found.display,
                password=found.password,
                roles=[(found.role, found.scope, community_id if found.scope == "community" else None)],
                demo=True,
            )

"""A small community whose two grids answered differently, and staff to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from streamlit.testing.v1 import AppTest

from core import database, security
from core.actions import round_cache
from core.actions.accounts import create_account, sign_in
from core.actions.fold import fold
from core.actions.submit import Submission, save_response
from core.settings import ROOT
from pages.parts import gate
from tests.core.conftest import Small, make_small

Visit = Callable[..., AppTest]
PASSWORD = "long-enough-1"
ASKED = 40


@pytest.fixture
def staffed(sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    """The small community, nobody has answered yet; one account of the committee and one of the purchaser."""
    # A password's hash is meant to be slow; here it would be most of the time.
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    monkeypatch.setattr(security, "_passwords", quick)
    round_cache.forget()
    made = make_small()
    with database.writing() as session:
        for role in ("committee", "purchaser"):
            scope = [(role, "all", None)]
            create_account(session, name=role, display=role, password=PASSWORD, roles=scope)
    yield made
    round_cache.forget()


def answer(small: Small, grid: int, needs: list[str], *, times: int, **changes: object) -> None:
    """So many women of 70 to 79 of the grid who need the same; counted at once."""
    for time in range(times):
        place = {"grid": grid, "building": 0}
        given = small.answers(grid=place, need_elder=needs, top1=None, open=None, **changes)
        save_response(Submission(small.round, given, key=f"{grid}-{'-'.join(needs)}-{time}"))
    fold()


@pytest.fixture
def surveyed(staffed: Small) -> Small:
    """Forty answers from each grid: all of the first need a canteen (E1), none of the second does."""
    answer(staffed, staffed.grid, ["E1", "E5"], times=ASKED)
    answer(staffed, staffed.other_grid, ["E2"], times=ASKED)
    return staffed


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open a screen of the committee's through the portal's own script, signed in as one of the accounts."""

    def _visit(name: str, as_: str = "committee", **address: str) -> AppTest:
        token = sign_in(as_, PASSWORD) if as_ else None
        monkeypatch.setattr(gate, "current_token", lambda: token)
        screen = AppTest.from_file(str(ROOT / "pages" / "menu.py"), default_timeout=60)
        screen.query_params.update(address)
        screen.switch_page(f"committee/{name}.py")
        return screen.run()

    return _visit


def told(screen: AppTest) -> str:
    """All that a screen says in html."""
    assert not screen.exception, screen.exception
    return "\n".join(getattr(one.proto, "body", "") or "" for one in screen.get("html"))

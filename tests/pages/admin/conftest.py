"""An administrator signed in at the small community, for the tests of the set-up screens."""

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
from core.settings import ROOT
from pages.parts import gate
from tests.core.conftest import Small, make_small

Open = Callable[..., AppTest]


@pytest.fixture
def community(sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    """The small community, with an administrator of it and one of everything."""
    # A password's hash is meant to be slow; here it would be most of the time.
    monkeypatch.setattr(
        security, "_passwords", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    )
    round_cache.forget()
    made = make_small()
    with database.writing() as session:
        mine = [("admin", "community", made.community)]
        create_account(session, name="admin", display="管理员", password="long-enough-1", roles=mine)
        everything = [("admin", "all", None)]
        create_account(session, name="root", display="总管理员", password="long-enough-1", roles=everything)
        worker = [("committee", "community", made.community)]
        create_account(session, name="worker", display="工作人员", password="long-enough-1", roles=worker)
    yield made
    round_cache.forget()


@pytest.fixture
def open_screen(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a screen of pages/admin, signed in as one of the accounts."""

    def _open(name: str, as_: str = "admin", **state: object) -> AppTest:
        token = sign_in(as_, "long-enough-1")
        monkeypatch.setattr(gate, "current_token", lambda: token)
        screen = AppTest.from_file(str(ROOT / "pages" / "admin" / f"{name}.py"), default_timeout=30)
        for key, value in state.items():
            screen.session_state[key] = value
        return screen.run()

    return _open


def told(screen: AppTest) -> str:
    """All that a screen says in html and messages."""
    assert not screen.exception, screen.exception
    drawn = [getattr(one.proto, "body", "") or "" for one in screen.get("html")]
    return "\n".join([*drawn, *(one.value for one in [*screen.success, *screen.warning])])

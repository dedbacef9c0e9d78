"""A social worker signed in at the small community, for the tests of their screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
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
    """The small community with a social worker, and nothing kept from other tests."""
    monkeypatch.setattr(
        security, "_passwords", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    )
    round_cache.forget()
    st.cache_resource.clear()
    made = make_small()
    with database.writing() as session:
        here = [("social_worker", "community", made.community)]
        create_account(session, name="worker", display="社工", password="long-enough-1", roles=here)
    token = sign_in("worker", "long-enough-1")
    monkeypatch.setattr(gate, "current_token", lambda: token)
    yield made
    round_cache.forget()
    st.cache_resource.clear()


@pytest.fixture
def open_screen(community: Small) -> Open:
    """Open a screen of pages/social_worker."""

    def _open(name: str, **query: str) -> AppTest:
        path = ROOT / "pages" / "social_worker" / f"{name}.py"
        screen = AppTest.from_file(str(path), default_timeout=30)
        for key, value in query.items():
            screen.query_params[key] = value
        return screen.run()

    return _open


def told(screen: AppTest) -> str:
    """All that a screen says in html."""
    assert not screen.exception, screen.exception
    return "\n".join(getattr(one.proto, "body", "") or "" for one in screen.get("html"))

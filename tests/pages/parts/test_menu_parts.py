"""The menu's pages are made once for a session, and anew as soon as its viewer may see other screens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import database
from core.access import PERMISSIONS
from core.actions.accounts import create_account, sign_in
from core.settings import ROOT
from models.place import Community
from pages.parts import gate
from pages.parts.screens import SCREENS

PASSWORD = "long-enough-1"


def _offered(pages: dict[str, list[Any]]) -> set[str]:
    # Streamlit tells no name of the first page's address.
    shown = [page for section in pages.values() for page in section if page.visibility == "visible"]
    return {page.url_path or SCREENS[0].name for page in shown}


def _allowed(role: str) -> set[str]:
    rights = PERMISSIONS.get(role, frozenset())
    return {one.name for one in SCREENS if one.right is None or one.right in rights} - {"thanks"}


def test_a_session_keeps_its_menu_until_its_viewer_may_see_other_screens(
    sqlite_record: Path, quick_hashes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens: dict[str, str | None] = {"": None}
    with database.writing() as session:
        session.add(Community(code="a", name="甲社区"))
        for role in ("committee", "purchaser"):
            create_account(session, name=role, display=role, password=PASSWORD, roles=[(role, "all", None)])
    tokens |= {role: sign_in(role, PASSWORD) for role in ("committee", "purchaser")}
    drawn: list[dict[str, list[Any]]] = []
    navigation = st.navigation
    monkeypatch.setattr(
        st, "navigation", lambda pages, **how: drawn.append(pages) or navigation(pages, **how)
    )
    screen = AppTest.from_file(str(ROOT / "pages" / "menu.py"), default_timeout=30)
    for role in ("committee", "committee", "purchaser", "", ""):
        monkeypatch.setattr(gate, "current_token", lambda role=role: tokens[role])
        assert not screen.run().exception
        assert _offered(drawn[-1]) == _allowed(role), role
        assert {page.url_path for section in drawn[-1].values() for page in section} == {
            "", *(one.name for one in SCREENS[1:])
        }  # fmt: skip
    assert drawn[0] is drawn[1] and drawn[1] is not drawn[2] and drawn[3] is drawn[4]


def test_another_session_has_a_menu_of_its_own(sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "current_token", lambda: None)
    with database.writing() as session:
        session.add(Community(code="a", name="甲社区"))
    drawn: list[dict[str, list[Any]]] = []
    navigation = st.navigation
    monkeypatch.setattr(
        st, "navigation", lambda pages, **how: drawn.append(pages) or navigation(pages, **how)
    )
    for _ in range(2):
        assert not AppTest.from_file(str(ROOT / "pages" / "menu.py"), default_timeout=30).run().exception
    assert drawn[0] is not drawn[1]

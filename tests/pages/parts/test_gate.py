"""The gate: every staff screen is behind it, for every role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from streamlit.testing.v1 import AppTest

from core import database
from core.access import PERMISSIONS
from core.actions.accounts import create_account, sign_in
from core.queries.viewers import signed_in
from core.settings import ROOT, settings
from models.base import now
from models.place import Community
from models.taxonomy import ROLES
from pages.parts import gate
from pages.parts.screens import SCREENS

STAFF = [screen for screen in SCREENS if screen.right]
PASSWORD = "long-enough-1"
As = Callable[..., str]


@pytest.fixture
def as_role(sqlite_record: Path, quick_hashes: None, monkeypatch: pytest.MonkeyPatch) -> As:
    """`as_role("committee")` → the token of a browser signed in so, in two communities unless told."""
    with database.writing() as session:
        session.add_all([Community(code="a", name="甲社区"), Community(code="b", name="乙社区")])

    def _as(role: str, scope: str = "all", scope_id: int | None = None) -> str:
        with database.writing() as session:
            roles = [(role, scope, scope_id)]
            create_account(session, name="wang", display="王", password=PASSWORD, roles=roles)
        token = sign_in("wang", PASSWORD)
        monkeypatch.setattr(gate, "current_token", lambda: token)
        return token

    return _as


def _told(screen: AppTest) -> str:
    assert not screen.exception, screen.exception
    return "\n".join(getattr(one.proto, "body", "") for one in screen.get("html"))


def _open(path: str) -> AppTest:
    return AppTest.from_file(str(ROOT / "pages" / path), default_timeout=30).run()


def _seat() -> None:
    import streamlit as st

    from core.access import Right
    from pages.parts import gate

    seat = gate.require(Right.OVERVIEW)
    st.text(f"{seat.viewer.name} at {seat.community.code}")


def _sit() -> AppTest:
    return AppTest.from_function(_seat, default_timeout=30)


@pytest.mark.parametrize("screen", STAFF, ids=lambda screen: screen.name)
def test_nobody_signed_in_sees_only_where_to_sign_in(
    sqlite_record: Path, monkeypatch: pytest.MonkeyPatch, screen: gate.Right
) -> None:
    monkeypatch.setattr(gate, "current_token", lambda: None)
    told = _told(_open(screen.path))
    assert "请先登录" in told and 'href="/signin' in told


@pytest.mark.parametrize("role", list(ROLES))
@pytest.mark.parametrize("screen", STAFF, ids=lambda screen: screen.name)
def test_a_role_without_the_right_is_refused(as_role: As, screen: gate.Right, role: str) -> None:
    if screen.right in PERMISSIONS[role]:
        return  # what it shows then is tested with the screen
    as_role(role)
    opened = _open(screen.path)
    assert "没有看这一页的权限" in _told(opened)
    assert not (opened.dataframe or opened.button or opened.text_input or opened.selectbox)


def test_the_seat_is_the_viewer_at_the_first_community_until_another_is_chosen(as_role: As) -> None:
    as_role("committee")
    screen = _sit().run()
    assert screen.text[0].value == "wang at a"
    assert screen.sidebar.selectbox[0].options == ["甲社区", "乙社区"]
    screen.sidebar.selectbox[0].select(2).run()
    assert screen.text[0].value == "wang at b"
    screen.run()
    assert screen.text[0].value == "wang at b"


def test_the_link_may_name_the_community(as_role: As) -> None:
    as_role("committee")
    screen = _sit()
    screen.query_params["c"] = "b"
    assert screen.run().text[0].value == "wang at b"


def test_one_community_needs_no_choice_and_none_is_said(as_role: As) -> None:
    as_role("committee", "community", 2)
    screen = _sit().run()
    assert screen.text[0].value == "wang at b" and not screen.sidebar.selectbox


def test_a_scope_without_a_community_is_said(as_role: As) -> None:
    as_role("purchaser", "subdistrict", 9)
    assert "还没有可看的社区" in _told(_sit().run())


@pytest.mark.parametrize("token", ["", "never-given-out", "\0", "四" * 100])
def test_a_token_of_nobody_is_nobody(
    sqlite_record: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setattr(gate, "current_token", lambda: token)
    assert "请先登录" in _told(_sit().run())


def test_an_idle_session_ends_and_an_active_one_is_noted(
    as_role: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = as_role("committee")
    began = now()
    idle = timedelta(minutes=settings().idle_minutes)
    for minutes in (idle * 0.8, idle * 1.6):
        monkeypatch.setattr(gate, "now", lambda minutes=minutes: began + minutes)
        assert _sit().run().text, "each look keeps the session"
    with database.reading() as session:
        found = signed_in(session, token, began + idle * 1.6)
    assert found is not None and found.seen_at - began == idle * 1.6
    monkeypatch.setattr(gate, "now", lambda: began + idle * 2.7)
    assert "请先登录" in _told(_sit().run())


def test_a_record_that_cannot_be_read_is_said(as_role: As, monkeypatch: pytest.MonkeyPatch) -> None:
    as_role("committee")
    with database.writing() as session:
        session.connection().exec_driver_sql("DROP TABLE staff_session")
    assert "暂时连不上数据库" in _told(_sit().run())


@pytest.mark.parametrize("role", [None, "committee", "admin"])
def test_the_menu_draws_the_home_for_everyone_with_the_way_in_or_out(
    as_role: As, monkeypatch: pytest.MonkeyPatch, role: str | None
) -> None:
    if role:
        as_role(role)
    else:
        monkeypatch.setattr(gate, "current_token", lambda: None)
    told = _told(_open("menu.py"))
    assert "甲社区" in told
    assert ('href="/signout"' in told) == bool(role) != ('href="/signin"' in told)


def test_a_synthetic_community_is_said_to_be_one_above_everything(as_role: As) -> None:
    token = as_role("committee")
    assert token and "合成" not in _told(_sit().run()) + _told(_open("menu.py"))
    with database.writing() as session:
        session.get_one(Community, 1).synthetic = True
    for screen in (_sit().run(), _open("menu.py")):
        assert "示范数据（合成）" in _told(screen)


def test_a_link_is_escaped(sqlite_record: Path) -> None:
    def _draw() -> None:
        from pages.parts import gate

        gate.link('/x"><b>', "<b>")

    told = _told(AppTest.from_function(_draw).run())
    assert "<b>" not in told and quote("x") in told

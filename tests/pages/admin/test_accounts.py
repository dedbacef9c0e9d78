"""The administrator adds and changes accounts; refusals stand where one is, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from streamlit.testing.v1 import AppTest

from core import database
from core.access import Grant
from core.actions.account_changes import grants_of
from core.actions.accounts import sign_in
from models.account import Account
from models.base import now
from tests.pages.admin.conftest import told

ADMIN, ROOT, WORKER = 1, 2, 3


def _row(account_id: int) -> Account:
    with database.reading() as session:
        return session.get_one(Account, account_id)


def _choose(screen: AppTest, name: str) -> AppTest:
    id_ = {"admin": ADMIN, "root": ROOT, "worker": WORKER}[name]
    return screen.selectbox("accounts.which.0").set_value(id_).run()


def _fill(screen: AppTest, name: str = "new", display: str = "新同事") -> None:
    screen.text_input("accounts.name.0").set_value(name)
    screen.text_input("accounts.display.0").set_value(display)
    screen.multiselect("accounts.add.roles.0").set_value(["committee", "supervisor"])


def test_each_account_stands_with_roles_scope_and_state(community: Any, open_screen: Any) -> None:
    with database.writing() as session:
        session.get_one(Account, WORKER).locked_until = now() + timedelta(minutes=10)
    said = told(open_screen("accounts", "root"))
    assert "3 个账号在用，0 个已停用" in said and "1 个被锁定" in said and "锁定到" in said
    assert "管理员：测试社区" in said and "管理员：全部社区" in said and "总管理员（您自己）" in said


def test_an_administrator_of_one_community_sees_only_its_accounts(community: Any, open_screen: Any) -> None:
    screen = open_screen("accounts")
    assert "2 个账号在用" in told(screen) and "总管理员" not in told(screen)
    assert screen.selectbox("accounts.add.scope.0").options == ["测试社区"]


def test_a_new_account_gets_a_password_that_is_shown_once(community: Any, open_screen: Any) -> None:
    screen = open_screen("accounts")
    _fill(screen)
    screen.button("accounts.add").click().run()
    said = told(screen)
    found = re.search(r"请马上记下）：(\S{14})", said)
    assert "账号 new 已建立" in said and found and sign_in("new", found[1])
    assert found[1] not in told(screen.run())
    with database.reading() as session:
        at = ("community", community.community)
        assert grants_of(session, 4) == [Grant("committee", *at), Grant("supervisor", *at)]
    assert screen.text_input("accounts.name.1").value == ""


def test_two_typed_passwords_must_agree_and_nothing_is_lost(community: Any, open_screen: Any) -> None:
    screen = open_screen("accounts")
    _fill(screen)
    screen.checkbox("accounts.add.generate.0").uncheck().run()
    screen.text_input("accounts.add.password.0").set_value("my-long-word-1")
    screen.text_input("accounts.add.repeat.0").set_value("my-long-word-2")
    screen.button("accounts.add").click().run()
    assert "两次输入的密码不一样" in told(screen)
    assert screen.text_input("accounts.name.0").value == "new"
    screen.text_input("accounts.add.repeat.0").set_value("my-long-word-1")
    screen.button("accounts.add").click().run()
    assert "my-long-word-1" not in told(screen) and sign_in("new", "my-long-word-1")


def test_what_is_missing_or_taken_is_said(community: Any, open_screen: Any) -> None:
    screen = open_screen("accounts")
    screen.text_input("accounts.name.0").set_value("worker")
    screen.button("accounts.add").click().run()
    assert "请至少选一个角色" in told(screen)
    _fill(screen, "worker")
    screen.button("accounts.add").click().run()
    assert "已经有账号 worker" in told(screen)


def test_an_account_is_switched_off_and_on(community: Any, open_screen: Any) -> None:
    screen = _choose(open_screen("accounts"), "worker")
    screen.button("accounts.off").click().run()
    assert "已停用，并已退出登录" in told(screen) and not _row(WORKER).active
    assert "1 个账号在用，1 个已停用" in told(open_screen("accounts"))
    screen = _choose(open_screen("accounts"), "worker")
    screen.button("accounts.on").click().run()
    assert _row(WORKER).active


def test_a_locked_account_is_unlocked_and_gets_a_new_password(community: Any, open_screen: Any) -> None:
    with database.writing() as session:
        session.get_one(Account, WORKER).locked_until = now() + timedelta(minutes=10)
    screen = _choose(open_screen("accounts"), "worker")
    screen.button("accounts.unlock").click().run()
    assert _row(WORKER).locked_until is None
    screen = _choose(open_screen("accounts"), "worker")
    screen.button("accounts.password").click().run()
    found = re.search(r"请马上记下）：(\S{14})", told(screen))
    assert found and sign_in("worker", found[1])


def test_roles_and_the_last_day_are_changed(community: Any, open_screen: Any) -> None:
    screen = _choose(open_screen("accounts"), "worker")
    assert screen.multiselect("accounts.change3.roles.0").value == ["committee"]
    screen.multiselect("accounts.change3.roles.0").set_value(["social_worker"])
    screen.button("accounts.roles").click().run()
    with database.reading() as session:
        assert grants_of(session, WORKER) == [Grant("social_worker", "community", community.community)]
    screen = _choose(open_screen("accounts"), "worker")
    screen.date_input("accounts.change3.expires.0").set_value("2030-12-31")
    screen.button("accounts.expiry").click().run()
    assert "2030-12-31" in told(screen)
    ends = _row(WORKER).expires_at
    assert ends is not None and ends.isoformat() == "2030-12-31T16:00:00+00:00"


def test_the_own_account_only_gets_a_new_password(community: Any, open_screen: Any) -> None:
    screen = _choose(open_screen("accounts"), "admin")
    assert "这是您自己的账号" in told(screen)
    keys = {one.key for one in screen.button}
    assert "accounts.password" in keys and not keys & {"accounts.off", "accounts.roles", "accounts.expiry"}

"""init, upgrade and account add: how a database, a community and the first administrator come to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from core import database
from core.actions.audit import audit
from core.actions.demo import DEED
from core.actions.import_comments import import_comments
from core.settings import settings
from models.account import Account, AccountRole, AuditEntry
from models.place import Community

LETTERS = Path(__file__).parents[1] / "actions" / "fifty_letters.csv"


def _codes() -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Community.code).order_by(Community.id)))


@pytest.fixture
def demo_mode(sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LINSHENG_DEMO=1, and a demo community that is loaded in no time."""
    monkeypatch.setenv("LINSHENG_DEMO", "1")
    settings.cache_clear()

    def load_demo() -> None:
        with database.writing() as session:
            session.add(Community(code="demo", name="D社区(示范)", synthetic=True))
            audit(session, DEED, "community", 1)

    monkeypatch.setattr("core.actions.demo.load_demo", load_demo)
    monkeypatch.setattr("core.actions.demo_accounts.create_demo_accounts", lambda *_: None)


def test_the_demo_is_loaded_once_and_thrown_away_only_on_reset(demo_mode: None, run: Any) -> None:
    assert run("init", "--demo").exit_code == 0
    import_comments(LETTERS)
    assert "保持不变" in run("init", "--demo").stderr
    assert _codes() == ["demo", "letters"]
    assert run("init", "--demo", "--reset").exit_code == 0
    assert _codes() == ["demo"]


def test_a_demo_that_was_cut_short_is_loaded_anew_but_no_letters_with_it(demo_mode: None, run: Any) -> None:
    with database.writing() as session:
        session.add(Community(code="half", name="D社区(示范)", synthetic=True))
    told = run("init", "--demo")
    assert (told.exit_code, "重新载入" in told.stderr, _codes()) == (0, True, ["demo"])
    with database.writing() as session:
        session.execute(delete(AuditEntry))
    import_comments(LETTERS)
    told = run("init", "--demo")
    assert (told.exit_code, "--reset" in told.stderr) == (1, True)
    assert _codes() == ["demo", "letters"]


def test_a_real_community_is_never_thrown_away_nor_mixed_with_the_demo(demo_mode: None, run: Any) -> None:
    with database.writing() as session:
        session.add(Community(code="real", name="某社区"))
    result = run("init", "--demo", "--reset")
    assert (result.exit_code, "真实社区" in result.stderr) == (1, True)
    assert "保持不变" in run("init", "--demo").stderr
    assert _codes() == ["real"]


def test_demo_data_come_only_in_demo_mode(sqlite_record: Path, run: Any) -> None:
    result = run("init", "--demo")
    assert (result.exit_code, "LINSHENG_DEMO=1" in result.stderr, _codes()) == (1, True, [])


@pytest.mark.parametrize("words", [("--reset",), ("--demo", "--community", LETTERS)])
def test_options_that_do_not_go_together_end_with_2(
    sqlite_record: Path, run: Any, words: tuple[object, ...]
) -> None:
    assert run("init", *words).exit_code == 2


def test_an_empty_database_says_what_to_run(sqlite_record: Path, run: Any) -> None:
    result = run("init")
    assert (result.exit_code, "--community" in result.stderr) == (0, True)


def test_an_account_is_made_with_role_and_scope_and_a_password_from_stdin(record: Path, run: Any) -> None:
    import_comments(LETTERS)
    words = ("account", "add", "wang", "--role", "committee", "--role", "social_worker")
    result = run(*words, "--scope", "community:letters", typed="a-long-pass-phrase-7\n")
    assert result.exit_code == 0, result.stderr
    assert "a-long-pass-phrase-7" not in result.output
    with database.reading() as session:
        made = session.scalars(select(Account)).one()
        roles = session.scalars(select(AccountRole).order_by(AccountRole.role)).all()
    assert (made.name, made.demo) == ("wang", False)
    assert [(r.role, r.scope, r.scope_id) for r in roles] == [
        ("committee", "community", 1),
        ("social_worker", "community", 1),
    ]


@pytest.mark.parametrize(
    ("words", "typed", "code"),
    [
        (("--role", "king"), "a-long-pass-phrase-7\n", 2),
        (("--role", "admin", "--scope", "planet:x"), "a-long-pass-phrase-7\n", 2),
        (("--role", "admin", "--scope", "all:x"), "a-long-pass-phrase-7\n", 2),
        (("--role", "admin"), "", 2),
        (("--role", "committee", "--scope", "community:nowhere"), "a-long-pass-phrase-7\n", 1),
    ],
)
def test_an_account_that_cannot_be_made_leaves_nothing(
    sqlite_record: Path, run: Any, words: tuple[str, ...], typed: str, code: int
) -> None:
    assert run("account", "add", "li", *words, typed=typed).exit_code == code
    with database.reading() as session:
        assert session.scalars(select(Account)).all() == []

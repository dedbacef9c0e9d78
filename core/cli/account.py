"""account add: how the first administrator comes to be."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from sqlalchemy import select
from sqlmodel import Session

from core import database
from core.actions.statements import table_of
from core.cli import out
from core.cli.app import app
from core.errors import NotFound
from core.words import say
from models.base import Base
from models.place import Community, Subdistrict
from models.programme import Contract, Provider
from models.taxonomy import ROLES, SCOPES

SCOPED: dict[str, type[Base]] = {
    "subdistrict": Subdistrict,
    "community": Community,
    "provider": Provider,
    "contract": Contract,
}
accounts = typer.Typer(help=say("cli.account.help"), no_args_is_help=True)
app.add_typer(accounts, name="account")


@accounts.command("add", help=say("cli.account.add_help"))
def add(
    name: Annotated[str, typer.Argument(help=say("cli.account.name"))],
    role: Annotated[list[str], typer.Option(help=say("cli.account.role", roles=" ".join(ROLES)))],
    scope: Annotated[str, typer.Option(help=say("cli.account.scope"))] = "all",
    display: Annotated[str, typer.Option(help=say("cli.account.display"))] = "",
) -> None:
    """Create an account; the password never stands in the command."""
    from core.actions.accounts import create_account

    for wanted in role:
        if wanted not in ROLES:
            raise out.usage(say("cli.account.unknown_role", role=wanted))
    kind, _, code = scope.partition(":")
    if kind not in SCOPES or (kind == "all") == bool(code):
        raise out.usage(say("cli.account.unknown_scope", scope=scope))
    database.require_current()
    password = _password()
    with database.writing() as session:
        scope_id = _scope_id(session, kind, code)
        roles = [(wanted, kind, scope_id) for wanted in dict.fromkeys(role)]
        create_account(session, name=name, display=display or name, password=password, roles=roles)
    out.tell(say("cli.account.added", name=name))


def _password() -> str:
    """From a prompt, or one line of stdin when that is no terminal."""
    if sys.stdin.isatty():
        return str(
            typer.prompt(
                say("cli.account.password"), hide_input=True, confirmation_prompt=say("cli.account.repeat")
            )
        )
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise out.usage(say("cli.account.no_password"))
    return password


def _scope_id(session: Session, kind: str, code: str) -> int | None:
    if kind == "all":
        return None
    table = table_of(SCOPED[kind])
    found: int | None = session.scalar(select(table.c.id).where(table.c.code == code))
    if found is None:
        raise NotFound(say("cli.account.unknown_code", scope=kind, code=code))
    return found

"""What all commands share: figures as a table or JSON on stdout, sentences and progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from core import database
from core.words import say

# 0: done and nothing to report · 1: findings, or it could not be done · 2: the call itself was wrong.
FINDINGS, USAGE = 1, 2

Json = Annotated[bool, typer.Option("--json", help=say("cli.json"))]


def tell(sentence: str) -> None:
    """One sentence to the person, on stderr, so that stdout stays what was asked for."""
    typer.echo(sentence, err=True)


def usage(sentence: str) -> typer.BadParameter:
    """The error for a wrong call: raise it, and the exit code is 2."""
    return typer.BadParameter(sentence)


def show(figures: Any, *, as_json: bool) -> None:
    """Print figures: JSON as they are, else a table (a list of rows, or one mapping of name → figure)."""
    if as_json:
        options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
        typer.echo(orjson.dumps(figures, option=options).decode())
    elif isinstance(figures, Mapping):
        rows = [{say("cli.figure"): name, say("cli.count"): n} for name, n in figures.items()]
        _table(rows)
    else:
        _table(figures)


def _table(rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    table = Table(*rows[0].keys())
    for row in rows:
        table.add_row(*("—" if cell is None else str(cell) for cell in row.values()))
    # Piped, a table must not be cut to a terminal's width.
    Console(width=None if sys.stdout.isatty() else 200, markup=False).print(table)


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on stderr while it is a terminal; yields the function that moves it on by n."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda n: bar.advance(task, n)


def make_current() -> None:
    """Bring the database to the newest version if it isn't there yet."""
    if not database.is_current():
        database.upgrade()

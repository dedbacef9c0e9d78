"""The Typer app all commands hang on: errors of ours become a sentence and exit code 1."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from core import database
from core.cli import out
from core.errors import LinshengError
from core.words import say


class _Told(TyperGroup):
    """Tells what went wrong in a sentence; a mistake in the call itself stays click's (exit code 2)."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except LinshengError as error:
            out.tell(str(error))
            raise typer.Exit(out.FINDINGS) from error
        finally:
            database.dispose()


# Locals in a traceback could hold what residents wrote.
app = typer.Typer(
    cls=_Told,
    help=say("cli.about"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)

"""backup and restore, both while the portal runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core import database
from core.actions import backup as deeds
from core.cli import out
from core.cli.app import app
from core.words import say

File = Annotated[Path, typer.Argument(dir_okay=False, help=say("cli.backup.file"))]
OldFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=say("cli.backup.file"))]


@app.command(help=say("cli.backup.help"))
def backup(file: File, as_json: out.Json = False) -> None:
    """Write the whole record to one file."""
    database.require_current()
    with out.progress(say("cli.backup.saving")) as advance:
        manifest = deeds.backup(file, advance=advance)
    _show(manifest, as_json=as_json)
    out.tell(say("cli.backup.done", rows=f"{manifest.rows:,}", name=file.name))


@app.command(help=say("cli.backup.restore_help"))
def restore(
    file: OldFile,
    force: Annotated[bool, typer.Option("--force", help=say("cli.backup.force"))] = False,
    as_json: out.Json = False,
) -> None:
    """Replace the record by a backup's."""
    out.make_current()
    with out.progress(say("cli.backup.restoring")) as advance:
        manifest = deeds.restore(file, force=force, advance=advance)
    _show(manifest, as_json=as_json)
    out.tell(say("cli.backup.restored", rows=f"{manifest.rows:,}"))


def _show(manifest: deeds.Manifest, *, as_json: bool) -> None:
    rows = {name: kept["rows"] for name, kept in manifest.tables.items() if kept["rows"]}
    figures = {"migration": manifest.migration, "made_at": manifest.made_at, "tables": rows}
    out.show(figures if as_json else rows, as_json=as_json)

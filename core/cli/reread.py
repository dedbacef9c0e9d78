"""reread: all comments read again with the version in use; Ctrl-C stops it, the next run goes on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from core import database
from core.actions import reread as rereading
from core.actions.classifier_jobs import Stopped
from core.actions.read_comments import BATCH
from core.cli import out
from core.cli.app import app
from core.words import say


@app.command(help=say("classifier.cli.reread"))
def reread(
    batch: Annotated[int, typer.Option("--batch", min=1, help=say("classifier.cli.batch"))] = BATCH,
    as_json: out.Json = False,
) -> None:
    """Exit code 1 when it was stopped, or when comments could not be read."""
    out.make_current()
    version = rereading.running_reader(rereading.SHIPPED).version
    with database.reading() as session:
        left = rereading.to_reread(session, version)
    try:
        with out.progress(say("classifier.cli.rereading"), left) as advance:
            found = rereading.reread(data=rereading.SHIPPED, batch=batch, advance=advance)
    except (KeyboardInterrupt, Stopped) as stop:
        out.tell(say("classifier.cli.stopped"))
        raise typer.Exit(out.FINDINGS) from stop
    out.tell(say("classifier.cli.reread_done", n=f"{found.read:,}", version=found.version))
    out.show(asdict(found), as_json=as_json)
    raise typer.Exit(out.FINDINGS if found.failed else 0)

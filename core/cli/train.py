"""train: the classifier of the labelled comments as they are now."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli import classifier, out
from core.cli.app import app
from core.settings import settings
from core.words import say


@app.command(help=say("reading.train.help"))
def train(
    again: Annotated[bool, typer.Option("--again", help=say("reading.train.again"))] = False,
    as_json: out.Json = False,
) -> None:
    """Train in a child process, unless the classifier of these data is there already."""
    cache = settings().classifier_cache
    known = set(cache.glob("*.npz"))
    reader = classifier.ready(again=again)
    path = cache / f"{reader.version}.npz"
    fresh = again or path not in known
    out.tell(say("reading.train.done" if fresh else "reading.train.kept", version=reader.version))
    figures = {"version": reader.version, "trained": fresh, "bytes": path.stat().st_size}
    out.show(figures, as_json=as_json)

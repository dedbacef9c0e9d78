"""train: the classifier of the labelled comments as they are now, also with what was reviewed here."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from core import database
from core.actions.classifier_versions import go_back
from core.actions.retrain import SHIPPED, STEPS, Order, Outcome, retrain
from core.actions.training_labels import FileReject
from core.cli import classifier, out
from core.cli.app import app
from core.settings import settings
from core.words import say


class Adopt(StrEnum):
    """When a new version is put to reading."""

    AUTO = "auto"
    NEVER = "never"


@app.command(help=say("reading.train.help"))
def train(
    again: Annotated[bool, typer.Option("--again", help=say("reading.train.again"))] = False,
    with_labels: Annotated[
        bool, typer.Option("--with-labels", help=say("classifier.cli.with_labels"))
    ] = False,
    adopt: Annotated[Adopt, typer.Option("--adopt", help=say("classifier.cli.adopt"))] = Adopt.AUTO,
    back: Annotated[bool, typer.Option("--back", help=say("classifier.cli.back"))] = False,
    as_json: out.Json = False,
) -> None:
    """Train in a child process; exit code 1 when label files hold rows that cannot be used."""
    if again + with_labels + back > 1 or (adopt is Adopt.NEVER and not with_labels):
        raise out.usage(say("classifier.cli.one_thing"))
    if back:
        _back(as_json=as_json)
    elif with_labels:
        _with_labels(Order(adopt=adopt is Adopt.AUTO), as_json=as_json)
    else:
        _shipped(again=again, as_json=as_json)


def _shipped(*, again: bool, as_json: bool) -> None:
    """Train on the shipped data alone, unless their classifier is there already."""
    cache = settings().classifier_cache
    known = set(cache.glob("*.npz"))
    reader = classifier.ready(again=again)
    path = cache / f"{reader.version}.npz"
    fresh = again or path not in known
    out.tell(say("reading.train.done" if fresh else "reading.train.kept", version=reader.version))
    figures = {"version": reader.version, "trained": fresh, "bytes": path.stat().st_size}
    out.show(figures, as_json=as_json)


def _with_labels(order: Order, *, as_json: bool) -> None:
    out.make_current()
    with out.progress(say("reading.train.training"), STEPS) as advance:
        found = retrain(order, data=SHIPPED, advance=advance)
    _tell_rejects(found.rejects)
    out.tell(say(f"classifier.outcome.{'same' if found.same else found.state}", version=found.version))
    out.tell(say(f"classifier.reason.{found.reason}"))
    out.show(_figures(found), as_json=as_json)
    raise typer.Exit(out.FINDINGS if found.rejects else 0)


def _tell_rejects(rejects: list[FileReject]) -> None:
    """Name the rows, and the whole files, that were not taken."""
    for reject in rejects[: classifier.MOST_TOLD]:
        kind = "row" if reject.line else "file"
        told = say(f"classifier.rejected.{kind}", **reject._asdict())
        out.tell(told)
    if rejects:
        out.tell(say("reading.rejected_in_all", n=f"{len(rejects):,}"))


def _figures(found: Outcome) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(found).items() if name not in ("comparison", "rejects")}
    return plain | asdict(found.comparison) | {"rejected": len(found.rejects)}


def _back(*, as_json: bool) -> None:
    out.make_current()
    with database.writing() as session:
        version = go_back(session).version
    out.tell(say("classifier.went_back", version=version))
    out.show({"version": version}, as_json=as_json)

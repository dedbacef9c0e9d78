"""import FILE: comments or responses from a file, idempotently."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from core.actions.import_comments import import_comments
from core.actions.import_responses import import_responses
from core.actions.imports import ImportReport, write_rejects
from core.actions.read_comments import read_waiting
from core.cli import out
from core.cli.app import app
from core.settings import ROOT, settings
from core.words import say


class Kind(StrEnum):
    """What a file can be brought in as."""

    COMMENTS = "comments"


def _option(name: str, *names: str) -> typer.models.OptionInfo:
    found: typer.models.OptionInfo = typer.Option(*names, help=say(f"cli.import.{name}"))
    return found


@app.command("import", help=say("cli.import.help"))
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=say("cli.import.file"))],
    kind: Annotated[Kind | None, _option("as", "--as")] = None,
    round_code: Annotated[str, _option("round", "--round")] = "",
    community: Annotated[str, _option("community", "--community")] = "",
    source: Annotated[str, _option("source", "--source")] = "",
    mapping: Annotated[Path | None, _option("mapping", "--mapping")] = None,
    read: Annotated[bool, _option("read_now", "--read/--no-read")] = True,
    rejects: Annotated[Path | None, _option("rejects", "--rejects")] = None,
    as_json: out.Json = False,
) -> None:
    """Bring a file in, read its comments, report; exit code 1 when rows were rejected."""
    if (kind is None) == (not round_code):
        raise out.usage(say("cli.import.which"))
    if kind and mapping:
        raise out.usage(say("cli.import.only_responses"))
    if round_code and (community or source):
        raise out.usage(say("cli.import.only_comments"))
    out.make_current()
    with out.progress(say("cli.import.storing")) as advance:
        if kind:
            report = import_comments(file, community=community, source=source, advance=advance)
        else:
            report = import_responses(file, round_code, mapping=mapping, advance=advance)
    _tell_rejects(report, rejects or settings().var / "imports" / f"{file.name}.rejects.csv")
    if read:
        _read()
    out.show(report.figures(), as_json=as_json)
    raise typer.Exit(out.FINDINGS if report.rejects else 0)


def _tell_rejects(report: ImportReport, path: Path) -> None:
    write_rejects(report, path)
    if report.rejects:
        out.tell(say("cli.import.rejected_to", n=len(report.rejects), path=path))


def _read() -> None:
    """Read what waits; the comments are stored already, so a missing classifier is told and no failure."""
    from core.text import store

    data = ROOT / "data"
    try:
        reader = store.train(data / "labelled", data / "lexicon", settings().classifier_cache)
    except (RuntimeError, OSError, ValueError) as error:
        out.tell(say("cli.import.unread", reason=type(error).__name__))
        return
    with out.progress(say("cli.import.reading")) as advance:
        while taken := read_waiting(reader):
            advance(taken)

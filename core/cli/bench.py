"""bench: ratios within one run, as a table and as JSON under var/bench; exit code 1 when a bar is missed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from core.cli import out
from core.cli.app import app
from core.errors import LinshengError
from core.settings import ROOT, settings
from core.words import say


class Name(StrEnum):
    """What can be measured."""

    FLAT = "flat"
    PAGES = "pages"
    INGEST = "ingest"
    CRASH = "crash"
    DOOR = "door"
    PEERS = "peers"
    READING = "reading"
    ALL = "all"


@app.command(help=say("bench.help"))
def bench(
    name: Annotated[Name, typer.Argument(help=say("bench.name"))] = Name.ALL,
    rounds: Annotated[int, typer.Option(min=1, help=say("bench.rounds"))] = 5,
    quick: Annotated[bool, typer.Option("--quick", help=say("bench.quick"))] = False,
    as_json: out.Json = False,
) -> None:
    """Measure one thing or all, one after the other."""
    names = [one for one in Name if one is not Name.ALL] if name is Name.ALL else [name]
    reports = []
    for one in names:
        out.tell(say("bench.running", name=say(f"bench.title.{one}")))
        reports.append(_measured(one, rounds, quick=quick))
    if as_json:
        out.show(reports if name is Name.ALL else reports[0], as_json=True)
    else:
        out.show([row for found in reports for row in rows(found["lines"])], as_json=False)
        _explain(names)
    raise typer.Exit(0 if all(found["held"] for found in reports) else out.FINDINGS)


def _measured(name: Name, rounds: int, *, quick: bool) -> dict[str, Any]:
    """Run one bench in a process of its own, which no command's imports have warmed; its report."""
    folder = settings().var / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.unlink(missing_ok=True)
    words = [sys.executable, "-m", "bench", name, "--rounds", str(rounds), "--out", str(path)]
    done = subprocess.run([*words, "--quick"] if quick else words, cwd=ROOT, check=False)
    if done.returncode or not path.exists():
        raise LinshengError(say("bench.failed", name=say(f"bench.title.{name}"), code=done.returncode))
    found: dict[str, Any] = orjson.loads(path.read_bytes())
    return found


def rows(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The lines of a report as the table shows them."""
    column = {
        key: say(f"bench.column.{key}") for key in ("what", "on", "median", "range", "bar", "held", "beside")
    }
    return [
        {
            column["what"]: say(f"bench.what.{line['what']}"),
            column["on"]: line["on"],
            column["median"]: _figure(line["median"]),
            column["range"]: f"{_figure(line['low'])} – {_figure(line['high'])}",
            column["bar"]: "—" if line["bar"] is None else f"{line['rule']} {line['bar']:g}",
            column["held"]: "—" if line["held"] is None else say(f"bench.held.{line['held']}".lower()),
            column["beside"]: "；".join(f"{name} {_figure(n)}" for name, n in line["beside"].items()),
        }
        for line in lines
    ]


def _figure(n: float) -> str:
    return f"{n:,.0f}" if abs(n) >= 100 or n == int(n) else f"{n:.3g}"


def _explain(names: Sequence[Name]) -> None:
    """What a reader must know of the figures, and where they are kept."""
    if Name.CRASH in names:
        out.tell(say("bench.no_power_cut"))
    out.tell(say("bench.kept", path=_shown(settings().var / "bench")))


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path

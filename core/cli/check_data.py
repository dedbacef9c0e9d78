"""check-data: files and record, every finding told; exit code 1 when there is one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core import database
from core.actions.recount_check import differences
from core.cli import out
from core.cli.app import app
from core.cli.check_files import check_files
from core.queries.check_data import MOST_TOLD, Finding, figures, findings
from core.words import say


@app.command("check-data", help=say("cli.check.help"))
def check_data(
    files_only: Annotated[bool, typer.Option("--files-only", help=say("cli.check.files_only"))] = False,
    as_json: out.Json = False,
) -> None:
    """Check the data files and, unless told not to, the record."""
    found, counts = check_files(), dict[str, int]()
    if not files_only:
        of_record, counts = check_record()
        found += of_record
    if as_json:
        out.show({"findings": [finding._asdict() for finding in found], "figures": counts}, as_json=True)
    else:
        _show(found, counts)
    raise typer.Exit(out.FINDINGS if found else 0)


def check_record() -> tuple[list[Finding], dict[str, int]]:
    """All findings about the record, seen at one moment, and its figures."""
    if not database.is_current():
        return [Finding("alembic_version", say("cli.check.not_migrated"))], {}
    with database.snapshot() as session, out.progress(say("cli.check.checking")) as advance:
        found = findings(session)
        found += _tally_findings(differences(session, advance=advance))
        return found, figures(session)


def _tally_findings(differing: list[tuple[str, Any, Any]]) -> list[Finding]:
    found = [
        Finding("tally", say("cli.check.tally_cell", key=key, stored=stored, counted=counted))
        for key, stored, counted in differing[:MOST_TOLD]
    ]
    if len(differing) > MOST_TOLD:
        found.append(Finding("tally", say("cli.check.tally_more", n=len(differing) - MOST_TOLD)))
    return found


def _show(found: list[Finding], counts: dict[str, int]) -> None:
    if counts:
        out.show({name: n for name, n in counts.items() if n}, as_json=False)
    rows = [{say("cli.place"): where, say("cli.finding"): told} for where, told in found]
    out.show(rows, as_json=False)
    out.tell(say("cli.check.found", n=len(found)) if found else say("cli.check.ok"))

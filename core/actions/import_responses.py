"""Bringing in responses from a file: one a row, columns named by the questionnaire's codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions.import_row import Mapped, Target, read_mapping, submission_of, translated
from core.actions.imports import (
    Advance,
    ImportedFile,
    ImportReport,
    Reject,
    Wrong,
    no_progress,
    read_table,
)
from core.actions.round_cache import round_facts
from core.actions.submit import Submission, save_responses
from core.errors import Closed, ImportFailed, Invalid, NotFound
from core.words import say
from models.place import Building, Grid
from models.programme import Activity
from models.questionnaire import Round

BATCH = 500


def import_responses(
    path: Path, round_code: str, *, mapping: Path | None = None, advance: Advance = no_progress
) -> ImportReport:
    """Store a file's responses in a round, each once by its `key`; a faulty row costs only itself.

    Several choices are joined by `;`; the place is a grid's code and, in column `building`, a building's.
    Raises ImportFailed (no such table, unknown columns, wrong mapping), NotFound (round), Unavailable.
    """
    target = _target(round_code)
    table = read_table(path)
    mapped = read_mapping(mapping) if mapping else Mapped()
    names = _names(table, target, mapped)
    rejects = list(table.rejects)
    advance(len(rejects))
    sheets: list[tuple[int, Submission]] = []
    for row in table.rows:
        cells = {names[c]: value.strip() for c, value in row.cells.items() if names[c]}
        try:
            sheets.append((row.line, submission_of(target, translated(cells, mapped))))
        except Wrong as wrong:
            rejects.append(Reject(row.line, str(wrong)))
            advance(1)
    stored = 0
    for start in range(0, len(sheets), BATCH):
        batch = sheets[start : start + BATCH]
        stored += _store(batch, rejects)
        advance(len(batch))
    duplicate = len(table.rows) + len(table.rejects) - stored - len(rejects)
    return ImportReport(stored, duplicate, tuple(rejects))


def _target(round_code: str) -> Target:
    with database.reading() as session:
        found = session.execute(
            select(col(Round.id), col(Round.community_id)).where(col(Round.code) == round_code)
        ).first()
        if found is None:
            raise NotFound(say("cli.import.unknown_round", code=round_code))
        here = col(Grid.community_id) == found.community_id
        grids = session.execute(select(col(Grid.code), col(Grid.id)).where(here)).all()
        houses = select(col(Building.grid_id), col(Building.code), col(Building.id)).join(Grid).where(here)
        buildings = session.execute(houses).all()
        activities = session.execute(
            select(col(Activity.code), col(Activity.id)).where(
                col(Activity.community_id) == found.community_id
            )
        ).all()
    return Target(
        found.id,
        round_code,
        round_facts(found.id).definition,
        {row[0]: row[1] for row in grids},
        {(row[0], row[1]): row[2] for row in buildings},
        {row[0]: row[1] for row in activities},
    )


def _names(table: ImportedFile, target: Target, mapped: Mapped) -> dict[str, str]:
    """Column of the file → column as we know it; raises ImportFailed for unknown ones and without a key."""
    names = {column: str(mapped.columns.get(column, column)) for column in table.columns}
    unknown = [column for column, name in names.items() if name and name not in target.columns]
    if unknown:
        raise ImportFailed(say("cli.import.unknown_columns", columns="、".join(unknown)[:200]))
    taken = [name for name in names.values() if name]
    if len(set(taken)) < len(taken):
        raise ImportFailed(
            say("cli.import.columns_twice", columns="、".join({n for n in taken if taken.count(n) > 1}))
        )
    if "key" not in taken:
        raise ImportFailed(say("cli.import.no_key_column"))
    return names


def _store(batch: Sequence[tuple[int, Submission]], rejects: list[Reject]) -> int:
    """Store a batch in one transaction; if it is refused, its halves, so that the bad ones fail alone."""
    try:
        receipts = save_responses([sheet for _, sheet in batch])
        return sum(not receipt.repeated for receipt in receipts)
    except (Invalid, NotFound, Closed) as error:
        if len(batch) == 1:
            rejects.append(Reject(batch[0][0], str(error)))
            return 0
        middle = len(batch) // 2
        return _store(batch[:middle], rejects) + _store(batch[middle:], rejects)

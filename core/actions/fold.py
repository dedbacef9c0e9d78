"""Folding responses into the tally behind the watermark, in batches; a recount is the same code from zero.

Each batch and the new watermark are one transaction: a killed fold leaves the tally as it was, and
nothing is ever counted twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Table

from core import database
from core.actions.round_cache import round_facts
from core.actions.statements import insert, moment, run_many, table_of, writing_cursor
from core.actions.store_response import FOLD_LOCK
from core.questionnaires.counting import RESPONSE_PART, SEPARATOR, Part, parts
from core.words import CHINA
from models.base import now
from models.tally import ASKED, Tally, TallyMargin

BATCH = 20_000
# One fold at a time on PostgreSQL; on SQLite the write transaction is that lock.
FOLDER_LOCK = 7_340_013

TALLY, MARGIN = (table_of(model) for model in (Tally, TallyMargin))

Parts = list[Part]
ONLY_THE_RESPONSE = [RESPONSE_PART]

Cell = tuple[int, int, int, int]
Margin = tuple[int, str, str]

# The last one is the rated activity's area and need, "culture|K4"; null where no activity is rated.
COLUMNS = (
    "id, round_id, grid_id, age_band, sex, building_id, groups, mode, collector, flags, received_at, "
    "CAST(answers AS TEXT), "
    "(SELECT area || '|' || coalesce(need, '') FROM activity WHERE activity.id = response.activity_id)"
)


class Folded(NamedTuple):
    """How many responses one call counted, and the watermark after it."""

    responses: int
    last_response_id: int


@dataclass
class Counts:
    """What a batch adds: for each cell and each margin the parts that are counted there, person by person."""

    cells: dict[Cell, list[Parts]] = field(default_factory=lambda: defaultdict(list))
    margins: dict[Margin, list[Parts]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: tuple[Any, ...]) -> None:
        """Count one response row (see COLUMNS)."""
        _, round_id, grid, age, sex, building, groups, mode, collector, flags, received, answers, rated = row
        facts, margins = round_facts(round_id), self.margins
        given = orjson.loads(answers)
        added = parts(facts.definition, given)
        self.cells[round_id, grid or 0, age, sex].append(added)
        how = f"{_month(received)}|{mode}|{collector}|{'flagged' if flags else 'valid'}"
        margins[round_id, "how", how].append(added)
        for group in groups.split(";") if groups else ():
            margins[round_id, "group", group].append(added)
        if building:
            margins[round_id, "building", str(building)].append(ONLY_THE_RESPONSE)
        if rated:
            area, _, need = rated.partition("|")
            margins[round_id, "area", area].append(added)
            margins[round_id, f"need:{area}", need].append(ONLY_THE_RESPONSE)
        for code in facts.crossed:
            for choice in _chosen(given.get(code)):
                margins[round_id, f"q:{code}", choice].append(added)

    def cell_rows(self) -> list[tuple[Any, ...]]:
        """Rows of the tally, in key order so that concurrent folds could not deadlock."""
        rows: list[tuple[Any, ...]] = []
        for round_id, group in groupby(sorted(self.cells), key=itemgetter(0)):
            cells = [(cell[1:], _totals(self.cells[cell])) for cell in group]
            for pair in sorted(set[str]().union(*(totals for _, totals in cells))):
                question, choice, is_asked = _named(pair)
                rows += [
                    (round_id, question, choice, *cell, n, n * is_asked)
                    for cell, totals in cells
                    if (n := totals.get(pair, 0))
                ]
        return rows

    def margin_rows(self) -> list[tuple[Any, ...]]:
        """Rows of the margin tally, in key order."""
        rows: list[tuple[Any, ...]] = []
        for margin in sorted(self.margins):
            for pair, n in sorted(_totals(self.margins[margin]).items()):
                question, choice, is_asked = _named(pair)
                rows.append((*margin, question, choice, n, n * is_asked))
        return rows


def _totals(added: list[Parts]) -> dict[str, int]:
    """Pair → how many of the added parts hold it."""
    totals: dict[str, int] = defaultdict(int)
    for part, n in Counter(chain.from_iterable(added)).items():
        for pair in part.pairs:
            totals[pair] += n
    return totals


def _named(pair: str) -> tuple[str, str, bool]:
    """Question and choice of a pair, and whether it counts who was asked. Pairs sort as these do."""
    question, _, choice = pair.partition(SEPARATOR)
    return question, choice, choice == ASKED


def _month(received: Any) -> str:
    """The month in China of a stored time, e.g. 2026-11; SQLite hands times over as UTC text."""
    hour = received[:13] if isinstance(received, str) else received.astimezone(UTC).strftime("%Y-%m-%d %H")
    return _month_of(hour)


@lru_cache(maxsize=4096)
def _month_of(hour: str) -> str:
    return datetime.fromisoformat(f"{hour}:00:00+00:00").astimezone(CHINA).strftime("%Y-%m")


def _chosen(value: Any) -> Iterable[str]:
    if value is None:
        return ()
    return map(str, value) if isinstance(value, list) else (str(value),)


def fold(batch: int = BATCH) -> Folded:
    """Count the responses that are new since the watermark, one batch; 0 when there are none.

    Raises Unavailable when the record cannot be written; nothing is counted then.
    """
    end = _safe_end()
    with writing_cursor() as (cursor, name):
        _lock(cursor, name)
        start = _watermark(cursor)
        rows = _rows(cursor, name, (start, end, batch))
        if not rows:
            return Folded(0, start)
        counts = Counts()
        for row in rows:
            counts.add(row)
        for table, key, found in ((TALLY, 6, counts.cell_rows()), (MARGIN, 5, counts.margin_rows())):
            _add(cursor, name, table, found, key=key)
        _set_watermark(cursor, name, rows[-1][0])
        return Folded(len(rows), rows[-1][0])


def _add(cursor: Any, name: str, table: Table, rows: list[tuple[Any, ...]], *, key: int) -> None:
    """Add n and asked to the rows of the same key (the first `key` columns); new ones are inserted."""
    columns = tuple(column.name for column in table.columns)
    if name == "sqlite":
        run_many(cursor, insert(table, name, unique=columns[:key], add=("n", "asked")), rows)
        return
    # One statement a row would cost PostgreSQL ten times as much as a copy and one statement for all.
    fresh, listed = f"fresh_{table.name}", ", ".join(columns)
    cursor.execute(f"CREATE TEMP TABLE {fresh} (LIKE {table.name}) ON COMMIT DROP")
    with cursor.copy(f"COPY {fresh} ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    sums = ", ".join(f"{column} = {table.name}.{column} + excluded.{column}" for column in ("n", "asked"))
    cursor.execute(
        f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {fresh} "
        f"ON CONFLICT ({', '.join(columns[:key])}) DO UPDATE SET {sums}"
    )


def fold_all() -> int:
    """Fold until nothing is left; the number of responses counted."""
    total = 0
    while (done := fold().responses) > 0:
        total += done
    return total


def recount() -> int:
    """Empty the tally and count every response again: the emptying in one transaction, then in batches."""
    with writing_cursor() as (cursor, name):
        _lock(cursor, name)
        for table in ("tally", "tally_margin", "fold_state"):
            cursor.execute(f"DELETE FROM {table}")
    return fold_all()


def _lock(cursor: Any, name: str) -> None:
    if name == "postgresql":
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (FOLDER_LOCK,))


def _safe_end() -> int:
    """The highest id below which no response is still uncommitted.

    On PostgreSQL ids are given out before commit: savers hold FOLD_LOCK shared, so at the moment it can
    be had alone, all ids up to the highest one are committed or gone. It is given back at once, so
    savers never wait for a fold. SQLite has one writer, and commits ids in order.
    """
    if database.engine().dialect.name == "sqlite":
        return 2**62
    with writing_cursor() as (cursor, _):
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (FOLD_LOCK,))
        cursor.execute("SELECT coalesce(max(id), 0) FROM response")
        return int(cursor.fetchone()[0])


def _watermark(cursor: Any) -> int:
    cursor.execute("SELECT last_response_id FROM fold_state WHERE id = 1")
    found = cursor.fetchone()
    return int(found[0]) if found else 0


def _rows(cursor: Any, name: str, limits: tuple[int, int, int]) -> list[tuple[Any, ...]]:
    """The responses with start < id ≤ end, the first `batch` of them in order."""
    mark = "?" if name == "sqlite" else "%s"
    where = f"id > {mark} AND id <= {mark} ORDER BY id LIMIT {mark}"
    cursor.execute(f"SELECT {COLUMNS} FROM response WHERE {where}", limits)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _set_watermark(cursor: Any, name: str, last: int) -> None:
    mark = "?" if name == "sqlite" else "%s"
    cursor.execute(
        f"INSERT INTO fold_state (id, last_response_id, folded_at) VALUES (1, {mark}, {mark}) "
        "ON CONFLICT (id) DO UPDATE SET last_response_id = excluded.last_response_id, "
        "folded_at = excluded.folded_at",
        (last, moment(now(), name)),
    )

"""Filling a record with many responses at once, past the action: only for benches that read or fold them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from bench.sheets import Stood, submissions
from core.actions.statements import moment, table_of, writing_cursor
from core.actions.store_response import COMMENT, RESPONSE, StoredSheet
from core.actions.submit import prepare
from models.base import now
from models.comment import Classification

READING = table_of(Classification)
CHUNK = 10_000
# Sheets are drawn anew up to this many; then they come again under other keys, receipts and days.
DISTINCT = 50_000
SPOKEN = 0.3
# How many comments wait to be read, however many there are: the reading worker keeps up.
WAITING = 200
DAYS = 180
AREAS = ("elderly", "children_youth", "culture", "environment", "facilities")

Row = dict[str, Any]


class Filler:
    """Gives out full needs-v1 responses as rows; the sheets are drawn once and kept for further records."""

    def __init__(self, stood: Stood, *, chunk: int = CHUNK, distinct: int = DISTINCT) -> None:
        self._stood, self._size = stood, chunk
        self._chunks = max(1, distinct // chunk)
        self._kept: dict[int, list[StoredSheet]] = {}
        self._filled = 0

    def fill(self, n: int) -> None:
        """Add n responses, their comments and classifications to the record in use; folded they are not."""
        with writing_cursor() as (cursor, name):
            bounds = _last_id(cursor, RESPONSE), _last_id(cursor, COMMENT)
            if name == "sqlite":
                cursor.execute("PRAGMA cache_size=-400000")
            for sheets in self._sheets(n):
                rows = _rows(sheets, bounds, run=self._filled)
                bounds = rows[0][-1]["id"], bounds[1] + len(rows[1])
                for table, found in zip((RESPONSE, COMMENT, READING), rows, strict=True):
                    _put(cursor, name, table, found)
                self._filled += len(sheets)
            for table in (RESPONSE, COMMENT, READING) if name == "postgresql" else ():
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
                )
            cursor.execute("ANALYZE")

    def _sheets(self, n: int) -> Iterator[list[StoredSheet]]:
        for done in range(0, n, self._size):
            yield self._chunk(done // self._size % self._chunks)[: n - done]

    def _chunk(self, k: int) -> list[StoredSheet]:
        if k not in self._kept:
            drawn = submissions(self._stood, self._size, seed=1000 + k, spoken=SPOKEN)
            self._kept[k] = [prepare(one) for one in drawn]
        return self._kept[k]


def _last_id(cursor: Any, table: Table) -> int:
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table.name}")
    return int(cursor.fetchone()[0])


def _rows(sheets: Sequence[StoredSheet], after: tuple[int, int], *, run: int) -> tuple[list[Row], ...]:
    """Rows of response, comment and classification; ids count on from `after`, days spread over DAYS."""
    at = now()
    responses: list[Row] = []
    comments: list[Row] = []
    for i, sheet in enumerate(sheets):
        key = f"bulk-{run + i}"
        said_at = at - timedelta(minutes=(run + i) * 7919 % (DAYS * 1440))
        fresh = {
            "id": after[0] + i + 1,
            "received_at": said_at,
            "idempotency_key": key,
            "ticket": None,
            "receipt_hash": hashlib.sha256(key.encode()).hexdigest(),
        }
        responses.append(sheet.response | fresh)
        times = {"said_at": said_at, "received_at": said_at, "response_id": fresh["id"]}
        comments += [said | times for said in sheet.comments]
    for k, said in enumerate(comments, after[1] + 1):
        said |= {"id": k} if k <= WAITING else {"id": k, "state": "classified", "classification_id": k}
    return responses, comments, [_reading(said, at) for said in comments if said["classification_id"]]


def _reading(said: Row, at: datetime) -> Row:
    return {
        "id": said["id"],
        "comment_id": said["id"],
        "classifier": "bench",
        "area": AREAS[said["id"] % len(AREAS)],
        "areas": "",
        "probability": 0.9,
        "second": "",
        "second_probability": 0.0,
        "sentiment": "neu",
        "intent": "need",
        "urgent": said["id"] % 997 == 0,
        "abstained": False,
        "read_at": at,
    }


def _put(cursor: Any, name: str, table: Table, rows: Sequence[Row]) -> None:
    columns = [column.name for column in table.columns]
    said = ", ".join(columns)
    if name == "sqlite":
        marks = ", ".join("?" * len(columns))
        cursor.executemany(f"INSERT INTO {table.name} ({said}) VALUES ({marks})", _cells(rows, columns, name))
        return
    with cursor.copy(f"COPY {table.name} ({said}) FROM STDIN") as copy:
        for cells in _cells(rows, columns, name):
            copy.write_row(cells)


def _cells(rows: Iterable[Row], columns: Sequence[str], name: str) -> Iterator[list[Any]]:
    for row in rows:
        yield [moment(row[c], name) if isinstance(row[c], datetime) else row[c] for c in columns]

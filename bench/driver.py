"""The rows of a save written by the bare driver: same tables, indexes and transactions, same durability."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import psycopg

from bench.ground import Record
from core.actions import raise_alerts, store_response
from core.actions.raise_alerts import ALERT, Alarming
from core.actions.statements import insert
from core.actions.store_response import AUDIT, COMMENT, FOLD_LOCK, RESPONSE, StoredSheet
from core.analysis.duty_hours import Roster
from models.base import now

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY")
Row = list[Any]


class Filed(NamedTuple):
    """One sheet's rows, made beforehand; its answers become JSON while they are written, as they must.

    `comments`: each with the row of the alert it raises, if it has words of danger.
    """

    answers: Mapping[str, Any]
    response: Row
    comments: list[tuple[Row, Row | None]]
    audit: Row


class RawDriver:
    """A connection of the bare driver, set as the portal sets it, and the INSERTs of a save."""

    def __init__(self, record: Record) -> None:
        self.name = name = record.name
        self._connection: Any
        if name == "sqlite":
            self._connection = sqlite3.connect(record.var / "linsheng.db", isolation_level=None)
            for pragma in PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
        else:
            self._connection = psycopg.connect(record.url.replace("+psycopg", ""), autocommit=True)
        self._response = insert(RESPONSE, name, unique=("idempotency_key",), returning=True)
        self._comment, self._audit = insert(COMMENT, name, returning=True), insert(AUDIT, name)
        self._alert = insert(ALERT, name, unique=("comment_id",))

    def __enter__(self) -> RawDriver:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def filed(self, sheet: StoredSheet) -> Filed:
        """The rows of a prepared sheet; ids that the database gives are still missing."""
        at = now()
        said = [comment | {"response_id": None} for comment in sheet.comments]
        alerts = [
            raise_alerts._record(Alarming(0, one["community_id"], one["danger"]), Roster(), at)
            for one in said
        ]
        rows = zip(said, self._comment.rows(said), self._alert.rows(alerts), strict=True)
        return Filed(
            orjson.loads(sheet.response["answers"]),
            list(self._response.rows([sheet.response])[0]),
            [(list(comment), list(alert) if one["danger"] else None) for one, comment, alert in rows],
            list(self._audit.rows([store_response._audit(sheet, -1, at)])[0]),
        )

    def write(self, sheets: Sequence[Filed]) -> None:
        """Each sheet in a transaction of its own: the INSERTs of a save and nothing else."""
        is_sqlite, cursor = self.name == "sqlite", self._connection.cursor()
        answers_at = self._response.columns.index("answers")
        response_at = self._comment.columns.index("response_id")
        comment_at = self._alert.columns.index("comment_id")
        subject_at = self._audit.columns.index("subject_id")
        for answers, response, comments, audit in sheets:
            cursor.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
            if not is_sqlite:
                cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", (FOLD_LOCK,))
            response[answers_at] = orjson.dumps(answers).decode()
            cursor.execute(self._response.sql, response)
            audit[subject_at] = id_ = self._new(cursor)
            for comment, alert in comments:
                comment[response_at] = id_
                cursor.execute(self._comment.sql, comment)
                if alert:
                    alert[comment_at] = self._new(cursor)
                    cursor.execute(self._alert.sql, alert)
            cursor.execute(self._audit.sql, audit)
            cursor.execute("COMMIT")

    def _new(self, cursor: Any) -> int:
        return int(cursor.lastrowid if self.name == "sqlite" else cursor.fetchone()[0])

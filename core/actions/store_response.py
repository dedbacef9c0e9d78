"""Writing checked sheets: response, comments and audit in one transaction, on either database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.actions.raise_alerts import insert_alerts, rosters
from core.actions.statements import insert, moment, run_many, run_returning, table_of, writing_cursor
from core.analysis.duty_hours import Roster
from core.errors import Closed, NotFound
from core.security import receipt_code, receipt_hash
from core.words import day
from models.account import AuditEntry
from models.base import now
from models.comment import Comment
from models.response import Response

# Two receipt codes may fall together once in a long while: then the key's next code is taken.
CODE_ATTEMPTS = 4
# Savers hold this lock shared while they have an uncommitted id; the fold asks for it alone for a
# moment, and then knows that no id below the highest one is still to come (PostgreSQL only).
FOLD_LOCK = 7_340_012

RESPONSE, COMMENT, AUDIT = (table_of(model) for model in (Response, Comment, AuditEntry))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the resident keeps. `repeated` when the same sheet had been stored before."""

    code: str
    response_id: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class StoredSheet:
    """One checked submission: its key and receipt code, the response's columns, its comments' columns."""

    key: str
    code: str
    response: dict[str, Any]
    comments: list[dict[str, Any]]


def store(sheets: Sequence[StoredSheet]) -> list[Receipt]:
    """Write the sheets in one transaction, committed before it returns; all of them or none.

    Raises Closed, NotFound (of the round) and Unavailable.
    """
    # Asked only where words of danger were found, and before the transaction holds up anybody.
    known = rosters({said["community_id"] for sheet in sheets for said in sheet.comments if said["danger"]})
    with writing_cursor() as (cursor, name):
        if name == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", (FOLD_LOCK,))
        _require_open(cursor, name, sheets)
        return _insert(cursor, name, sheets, known)


def _require_open(cursor: Any, name: str, sheets: Sequence[StoredSheet]) -> None:
    """Each round must be open at the moment its sheet was received."""
    mark = "?" if name == "sqlite" else "%s"
    for round_id in {sheet.response["round_id"] for sheet in sheets}:
        cursor.execute(f"SELECT opens_at, closes_at FROM round WHERE id = {mark}", (round_id,))
        found = cursor.fetchone()
        if found is None:
            raise NotFound.say("unknown_round")
        opens, closes = found
        times = [
            moment(s.response["received_at"], name) for s in sheets if s.response["round_id"] == round_id
        ]
        if closes is not None and max(times) >= closes:
            raise Closed.say("closed_round", closed=_told(closes))
        if min(times) < opens:
            raise Closed.say("not_open_yet", opens=_told(opens))


def _told(stored: Any) -> str:
    """A stored time as residents read it; SQLite hands it over as UTC text."""
    return day(datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored)


def _insert(
    cursor: Any, name: str, sheets: Sequence[StoredSheet], known: Mapping[int, Roster]
) -> list[Receipt]:
    statement = insert(RESPONSE, name, unique=("idempotency_key",), returning=True)
    ids = run_returning(cursor, statement, statement.rows(_timed(s.response, name) for s in sheets))
    fresh = [(sheet, new) for sheet, new in zip(sheets, ids, strict=True) if new is not None]
    said = [c | {"response_id": new} for sheet, new in fresh for c in sheet.comments]
    comments = insert(COMMENT, name)
    run_many(cursor, comments, comments.rows(_timed(c, name) for c in said if not c["danger"]))
    if alarming := [c for c in said if c["danger"]]:
        _insert_alarming(cursor, name, alarming, known)
    audit = insert(AUDIT, name)
    at = moment(now(), name)
    run_many(cursor, audit, audit.rows(_audit(sheet, new, at) for sheet, new in fresh))
    return [_receipt(cursor, name, sheet, new) for sheet, new in zip(sheets, ids, strict=True)]


def _insert_alarming(
    cursor: Any, name: str, said: Sequence[dict[str, Any]], known: Mapping[int, Roster]
) -> None:
    """Comments with words of danger, and the alert each of them raises."""
    comments = insert(COMMENT, name, returning=True)
    ids = run_returning(cursor, comments, comments.rows(_timed(c, name) for c in said))
    insert_alerts(cursor, name, zip(ids, said, strict=True), known)


def _timed(record: dict[str, Any], name: str) -> dict[str, Any]:
    """The record with its times as the driver stores them."""
    return record | {k: moment(record[k], name) for k in ("said_at", "received_at") if k in record}


def _audit(sheet: StoredSheet, new: int, at: Any) -> dict[str, Any]:
    digest = hashlib.sha256(sheet.response["answers"].encode()).hexdigest()
    return {
        "at": at,
        "account_id": None,
        "deed": "response.saved",
        "subject": "response",
        "subject_id": new,
        "digest": digest,
        "seal": None,
    }


def _receipt(cursor: Any, name: str, sheet: StoredSheet, new: int | None) -> Receipt:
    """The receipt of a sheet just stored, or of the one that was stored before under the same key."""
    if new is not None:
        return Receipt(sheet.code, new, repeated=False)
    mark = "?" if name == "sqlite" else "%s"
    cursor.execute(f"SELECT id, receipt_hash FROM response WHERE idempotency_key = {mark}", (sheet.key,))
    found, wanted = cursor.fetchone()
    codes = (receipt_code(sheet.key, attempt) for attempt in range(CODE_ATTEMPTS))
    return Receipt(next(code for code in codes if receipt_hash(code) == wanted), found, repeated=True)

"""Writing checked sheets: response, comments and audit in one transaction, on either database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from core.actions.raise_alerts import insert_alerts
from core.actions.statements import insert, moment, run_many, run_returning, table_of, writing_cursor
from core.actions.ticket_flags import flag_overused
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


class StoredSheet(NamedTuple):
    """One checked submission: its key and receipt code, the response's columns, its comments' columns.

    `account_id`: who of the staff helped to fill it in. `late`: the round need not be open.
    """

    key: str
    code: str
    response: dict[str, Any]
    comments: list[dict[str, Any]]
    account_id: int | None = None
    late: bool = False


def store(sheets: Sequence[StoredSheet]) -> list[Receipt]:
    """Write the sheets in one transaction, committed before it returns; all of them or none.

    Raises Closed, NotFound (of the round) and Unavailable.
    """
    with writing_cursor() as (cursor, name):
        if name == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", (FOLD_LOCK,))
        _require_open(cursor, name, sheets)
        if ticketed := [sheet.response for sheet in sheets if sheet.response["ticket"]]:
            flag_overused(cursor, name, ticketed)
        return _insert(cursor, name, sheets)


def fallen_together(sheets: Sequence[StoredSheet]) -> set[int]:
    """The places of the sheets whose code another key has: one stored before, or an earlier one of these."""
    hashes = [sheet.response["receipt_hash"] for sheet in sheets]
    owner: dict[str, str] = {}
    with writing_cursor() as (cursor, name):
        mark = "?" if name == "sqlite" else "%s"
        for hash_ in hashes:
            cursor.execute(f"SELECT idempotency_key FROM response WHERE receipt_hash = {mark}", (hash_,))
            if found := cursor.fetchone():
                owner[hash_] = found[0]
    return {
        place
        for place, (hash_, sheet) in enumerate(zip(hashes, sheets, strict=True))
        if owner.setdefault(hash_, sheet.key) != sheet.key
    }


def _require_open(cursor: Any, name: str, sheets: Sequence[StoredSheet]) -> None:
    """Each round must be open at the moment its sheet was received."""
    received: dict[int, list[datetime]] = {}
    for sheet in sheets:
        if sheet.late:
            continue
        received.setdefault(sheet.response["round_id"], []).append(sheet.response["received_at"])
    mark = "?" if name == "sqlite" else "%s"
    for round_id, times in received.items():
        cursor.execute(f"SELECT opens_at, closes_at FROM round WHERE id = {mark}", (round_id,))
        found = cursor.fetchone()
        if found is None:
            raise NotFound.say("unknown_round")
        opens, closes = found
        if closes is not None and moment(max(times), name) >= closes:
            raise Closed.say("closed_round", closed=_told(closes))
        if moment(min(times), name) < opens:
            raise Closed.say("not_open_yet", opens=_told(opens))


def _told(stored: Any) -> str:
    """A stored time as residents read it; SQLite hands it over as UTC text."""
    return day(datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored)


def _insert(cursor: Any, name: str, sheets: Sequence[StoredSheet]) -> list[Receipt]:
    statement = insert(RESPONSE, name, unique=("idempotency_key",), returning=True)
    ids = run_returning(cursor, statement, statement.rows([sheet.response for sheet in sheets]))
    receipts: list[Receipt] = []
    calm: list[dict[str, Any]] = []
    alarming: list[dict[str, Any]] = []
    deeds, at = [], now()
    for sheet, new in zip(sheets, ids, strict=True):
        if new is None:
            receipts.append(_stored_before(cursor, name, sheet.key))
            continue
        receipts.append(Receipt(sheet.code, new, repeated=False))
        deeds.append(_audit(sheet, new, at))
        for said in sheet.comments:
            (alarming if said["danger"] else calm).append(said | {"response_id": new})
    comments, audit = insert(COMMENT, name), insert(AUDIT, name)
    run_many(cursor, comments, comments.rows(calm))
    if alarming:
        _insert_alarming(cursor, name, alarming)
    run_many(cursor, audit, audit.rows(deeds))
    return receipts


def _insert_alarming(cursor: Any, name: str, said: Sequence[dict[str, Any]]) -> None:
    """Comments with words of danger, and the alert each of them raises."""
    comments = insert(COMMENT, name, returning=True)
    ids = run_returning(cursor, comments, comments.rows(said))
    insert_alerts(cursor, name, zip(ids, said, strict=True))


def _audit(sheet: StoredSheet, new: int, at: datetime) -> dict[str, Any]:
    digest = hashlib.sha256(sheet.response["answers"].encode()).hexdigest()
    return {
        "at": at,
        "account_id": sheet.account_id,
        "deed": "response.saved",
        "subject": "response",
        "subject_id": new,
        "digest": digest,
        "seal": None,
    }


def _stored_before(cursor: Any, name: str, key: str) -> Receipt:
    """The receipt of the sheet that was stored under this key before."""
    mark = "?" if name == "sqlite" else "%s"
    cursor.execute(f"SELECT id, receipt_hash FROM response WHERE idempotency_key = {mark}", (key,))
    found, wanted = cursor.fetchone()
    codes = (receipt_code(key, attempt) for attempt in range(CODE_ATTEMPTS))
    return Receipt(next(code for code in codes if receipt_hash(code) == wanted), found, repeated=True)

"""More answers on one household ticket than a household has: flagged where they are stored, never refused.

Figures can be read with and without them, as with every other flag (core.questionnaires.quality).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from zlib import crc32

import orjson

from core.settings import settings

FLAG: Final = "ticket"
# In flat-shares and dormitories (needs-v1, `hh`) each person counts: DOMAIN 2.4's allowance is for a family.
HOUSEHOLD, SHARED, SHARED_ALLOWANCE = "hh", 7, 8
# Two savers of one ticket must count one after the other (PostgreSQL; SQLite has one writer).
TICKET_LOCK: Final = 7_340_014


def flag_overused(cursor: Any, name: str, records: Sequence[dict[str, Any]]) -> None:
    """Flag those of the response records, about to be inserted in this order, that are beyond the allowance.

    To be called with records that have a ticket, inside the transaction that inserts them.
    """
    by_ticket: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        by_ticket.setdefault(record["ticket"], []).append(record)
    # In the order of their locks, so that two savers could not wait for each other.
    for number, ticket in sorted((crc32(ticket.encode()) - 2**31, ticket) for ticket in by_ticket):
        if name == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (TICKET_LOCK, number))
        _flag(by_ticket[ticket], _stored(cursor, name, ticket))


def _flag(records: Sequence[dict[str, Any]], known: dict[str, bool]) -> None:
    """`known`: the answers there are on this ticket, key → whether it says that the household is shared.

    What is sent once more has its key there already, and is not inserted: it is no further answer.
    """
    for record in records:
        shared = _is_shared(record["answers"])
        allowed = _allowance(shared or any(known.values()))
        kept = [flag for flag in record["flags"].split(";") if flag not in ("", FLAG)]
        record["flags"] = ";".join([*kept, FLAG] if len(known) >= allowed else kept)
        known[record["idempotency_key"]] = shared


def _allowance(shared: bool) -> int:
    """How many answers a household may give on its ticket."""
    usual = settings().ticket_allowance
    return max(usual, SHARED_ALLOWANCE) if shared else usual


def _stored(cursor: Any, name: str, ticket: str) -> dict[str, bool]:
    """The first answers on a ticket, as many as could matter."""
    mark = "?" if name == "sqlite" else "%s"
    cursor.execute(
        "SELECT idempotency_key, CAST(answers AS TEXT) FROM response "
        f"WHERE ticket = {mark} ORDER BY id LIMIT {mark}",
        (ticket, _allowance(True) + 1),
    )
    return {key: _is_shared(answers) for key, answers in cursor.fetchall()}


def _is_shared(answers: str) -> bool:
    return bool(orjson.loads(answers).get(HOUSEHOLD) == SHARED)

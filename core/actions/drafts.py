"""草稿: an unfinished sheet kept on the server after every step, found again by its key or its code.

The code a resident copies is the receipt of the sheet's idempotency key (core.security.receipt_code): once
sent, the same code is the receipt, so there is one code to keep. Only its hash is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CursorResult, bindparam, delete, exists, or_, select
from sqlmodel import Session, col

from core import database
from core.actions.statements import table_of
from core.actions.store_response import CODE_ATTEMPTS, Receipt
from core.errors import Unavailable
from core.security import normalise_receipt, receipt_code, receipt_hash
from core.settings import settings
from models.base import now
from models.comment import Comment
from models.response import Draft, Response, Tombstone


@dataclass(slots=True)
class DraftSheet:
    """A sheet on its way: `answers` as given, `at` the step to go on with, `key` made by the client."""

    key: str
    round_id: int
    activity_id: int | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    further: bool = False
    at: str = ""
    mode: str = "plain"
    collector: str = "self"
    ticket: str = ""
    late: bool = False
    started_at: datetime = field(default_factory=now)
    code: str = ""


_KEPT = ("answers", "further", "at", "mode", "collector", "ticket", "late")
# Every step asks these: putting a statement together costs more than carrying it out.
_DRAFT: Final = table_of(Draft)
_CHANGE: Final = (
    _DRAFT.update()
    .where(_DRAFT.c.idempotency_key == bindparam("of_key"))
    .values({name: bindparam(name) for name in (*_KEPT, "saved_at")})
)
_FORGET: Final = _DRAFT.delete().where(_DRAFT.c.idempotency_key == bindparam("of_key"))
_OF_KEY: Final = select(Draft).where(col(Draft.idempotency_key) == bindparam("wanted"))
_OF_CODE: Final = select(Draft).where(col(Draft.code_hash) == bindparam("wanted"))
# Whether a code is a draft's, a receipt's or a deleted receipt's.
_TAKEN: Final = select(
    or_(
        *(
            exists().where(hashes == bindparam("wanted"))
            for hashes in (
                col(Draft.code_hash),
                col(Response.receipt_hash),
                col(Comment.receipt_hash),
                col(Tombstone.receipt_hash),
            )
        )
    )
)


def save_draft(sheet: DraftSheet) -> DraftSheet:
    """Keep the sheet as it is now; a new one gets its code. Raises Unavailable; the old state stays then."""
    values: dict[str, Any] = {name: getattr(sheet, name) for name in _KEPT} | {"saved_at": now()}
    with database.writing() as session:
        changed: CursorResult[Any] = session.execute(  # type: ignore[assignment]
            _CHANGE, values | {"of_key": sheet.key}
        )
        if not changed.rowcount:
            sheet.code = _free_code(session, sheet.key)
            session.add(
                Draft(
                    round_id=sheet.round_id,
                    activity_id=sheet.activity_id,
                    code_hash=receipt_hash(sheet.code),
                    idempotency_key=sheet.key,
                    started_at=sheet.started_at,
                    **values,
                )
            )
    return sheet


def _free_code(session: Session, key: str) -> str:
    """The key's first code that nobody has: no draft, no receipt, no deleted receipt."""
    for attempt in range(CODE_ATTEMPTS):
        code = receipt_code(key, attempt)
        if not session.scalar(_TAKEN, {"wanted": receipt_hash(code)}):
            return code
    raise Unavailable.say("record_busy")


def draft_of_key(key: str) -> DraftSheet | None:
    """The draft of a sheet's key, as the page or its cookie holds it; None when there is none."""
    return _found(_OF_KEY, key)


def draft_of_code(typed: str) -> DraftSheet | None:
    """The draft of a code a person typed; None when no draft has it. Raises NotFound for no possible code."""
    code = normalise_receipt(typed)
    return _found(_OF_CODE, receipt_hash(code))


def _found(query: Any, wanted: str) -> DraftSheet | None:
    with database.reading() as session:
        draft = session.scalars(query, {"wanted": wanted}).first()
        if draft is None or draft.saved_at < _oldest():
            return None
        return DraftSheet(
            key=draft.idempotency_key,
            round_id=draft.round_id,
            activity_id=draft.activity_id,
            started_at=draft.started_at,
            code=_code_of(draft.idempotency_key, draft.code_hash),
            **{name: getattr(draft, name) for name in _KEPT},
        )


def receipt_of_key(key: str) -> Receipt | None:
    """The receipt of a sheet that was sent already; None while none of this key is stored."""
    query = select(col(Response.id), col(Response.receipt_hash)).where(col(Response.idempotency_key) == key)
    with database.reading() as session:
        found = session.execute(query).first()
    return Receipt(_code_of(key, found.receipt_hash), found.id, repeated=True) if found else None


def _code_of(key: str, wanted: str) -> str:
    codes = (receipt_code(key, attempt) for attempt in range(CODE_ATTEMPTS))
    return next(code for code in codes if receipt_hash(code) == wanted)


def forget_draft(key: str) -> None:
    """Delete a draft: it was sent, or its author threw it away."""
    with database.writing() as session:
        session.execute(_FORGET, {"of_key": key})


def expire_drafts() -> int:
    """Delete the drafts nobody has gone on with for `draft_days`; how many."""
    with database.writing() as session:
        gone: CursorResult[Any] = session.execute(  # type: ignore[assignment]
            delete(Draft).where(col(Draft.saved_at) < _oldest())
        )
        return int(gone.rowcount)


def _oldest() -> datetime:
    return now() - timedelta(days=settings().draft_days)

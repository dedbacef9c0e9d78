"""操作记录: who did what to which row, and when; never what it said."""

from __future__ import annotations

from sqlmodel import Session

from models.account import AuditEntry
from models.base import now


def audit(
    session: Session, deed: str, subject: str, subject_id: int | None = None, *, account_id: int | None = None
) -> None:
    """Add one entry to the transaction of the deed itself."""
    session.add(
        AuditEntry(at=now(), account_id=account_id, deed=deed, subject=subject, subject_id=subject_id)
    )

"""Whether the author of a comment asked to be called; never the number itself (core.actions.contacts)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from core.words import CHINA
from models.account import Contact
from models.comment import Comment

LEFT, GONE = "left", "gone"


def contact_left(session: Session, comment_id: int, at: datetime) -> str:
    """LEFT, GONE for one that has been deleted since, or empty for none."""
    query = (
        select(col(Comment.contact), col(Contact.expires_on))
        .outerjoin(Contact, col(Contact.token) == col(Comment.contact))
        .where(col(Comment.id) == comment_id, col(Comment.contact).is_not(None))
    )
    found = session.execute(query).first()
    if found is None:
        return ""
    kept = found.expires_on is not None and found.expires_on > at.astimezone(CHINA).date()
    return LEFT if kept else GONE

"""What was promised to be kept for a while is gone after it, by the worker's own step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from core import database
from core.actions.comments import Sentence, say_sentence
from core.actions.contacts import Reach
from core.actions.drafts import DraftSheet, save_draft
from core.actions.retention import tidy
from core.words import CHINA
from models.account import Contact
from models.base import now
from models.comment import Comment
from models.response import Draft


def _left(model: Any) -> int:
    with database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(model)) or 0)


def test_drafts_and_contacts_go_when_their_time_is_over_and_nothing_else_does(small: Any) -> None:
    for n in range(2):
        save_draft(DraftSheet(str(n) * 32, small.round))
        say_sentence(Sentence(small.community, f"路灯坏了{n}", f"k{n}", contact=Reach("88776655")))
    assert tidy() == 0
    with database.writing() as session:
        session.execute(
            update(Draft)
            .where(Draft.idempotency_key == "0" * 32)
            .values(saved_at=now() - timedelta(days=14, hours=1))
        )
        first = session.scalars(select(Contact).order_by(Contact.id)).first()
        assert first is not None
        first.expires_on = now().astimezone(CHINA).date()
    assert tidy() == 2
    assert (_left(Draft), _left(Contact), _left(Comment)) == (1, 1, 2)
    assert tidy() == 0

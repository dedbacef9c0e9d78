"""For the tests of reviewing: comments read exactly as a test says, and people to label them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from core import database
from core.actions.comments import Sentence, say_sentence
from core.actions.labels import Decision, Reviewer, label_comment
from core.actions.read_comments import read_waiting
from core.queries.review import Desk
from core.text.reading import Reading
from models.account import Account
from models.base import now
from models.comment import Comment

NOON = datetime(2026, 10, 8, 4, tzinfo=UTC)


class Reads:
    """Reads "words / area / second / likely / next" as it says; `!` in the words is urgent, `?` unsure."""

    version = "v1"

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text."""
        return [self._one(*text.split(" / ")) for text in texts]

    def _one(
        self, words: str, area: str, second: str = "other", likely: str = "0.6", behind: str = "0.2"
    ) -> Reading:
        urgent, unsure = "!" in words, "?" in words
        return Reading(area, (), float(likely), "neg", "complaint", urgent, unsure, second, float(behind))


def says(community: int, *texts: str, at: datetime = NOON, read: bool = True) -> list[int]:
    """Comments said at a moment, read by Reads unless they shall wait; their ids."""
    for text in texts:
        say_sentence(Sentence(community, text, str(uuid4()), said_at=at))
    while read and read_waiting(Reads()):
        pass
    with database.reading() as session:
        found = dict(session.execute(select(Comment.original, Comment.id)).all())
    return [found[text] for text in texts]


def person(name: str) -> int:
    """An account that can label; its id."""
    with database.writing() as session:
        made = Account(name=name, display=f"{name}的姓名", password_hash="-", created_at=now())
        session.add(made)
        session.flush()
        return made.id or 0


def label(desk: Desk, comment_id: int, area: str, **rest: Any) -> int:
    """One label by the desk's reviewer."""
    with database.writing() as session:
        by = Reviewer(desk.community_id, desk.account_id)
        return label_comment(session, comment_id, Decision(area, **rest), by)

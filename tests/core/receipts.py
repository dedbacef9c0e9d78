"""What tests of the receipt share: sheets and sentences with all that may hang on them, a dump of tables."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select, text

from core import database
from core.actions.comment_tally import moving
from core.actions.comments import Sentence, say_sentence
from core.actions.store_response import Receipt
from core.actions.submit import Submission, save_response
from core.security import receipt_hash
from models.account import Account, Consent, Contact
from models.alert import Alert, AlertMiss
from models.base import now
from models.comment import (
    AnswerToResidents,
    Classification,
    Comment,
    Correction,
    Label,
    Verdict,
    WithdrawnLabel,
)
from models.tables import metadata
from models.topic import CommentTopic, Topic

WORDS = "七楼的灯坏了三个月没人管"
KEY = "0123456789abcdef" * 2
READ_AS: dict[str, Any] = {
    "area": "facilities", "areas": "safety", "sentiment": "neg", "intent": "complaint", "urgent": False,
}  # fmt: skip


def sheet(small: Any, key: str = KEY, *, said: str = WORDS, **changes: Any) -> Receipt:
    """A sent short form that says something."""
    return save_response(Submission(small.round, small.answers(open=said, **changes), key, short=True))


def sentence(small: Any, key: str = KEY, said: str = WORDS) -> Receipt:
    """One sentence; its `response_id` is the comment's."""
    return say_sentence(Sentence(small.community, said, key))


def comments_of(receipt: Receipt) -> list[int]:
    """The ids of the comments behind a receipt."""
    query = text(
        "SELECT c.id FROM comment c LEFT JOIN response r ON r.id = c.response_id "
        "WHERE c.receipt_hash = :hash OR r.receipt_hash = :hash ORDER BY c.id"
    )
    with database.reading() as session:
        return list(session.scalars(query, {"hash": receipt_hash(receipt.code)}))


def clerk() -> int:
    """A member of staff; always the same one."""
    with database.writing() as session:
        found = session.scalar(select(Account.id).where(Account.name == "clerk"))
        if found is None:
            made = Account(name="clerk", display="居委会", password_hash="-", created_at=now())
            session.add(made)
            session.flush()
            found = made.id
        return found or 0


def read(comment_id: int, *, area: str = "facilities", second: str = "safety", unsure: bool = False) -> None:
    """The machine reads a comment."""
    with database.writing() as session, moving(session, [comment_id]):
        reading = Classification(
            comment_id=comment_id, classifier="v1", probability=0.6, second=second, abstained=unsure,
            read_at=now(), **READ_AS | {"area": area, "areas": ""},
        )  # fmt: skip
        session.add(reading)
        session.flush()
        said = session.get_one(Comment, comment_id)
        said.classification_id, said.state = reading.id, "abstained" if unsure else "classified"


def answer(small: Any, comment_id: int, state: str = "answered", **more: Any) -> None:
    """Staff answer a comment."""
    given = {"reason": "物业周五来修", "owner": "物业 王工", "due_on": date(2026, 12, 1)} | more
    with database.writing() as session:
        session.add(
            AnswerToResidents(
                community_id=small.community, comment_id=comment_id, area="facilities", state=state,
                answered_at=now(), **given,
            )
        )  # fmt: skip


def everything(small: Any, comment_id: int) -> None:
    """All that may hang on a comment: read, labelled, unlabelled, answered, in a topic, alarming, judged."""
    by = clerk()
    read(comment_id)
    answer(small, comment_id)
    with database.writing() as session, moving(session, [comment_id]):
        topic = Topic(
            community_id=small.community, area="facilities", words=["灯"], centre={"灯": 1.0}, found_at=now()
        )
        consent = Consent(purpose="contact", notice_version="1", channel="plain", given_at=now())
        session.add_all([topic, consent])
        session.flush()
        token = f"token {comment_id}"
        session.add_all(
            [
                Label(comment_id=comment_id, account_id=by, labelled_at=now(), **READ_AS),
                WithdrawnLabel(
                    comment_id=comment_id, account_id=by, labelled_at=now(), withdrawn_at=now(), **READ_AS
                ),
                CommentTopic(
                    comment_id=comment_id, topic_id=topic.id or 0, nearness=1, repeats_id=comment_id
                ),
                Alert(
                    community_id=small.community, comment_id=comment_id, source="person", raised_at=now(),
                    in_hours=True, due_at=now(),
                ),
                AlertMiss(
                    community_id=small.community, comment_id=comment_id, found_at=now(), found_by=by,
                    how="reading",
                ),
                Verdict(comment_id=comment_id, verdict="partly", given_at=now()),
                Correction(comment_id=comment_id, area="safety", given_at=now()),
                Contact(
                    token=token, consent_id=consent.id or 0, sealed=b"sealed", expires_on=date(2027, 1, 1)
                ),
            ]
        )  # fmt: skip
        session.get_one(Comment, comment_id).contact = token


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, tables without rows left out."""
    with database.reading() as session:
        found = {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=str)
            for table in metadata.sorted_tables
        }
    return {name: rows for name, rows in found.items() if rows}

"""Comments with a decided area, for the tests of topics: written straight into the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from core import database
from models.account import Account
from models.comment import Classification, Comment, Label
from models.place import Community
from models.topic import CommentTopic, Topic

NOON = datetime(2026, 10, 8, 4, tzinfo=UTC)
LIFT = (
    "电梯又坏了没人修",
    "电梯关着门",
    "电梯坏了，腿疼下不来",
    "电梯要大修",
    "电梯按钮失灵",
    "电梯上下都慢",
)
LAMP = ("路灯不亮，走路摔跤", "路灯坏了看不清路", "夜里路灯太黑", "路灯修好一盏")


class TopicBook:
    """One community to write into, another beside it, and a member of staff who decides."""

    def __init__(self) -> None:
        with database.writing() as session:
            here, other = Community(code="a", name="甲社区"), Community(code="b", name="乙社区")
            clerk = Account(name="c", display="居委会", password_hash="-", created_at=NOON)
            session.add_all([here, other, clerk])
            session.flush()
            self.here, self.other, self.clerk = here.id or 0, other.id or 0, clerk.id or 0

    def says(self, *texts: str, area: str = "facilities", days_ago: float = 1, **fields: Any) -> list[int]:
        """Store comments, read as of the area ("": still waiting); their ids."""
        with database.writing() as session:
            return list(self._store(session, texts, area, NOON - timedelta(days=days_ago), fields))

    def _store(
        self, session: Session, texts: tuple[str, ...], area: str, at: datetime, fields: dict[str, Any]
    ) -> Iterator[int]:
        for text in texts:
            said = Comment(
                **{"community_id": self.here, "channel": "sentence", "said_at": at, "received_at": at}
                | {"original": f"原文{text}", "redacted": text, "state": "classified" if area else "waiting"}
                | fields
            )
            session.add(said)
            session.flush()
            if area:
                read = Classification(
                    comment_id=said.id, classifier="v", area=area, probability=0.9, sentiment="neg",
                    intent="need", urgent=False, abstained=said.state == "abstained", read_at=at,
                )  # fmt: skip
                session.add(read)
                session.flush()
                said.classification_id = read.id
            yield said.id or 0

    def takes_back(self, *comment_ids: int) -> None:
        """Delete comments with what was read in them, and nothing else."""
        with database.writing() as session:
            session.execute(delete(Classification).where(col(Classification.comment_id).in_(comment_ids)))
            session.execute(delete(Comment).where(col(Comment.id).in_(comment_ids)))

    def labels(self, comment_id: int, area: str) -> None:
        """A person says the comment is of another area."""
        with database.writing() as session:
            session.add(
                Label(comment_id=comment_id, account_id=self.clerk, area=area, sentiment="neg",
                      intent="need", urgent=False, labelled_at=NOON)
            )  # fmt: skip

    def topics(self) -> dict[str, Topic]:
        """The kept topics, by their first word."""
        with database.reading() as session:
            found = {
                topic.words[0]: topic for topic in session.scalars(select(Topic).order_by(col(Topic.id)))
            }
            session.expunge_all()
            return found

    def links(self) -> dict[int, int]:
        """Each comment's topic."""
        with database.reading() as session:
            return {link.comment_id: link.topic_id for link in session.scalars(select(CommentTopic))}

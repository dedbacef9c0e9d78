"""Labels beside the reading in force: one row a comment, the newest label, each reviewer's newest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import database
from core.analysis.agreement import krippendorff_alpha
from core.analysis.corrected_counts import corrected_by_month, corrected_counts
from core.analysis.review_sample import draw
from core.queries.reviewed import labels_by_reviewer, reviewed
from core.words import say
from models.account import Account
from models.comment import Classification, Comment, Label
from models.place import Community

NOON = datetime(2026, 10, 8, 4, tzinfo=UTC)
MIDNIGHT_IN_CHINA = datetime(2026, 9, 30, 16, tzinfo=UTC)
READING = {"areas": "", "sentiment": "neu", "intent": "need", "urgent": False}


class Book:
    """Comments of two communities, each with its readings and the labels of two reviewers."""

    def __init__(self) -> None:
        with database.writing() as session:
            here, other = Community(code="a", name="甲社区"), Community(code="b", name="乙社区")
            people = [
                Account(name=name, display=name, password_hash="-", created_at=NOON) for name in ("r", "s")
            ]
            session.add_all([here, other, *people])
            session.flush()
            self.here, self.other = here.id or 0, other.id or 0
            self.first, self.second = (person.id or 0 for person in people)

    def says(
        self, area: str, *labels: tuple[int, str], sure: float = 0.9, abstained: bool = False, **fields: Any
    ) -> int:
        """Store a comment read as `area` ("": not read), labelled in order by (reviewer, area)."""
        with database.writing() as session:
            said = Comment(
                **{"community_id": self.here, "channel": "sentence", "said_at": NOON, "received_at": NOON}
                | {"original": "原文", "redacted": "原文"}
                | fields
            )
            session.add(said)
            session.flush()
            assert said.id is not None
            for version, read_as in (("old", "health"), ("new", area)) if area else ():
                read = Classification(
                    comment_id=said.id, classifier=version, area=read_as, probability=sure,
                    abstained=abstained, read_at=NOON, **READING,
                )  # fmt: skip
                session.add(read)
                session.flush()
                said.classification_id = read.id
            for reviewer, decided in labels:
                session.add(
                    Label(comment_id=said.id, account_id=reviewer, area=decided, labelled_at=NOON, **READING)
                )
                session.flush()
            return said.id


@pytest.fixture
def book(record: Any) -> Book:
    return Book()


def test_every_comment_read_stands_once_with_its_newest_label(book: Book) -> None:
    plain = book.says("culture", said_at=MIDNIGHT_IN_CHINA)
    twice = book.says("culture", (book.first, "safety"), (book.second, "family"), sure=0.8)
    unsure = book.says("elderly", sure=0.3, abstained=True, said_at=MIDNIGHT_IN_CHINA - timedelta(seconds=1))
    book.says("")
    book.says("", (book.first, "culture"))
    book.says("culture", community_id=book.other)
    with database.reading() as session:
        found = reviewed(session, book.here)
        elsewhere = reviewed(session, book.other)
    assert list(found.itertuples(index=False, name=None)) == [
        (plain, "2026-10", "culture", 0.9, False, ""),
        (twice, "2026-10", "culture", 0.8, False, "family"),
        (unsure, "2026-09", "elderly", 0.3, True, ""),
    ]
    assert len(elsewhere) == 1


def test_each_reviewers_newest_label_stands_once(book: Book) -> None:
    one = book.says("culture", (book.first, "safety"), (book.second, "family"), (book.first, "family"))
    two = book.says("", (book.second, "elderly"), said_at=MIDNIGHT_IN_CHINA - timedelta(seconds=1))
    book.says("culture", (book.first, "safety"), community_id=book.other)
    with database.reading() as session:
        found = labels_by_reviewer(session, book.here)
    assert list(found.itertuples(index=False, name=None)) == [
        (one, "2026-10", book.first, "family"),
        (one, "2026-10", book.second, "family"),
        (two, "2026-09", book.second, "elderly"),
    ]
    assert krippendorff_alpha(found).units == 1


def test_an_empty_community_is_no_error(book: Book) -> None:
    with database.reading() as session:
        rows, labels = reviewed(session, book.here), labels_by_reviewer(session, book.here)
    assert (len(rows), len(labels), len(draw(rows, 100))) == (0, 0, 0)
    assert corrected_counts(rows).why == corrected_by_month(rows).why == say("honest.no_labels")
    assert krippendorff_alpha(labels).why == say("honest.few_reviewers")


def test_what_is_read_can_be_drawn_labelled_and_counted(book: Book) -> None:
    for number in range(60):
        book.says("culture" if number % 2 else "elderly", sure=0.5 + number % 5 / 10)
    with database.reading() as session:
        chosen = draw(reviewed(session, book.here), 40)["comment_id"].tolist()
    with database.writing() as session:
        for comment_id in chosen:
            session.add(
                Label(
                    comment_id=comment_id, account_id=book.first, area="elderly", labelled_at=NOON, **READING
                )
            )
    with database.reading() as session:
        found = corrected_counts(reviewed(session, book.here))
    table = found.table.set_index("area")
    assert (found.n, found.sampled, found.why) == (60, 40, "")
    assert table.loc["elderly", ["machine", "corrected"]].tolist() == [30, 60]
    assert table.loc["culture", "machine"] == 30

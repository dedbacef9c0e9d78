"""Labels beside the reading in force: one row a comment, the newest label, each reviewer's first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from core import database
from core.actions.labels import Reviewer, withdraw_last
from core.analysis.agreement import krippendorff_alpha
from core.analysis.corrected_counts import corrected_by_month, corrected_counts
from core.analysis.drift import Reference
from core.analysis.review_sample import draw
from core.queries.reviewed import (
    any_label,
    evaluated,
    labels_by_reviewer,
    newest_of_all,
    reviewed,
    reviewer_names,
)
from core.words import say
from models.account import Account
from models.base import now
from models.classifier_version import ADOPTED, REJECTED, RETIRED, ClassifierVersion
from models.comment import Classification, Comment, Label
from models.place import Community

NOON = datetime(2026, 10, 8, 4, tzinfo=UTC)
MIDNIGHT_IN_CHINA = datetime(2026, 9, 30, 16, tzinfo=UTC)
READING: dict[str, Any] = {"areas": "", "sentiment": "neu", "intent": "need", "urgent": False}


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


def test_each_reviewers_first_label_stands_once_in_the_order_given(book: Book) -> None:
    one = book.says("culture", (book.second, "family"), (book.first, "safety"), (book.second, "safety"))
    two = book.says("", (book.second, "elderly"), said_at=MIDNIGHT_IN_CHINA - timedelta(seconds=1))
    book.says("culture", (book.first, "safety"), community_id=book.other)
    with database.reading() as session:
        found = labels_by_reviewer(session, book.here)
    assert list(found.itertuples(index=False, name=None)) == [
        (one, book.second, "family"),
        (one, book.first, "safety"),
        (two, book.second, "elderly"),
    ]
    assert krippendorff_alpha(found).units == 1


def test_the_names_are_of_those_who_labelled_here(book: Book) -> None:
    book.says("culture", (book.second, "family"), (book.second, "safety"))
    book.says("culture", (book.first, "safety"), community_id=book.other)
    with database.reading() as session:
        found = [reviewer_names(session, place) for place in (book.here, book.other)]
    assert found == [{book.second: "s"}, {book.first: "r"}]


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


def test_a_label_given_or_taken_back_and_a_reading_move_what_is_kept_by(book: Book) -> None:
    with database.reading() as session:
        marks = [newest_of_all(session)]
    assert marks == [(0, 0, 0)]
    book.says("culture")
    book.says("culture", (book.first, "safety"))
    with database.writing() as session:
        marks.append(newest_of_all(session))
        last = session.scalars(select(Label)).one()
        last.labelled_at = now()
        session.flush()
        withdraw_last(session, Reviewer(book.here, book.first))
        marks.append(newest_of_all(session))
    # Each of the two comments has an old and a new reading; the label is gone, but one was taken back.
    assert marks[1:] == [(1, 0, 4), (0, 1, 4)]


def test_labels_of_another_community_are_none_here(book: Book) -> None:
    book.says("culture")
    book.says("culture", (book.first, "safety"), community_id=book.other)
    with database.reading() as session:
        assert (any_label(session, book.here), any_label(session, book.other)) == (False, True)


def test_asking_for_any_label_and_the_newest_walks_through_no_comments(sqlite_record: Path) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine(), "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    with database.reading() as session:
        any_label(session, 1)
        newest_of_all(session)
    with database.engine().connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {s}", v).all() for s, v in list(asked)]
    steps = [str(step[3]) for plan in plans for step in plan]
    assert [step for step in steps if step.startswith(("SCAN comment", "SCAN classification"))] == []
    assert [step for step in steps if "comment USING" in step] == [
        "SEARCH comment USING INTEGER PRIMARY KEY (rowid=?)"
    ]


def _compared(version: str, state: str, **fields: Any) -> ClassifierVersion:
    made: dict[str, Any] = {"made_at": NOON, "n_held": 40, "n_old_right": 30, "n_new_right": 36}
    return ClassifierVersion(version=version, state=state, recipe="r", shipped="s", **(made | fields))


def test_the_version_in_use_is_measured_by_its_last_comparison(book: Book) -> None:
    """36 of 40 right when it was new, then 45 of 50 beside a candidate that was rejected; of 29 nothing."""
    steps = (
        (_compared("older", RETIRED, n_new_right=1), None),
        (_compared("mine", ADOPTED, compared_with="older"), Reference(0.9, 40)),
        (
            _compared(
                "next", REJECTED, compared_with="mine", n_held=50, n_old_right=45, made_at=NOON + timedelta(1)
            ),
            Reference(0.9, 50),
        ),
        (
            _compared("small", REJECTED, compared_with="mine", n_held=29, made_at=NOON + timedelta(2)),
            Reference(0.9, 50),
        ),
    )
    for row, measured in steps:
        with database.writing() as session:
            session.add(row)
            session.flush()
            assert evaluated(session) == measured

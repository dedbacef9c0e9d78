"""Voices that said a word, by area, grid and target group; and the way to the keywords of a group."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core import database
from core.analysis.keywords import keywords
from core.queries.keywords import By, word_counts
from models.base import now
from models.response import Response
from tests.core.conftest import make_small
from tests.core.topic_book import LAMP, LIFT, NOON, TopicBook


@pytest.fixture
def book(record: Path) -> TopicBook:
    return TopicBook()


def _words(book: TopicBook, by: By = "area") -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    with database.reading() as session:
        counts, everywhere = word_counts(session, book.here, NOON - timedelta(days=30), NOON, by=by)
    return (
        {(row.group, row.word): row.n for row in counts.itertuples()},
        {row.word: row.n for row in everywhere.itertuples()},
    )


def test_words_are_counted_by_voice_area_and_period(book: TopicBook) -> None:
    book.says("电梯坏了，电梯！", "电梯慢")
    book.says("电梯广告", area="safety")
    book.says("电梯慢", area="")
    book.says("电梯慢", days_ago=31)
    book.says("电梯慢", community_id=book.other)
    counts, everywhere = _words(book)
    assert counts[("facilities", "电梯")] == 2 and everywhere["电梯"] >= 3
    assert not any(group == "" for group, _ in counts)


def test_groups_are_those_of_the_response_and_grids_those_of_comment_or_response(book: TopicBook) -> None:
    small = make_small()
    with database.writing() as session:
        sheet = Response(
            round_id=small.round, received_at=now(), answers={}, mode="plain", collector="self",
            notice_version="1", receipt_hash="a", idempotency_key="a", groups="age60;alone",
            grid_id=small.grid,
        )  # fmt: skip
        session.add(sheet)
        session.flush()
        response_id = sheet.id
    book.says("电梯慢", "电梯坏了", response_id=response_id)
    book.says("电梯慢", grid_id=small.other_grid)
    book.says("电梯慢")
    counts, everywhere = _words(book, "group")
    assert counts == {("age60", "电梯"): 1, ("alone", "电梯"): 1} and everywhere == {"电梯": 3}
    counts, _ = _words(book, "grid")
    assert counts == {(str(small.grid), "电梯"): 1, (str(small.other_grid), "电梯"): 1}


def test_the_keywords_of_an_area_are_what_it_alone_speaks_of(book: TopicBook) -> None:
    book.says(*LIFT, *LIFT, *LIFT)
    book.says(*LAMP, *LAMP, *LAMP, area="safety")
    with database.reading() as session:
        counts, everywhere = word_counts(session, book.here, NOON - timedelta(days=30), NOON)
    found = keywords(counts, everywhere, prior_words=10)
    first = found.groupby("group")["word"].first().to_dict()
    assert first == {"facilities": "电梯", "safety": "路灯"}


def test_nobody_said_anything(book: TopicBook) -> None:
    assert _words(book) == ({}, {})

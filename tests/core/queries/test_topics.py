"""Voices of topics now and before, typical comments, what residents may see, how many others said it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core import database
from core.actions.topic_titles import approve_title, hide_topic, merge_topics, restore_topic
from core.actions.topics import rebuild_topics
from core.queries.topics import (
    PublicTopic,
    Span,
    Typical,
    area_voices,
    merged_topics,
    others_said,
    public_topics,
    topic_counts,
    typical_comments,
)
from models.base import now
from models.response import Response
from tests.core.conftest import Small, make_small
from tests.core.topic_book import LAMP, LIFT, NOON, TopicBook

SPAN = Span.last(30, NOON)


@pytest.fixture
def book(record: Path) -> TopicBook:
    return TopicBook()


def _counts(book: TopicBook, **how: str) -> dict[str, tuple[int, int]]:
    with database.reading() as session:
        frame = topic_counts(session, book.here, SPAN, **how)
    return {row.words.split("、")[0]: (row.now, row.before) for row in frame.itertuples()}


def _totals(book: TopicBook) -> dict[str, tuple[int, int]]:
    with database.reading() as session:
        return {row.area: (row.now, row.before) for row in area_voices(session, book.here, SPAN).itertuples()}


def _approve(book: TopicBook, word: str, title: str) -> int:
    topic_id = book.topics()[word].id or 0
    with database.writing() as session:
        approve_title(session, topic_id, title, community_id=book.here, by=book.clerk)
    return topic_id


def _public(book: TopicBook) -> list[PublicTopic]:
    with database.reading() as session:
        return public_topics(session, book.here, SPAN.before, SPAN.until)


def _others(comment_id: int) -> int | None:
    with database.reading() as session:
        found = others_said(session, comment_id)
    return found.voices if found else None


def _response(small: Small, key: str) -> int:
    with database.writing() as session:
        sheet = Response(
            round_id=small.round, received_at=now(), answers={}, mode="plain", collector="self",
            notice_version="1", receipt_hash=key, idempotency_key=key,
        )  # fmt: skip
        session.add(sheet)
        session.flush()
        return sheet.id or 0


def test_a_span_is_the_last_days_and_as_many_before() -> None:
    day = timedelta(days=1)
    assert Span.last(7, NOON) == (NOON - 14 * day, NOON - 7 * day, NOON)


def test_voices_are_counted_by_period_and_topic(book: TopicBook) -> None:
    book.says(*LIFT[:4])
    book.says(*LIFT[4:], days_ago=40)
    book.says(*LAMP, days_ago=59)
    book.says("今天没有要说的", area="safety")
    book.says(*LIFT, days_ago=90)
    rebuild_topics(book.here)
    assert _counts(book) == {"电梯": (4, 2), "路灯": (0, 4)}
    assert _counts(book, area="safety") == {}
    assert _totals(book) == {"facilities": (4, 6), "safety": (1, 0)}


def test_a_period_takes_its_first_moment_and_not_its_last(book: TopicBook) -> None:
    book.says(LIFT[0], days_ago=0)
    book.says(LIFT[1], days_ago=30)
    book.says(LIFT[2], days_ago=60)
    book.says(LIFT[3], days_ago=60.001)
    rebuild_topics(book.here)
    assert _counts(book) == {"电梯": (1, 1)} and _totals(book) == {"facilities": (1, 1)}


def test_all_comments_of_one_response_are_one_voice(book: TopicBook) -> None:
    small = make_small()
    one, two = _response(small, "a"), _response(small, "b")
    book.says(*LIFT[:3], response_id=one)
    book.says(LIFT[3], response_id=two)
    book.says(*LIFT[4:])
    rebuild_topics(book.here)
    assert _counts(book) == {"电梯": (4, 0)} and _totals(book) == {"facilities": (4, 0)}


def test_a_merged_topic_counts_to_the_one_it_was_merged_into(book: TopicBook) -> None:
    lift = book.says(*LIFT)
    book.says(*LAMP)
    rebuild_topics(book.here)
    into, other = _approve(book, "电梯", "楼里设施"), book.topics()["路灯"].id or 0
    with database.writing() as session:
        merge_topics(session, other, into, community_id=book.here, by=book.clerk)
    assert _counts(book) == {"电梯": (10, 0)} and _others(lift[0]) == 9
    assert [(t.title, t.voices) for t in _public(book)] == [("楼里设施", 10)]


def test_who_spoke_of_both_merged_topics_is_one_voice_until_they_are_parted(book: TopicBook) -> None:
    one = _response(make_small(), "a")
    book.says(LIFT[0], LAMP[0], response_id=one)
    book.says(*LIFT[1:], *LAMP[1:])
    rebuild_topics(book.here)
    lift, lamp = (book.topics()[word].id or 0 for word in ("电梯", "路灯"))
    apart = _counts(book)
    assert apart == {"电梯": (6, 0), "路灯": (4, 0)}
    with database.writing() as session:
        merge_topics(session, lamp, lift, community_id=book.here, by=book.clerk)
    for _ in range(2):
        assert _counts(book) == {"电梯": (9, 0)}
        rebuild_topics(book.here)
    with database.writing() as session:
        restore_topic(session, lamp, community_id=book.here, by=book.clerk)
    assert _counts(book) == apart


def test_what_was_merged_into_what_is_listed_for_one_community(book: TopicBook) -> None:
    book.says(*LIFT)
    book.says(*LAMP, days_ago=300)
    rebuild_topics(book.here)
    into, other = _approve(book, "电梯", "电梯常坏"), book.topics()["路灯"]
    with database.writing() as session:
        merge_topics(session, other.id or 0, into, community_id=book.here, by=book.clerk)
    with database.reading() as session:
        (found,), none = merged_topics(session, book.here), merged_topics(session, book.other)
    assert none == [] and found[:4] == ("facilities", other.id, "", "、".join(other.words))
    assert (found.into_id, found.into_title) == (into, "电梯常坏") and found.into_words.startswith("电梯")


def test_the_most_typical_comment_comes_first_redacted_with_how_often_it_was_said(
    book: TopicBook,
) -> None:
    book.says("电梯又坏了没人修。路灯要换", "电梯坏了", "电梯慢", "电梯慢！", "电梯关着门，水表在井里，水表")
    book.says("电梯", days_ago=40)
    rebuild_topics(book.here)
    with database.reading() as session:
        found = typical_comments(session, book.here, SPAN, most=2)
        none = typical_comments(session, book.here, SPAN, area="safety")
    assert none == [] and all(isinstance(one, Typical) for one in found)
    # Those that say nothing but the topic, the shorter first; "电梯慢！" repeats "电梯慢".
    assert [(one.text, one.alike) for one in found] == [("电梯慢", 1), ("电梯坏了", 0)]


def test_residents_see_titles_a_person_approved_of_five_voices_and_more(book: TopicBook) -> None:
    book.says(*LIFT)
    book.says(*LAMP)
    rebuild_topics(book.here)
    assert _public(book) == []
    lift = _approve(book, "电梯", "电梯常坏")
    _approve(book, "路灯", "楼道照明")
    assert _public(book) == [PublicTopic(lift, "facilities", "电梯常坏", 6)]
    with database.writing() as session:
        hide_topic(session, lift, community_id=book.here, by=book.clerk)
    assert _public(book) == []
    with database.reading() as session:
        assert public_topics(session, book.other, SPAN.before, SPAN.until) == []


def test_how_many_others_said_it_is_told_from_five_on_once_the_title_is_approved(book: TopicBook) -> None:
    lift, lamp = book.says(*LIFT), book.says(*LAMP)
    alone = book.says("没别的要说了")
    rebuild_topics(book.here)
    assert _others(lift[0]) is None
    topic = _approve(book, "电梯", "电梯常坏")
    _approve(book, "路灯", "楼道照明")
    # Six voices: five others. Four voices: three others, too few to tell.
    assert [_others(i) for i in (lift[0], lamp[0], alone[0], 10**6)] == [5, None, None, None]
    with database.writing() as session:
        hide_topic(session, topic, community_id=book.here, by=book.clerk)
    assert _others(lift[0]) is None
    with database.writing() as session:
        restore_topic(session, topic, community_id=book.here, by=book.clerk)
    assert _others(lift[0]) == 5


def test_ones_own_other_comments_are_no_others(book: TopicBook) -> None:
    mine = book.says(*LIFT[:2], response_id=_response(make_small(), "a"))
    book.says(*LIFT[2:])
    rebuild_topics(book.here)
    _approve(book, "电梯", "电梯常坏")
    assert _others(mine[0]) is None
    book.says("电梯换新", days_ago=0)
    rebuild_topics(book.here)
    assert _others(mine[0]) == 5

"""What a person decides about a topic: title, hidden, merged, restored; who did it is on record."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from core import database
from core.actions.topic_titles import approve_title, hide_topic, merge_topics, restore_topic
from core.actions.topics import rebuild_topics
from core.errors import Invalid, NotFound
from core.queries.check_data import topics_agree
from models.account import AuditEntry
from models.topic import CommentTopic, Topic
from tests.core.topic_book import LAMP, LIFT, TopicBook

SAFETY = ("监控坏着查不到", "监控拍不清人脸", "监控装几个")


@pytest.fixture
def book(record: Path) -> TopicBook:
    made = TopicBook()
    made.says(*LIFT, *LAMP)
    made.says(*SAFETY, area="safety")
    rebuild_topics(made.here)
    return made


def _id(book: TopicBook, word: str) -> int:
    return book.topics()[word].id or 0


def _approve(book: TopicBook, title: str, word: str = "电梯", community_id: int = 0) -> Topic:
    with database.writing() as session:
        where = community_id or book.here
        approve_title(session, _id(book, word), title, community_id=where, by=book.clerk)
    return book.topics()[word]


def _deeds() -> list[tuple[str, int | None, int | None]]:
    shown = (AuditEntry.deed, AuditEntry.subject_id, AuditEntry.account_id)
    with database.reading() as session:
        query = (
            select(*map(col, shown)).where(col(AuditEntry.subject) == "topic").order_by(col(AuditEntry.id))
        )
        return [tuple(row) for row in session.execute(query)]


def test_a_title_is_approved_by_somebody_at_a_time_and_can_be_changed(book: TopicBook) -> None:
    topic = _approve(book, "  电梯\n常坏 ")
    assert (topic.title, topic.state, topic.titled_by) == ("电梯 常坏", "approved", book.clerk)
    assert topic.titled_at is not None
    assert _approve(book, "电梯维修").title == "电梯维修"
    lift = topic.id
    assert _deeds() == [("topic.approved", lift, book.clerk), ("topic.renamed", lift, book.clerk)]


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("", "起一个标题"),
        ("，。！", "起一个标题"),
        ("电" * 21, "21 个字"),
        ("打 13800138000", "电话"),
        ("电梯又坏了没人修", "原话"),
        ("电梯坏了，腿疼下不来！", "原话"),
    ],
)
def test_a_title_is_short_and_nobodys_own_sentence(book: TopicBook, title: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        _approve(book, title)
    assert book.topics()["电梯"].state == "found" and _deeds() == []


def test_a_few_plain_words_may_stand_in_comments_too(book: TopicBook) -> None:
    assert _approve(book, "电梯坏了").title == "电梯坏了"


def test_a_topic_of_another_community_cannot_be_touched(book: TopicBook) -> None:
    with pytest.raises(NotFound):
        _approve(book, "电梯常坏", community_id=book.other)
    for deed in (hide_topic, restore_topic):
        with pytest.raises(NotFound), database.writing() as session:
            deed(session, _id(book, "电梯"), community_id=book.other, by=book.clerk)
    with pytest.raises(NotFound), database.writing() as session:
        merge_topics(session, _id(book, "电梯"), 999, community_id=book.here, by=book.clerk)


def test_a_hidden_topic_comes_back_as_what_it_was(book: TopicBook) -> None:
    _approve(book, "电梯常坏")
    lift, lamp = _id(book, "电梯"), _id(book, "路灯")
    for topic_id, state in ((lift, "approved"), (lamp, "found")):
        with database.writing() as session:
            hide_topic(session, topic_id, community_id=book.here, by=book.clerk)
            assert session.get_one(Topic, topic_id).state == "hidden"
            restore_topic(session, topic_id, community_id=book.here, by=book.clerk)
            assert session.get_one(Topic, topic_id).state == state


def test_a_merged_topic_leads_to_one_that_counts_and_takes_no_deed_but_restoring(book: TopicBook) -> None:
    book.says("停水两天了", "停水也不说一声", "又停水")
    rebuild_topics(book.here)
    lift, lamp, water = (_id(book, word) for word in ("电梯", "路灯", "停水"))
    with database.writing() as session:
        merge_topics(session, lamp, lift, community_id=book.here, by=book.clerk)
        merge_topics(session, lift, water, community_id=book.here, by=book.clerk)
    assert {t.merged_into_id for w, t in book.topics().items() if w in ("电梯", "路灯")} == {water}
    with database.reading() as session:
        assert list(topics_agree(session)) == []
    with pytest.raises(Invalid, match="并入"):
        _approve(book, "电梯常坏")
    with pytest.raises(Invalid, match="并入"), database.writing() as session:
        hide_topic(session, lift, community_id=book.here, by=book.clerk)
    with database.writing() as session:
        restore_topic(session, lift, community_id=book.here, by=book.clerk)
    assert book.topics()["电梯"].state == "found" and book.topics()["电梯"].merged_into_id is None


def _merge(book: TopicBook, one: int, into: int, community_id: int = 0) -> None:
    with database.writing() as session:
        merge_topics(session, one, into, community_id=community_id or book.here, by=book.clerk)


@pytest.mark.parametrize(
    ("one", "into", "told"), [("电梯", "电梯", "同一个主题"), ("电梯", "监控", "同一个领域")]
)
def test_a_topic_is_not_merged_into_itself_or_another_area(
    book: TopicBook, one: str, into: str, told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        _merge(book, _id(book, one), _id(book, into))
    assert _deeds() == []


def test_a_topic_is_not_merged_into_one_of_another_community(book: TopicBook) -> None:
    book.says(*LIFT, community_id=book.other)
    mine = _id(book, "电梯")
    rebuild_topics(book.other)
    theirs = _id(book, "电梯")
    assert theirs != mine
    with pytest.raises(Invalid, match="同一个社区"):
        _merge(book, mine, theirs)
    with pytest.raises(NotFound):
        _merge(book, mine, theirs, community_id=book.other)


def test_a_topic_that_is_gone_is_merged_neither_way(book: TopicBook) -> None:
    lift, lamp = _id(book, "电梯"), _id(book, "路灯")
    with database.writing() as session:
        session.execute(delete(CommentTopic).where(col(CommentTopic.topic_id) == lamp))
        session.delete(session.get_one(Topic, lamp))
    for pair in ((lift, lamp), (lamp, lift)):
        with pytest.raises(NotFound, match="没有找到这个主题"):
            _merge(book, *pair)


def test_a_topic_that_was_merged_is_merged_no_further_and_takes_no_other(book: TopicBook) -> None:
    book.says("停水两天了", "停水也不说一声", "又停水")
    rebuild_topics(book.here)
    lift, lamp, water = (_id(book, word) for word in ("电梯", "路灯", "停水"))
    _merge(book, lamp, lift)
    with pytest.raises(Invalid, match="这个主题已经并入"):
        _merge(book, lamp, water)
    with pytest.raises(Invalid, match="要留下的那个主题已经并入"):
        _merge(book, water, lamp)


def test_a_hidden_topic_is_merged_only_once_it_is_shown_again(book: TopicBook) -> None:
    """Parted later it would come back as one that residents see."""
    _approve(book, "电梯常坏")
    lift, lamp = _id(book, "电梯"), _id(book, "路灯")
    with database.writing() as session:
        hide_topic(session, lift, community_id=book.here, by=book.clerk)
    with pytest.raises(Invalid, match="先恢复"):
        _merge(book, lift, lamp)
    _merge(book, lamp, lift)
    assert book.topics()["电梯"].state == "hidden"


def test_merging_and_parting_are_on_record_with_both_topics(book: TopicBook) -> None:
    lift, lamp = _id(book, "电梯"), _id(book, "路灯")
    _merge(book, lamp, lift)
    with database.writing() as session:
        restore_topic(session, lamp, community_id=book.here, by=book.clerk)
    deeds = [("topic.merged", lamp), ("topic.merged_into", lift), ("topic.restored", lamp)]
    assert _deeds() == [(*deed, book.clerk) for deed in deeds]


def test_a_title_is_no_sentence_of_what_was_merged_into_it_either(book: TopicBook) -> None:
    assert _approve(book, "路灯坏了看不清路").title
    _merge(book, _id(book, "路灯"), _id(book, "电梯"))
    with pytest.raises(Invalid, match="原话"):
        _approve(book, "路灯坏了看不清路")


def test_check_data_finds_a_merged_topic_without_a_goal_and_a_title_nobody_approved(
    book: TopicBook,
) -> None:
    with database.writing() as session:
        session.get_one(Topic, _id(book, "电梯")).state = "merged"
        session.get_one(Topic, _id(book, "路灯")).state = "approved"
        session.get_one(Topic, _id(book, "监控")).community_id = book.other
    with database.reading() as session:
        found = list(topics_agree(session))
    assert [place for place, _ in found] == ["comment_topic", "topic"]
    assert found[0].finding.startswith("3 ") and found[1].finding.startswith("2 ")

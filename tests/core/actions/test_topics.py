"""Topics found anew: the same ones keep row and title, what a person decided stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions import topics
from core.actions.backup import backup, restore
from core.actions.topic_titles import approve_title, hide_topic, merge_topics
from core.actions.topics import rebuild_topics
from core.queries.check_data import orphans, topics_agree
from models.account import AuditEntry
from tests.core.topic_book import LAMP, LIFT, TopicBook


@pytest.fixture
def book(record: Path) -> TopicBook:
    return TopicBook()


def _sound() -> bool:
    with database.reading() as session:
        return not [*orphans(session), *topics_agree(session)]


def _audited() -> list[tuple[str, int | None]]:
    with database.reading() as session:
        rows = session.execute(
            select(col(AuditEntry.deed), col(AuditEntry.account_id)).order_by(AuditEntry.id)
        )
        return [tuple(row) for row in rows]


def test_topics_are_of_one_area_each_and_hold_their_comments(book: TopicBook) -> None:
    lift, lamp = book.says(*LIFT), book.says(*LAMP)
    book.says("电梯广告太多，吵人", "停水了", "没意见")
    other = book.says(*LAMP[:3], area="safety")
    book.says(*LIFT, area="other")
    book.says(*LIFT, area="facilities", state="abstained")
    book.says(*LIFT, area="")
    book.says(*LIFT, community_id=book.other)
    found = rebuild_topics(book.here, by=book.clerk)
    assert (found.topics, found.known) == (3, 0)
    links = book.links()
    assert (
        len({links[i] for i in lift}) == len({links[i] for i in lamp}) == len({links[i] for i in other}) == 1
    )
    assert len(set(links.values())) == 3 and set(lift + lamp + other) <= set(links)
    assert len(links) == found.comments <= len(lift + lamp + other) + 1
    assert _audited() == [("topics.rebuilt", book.clerk)] and _sound()


def test_a_persons_label_decides_the_area(book: TopicBook) -> None:
    lamp = book.says(*LAMP)
    for comment_id in lamp:
        book.labels(comment_id, "safety")
    rebuild_topics(book.here)
    assert book.topics()["路灯"].area == "safety" and set(book.links()) == set(lamp)


def test_a_topic_found_again_keeps_row_and_title_with_more_and_fewer_comments(
    book: TopicBook,
) -> None:
    lift = book.says(*LIFT)
    book.says(*LAMP)
    rebuild_topics(book.here)
    before = book.topics()
    with database.writing() as session:
        approve_title(session, before["电梯"].id or 0, "电梯常坏", community_id=book.here, by=book.clerk)
    more = book.says("电梯一到下雨就停", "电梯门夹人", days_ago=0)
    book.takes_back(lift[0])
    found = rebuild_topics(book.here)
    after = book.topics()
    assert {word: topic.id for word, topic in after.items()} == {w: t.id for w, t in before.items()}
    assert (found.topics, found.known) == (2, 2)
    assert (after["电梯"].title, after["电梯"].state) == ("电梯常坏", "approved")
    assert {book.links()[i] for i in lift[1:] + more} == {after["电梯"].id} and _sound()


def test_rebuilding_without_anything_new_changes_nothing(book: TopicBook) -> None:
    book.says(*LIFT, *LAMP)
    rebuild_topics(book.here)
    topics_, links = book.topics(), book.links()
    rebuild_topics(book.here)
    assert book.links() == links
    assert [t.model_dump() for t in book.topics().values()] == [t.model_dump() for t in topics_.values()]


def test_only_the_area_asked_for_is_rebuilt(book: TopicBook) -> None:
    book.says(*LIFT)
    book.says(*LAMP, area="safety")
    rebuild_topics(book.here, ["safety"])
    assert list(book.topics()) == ["路灯"]


def test_what_nobody_decided_on_goes_with_its_comments_and_what_somebody_did_stays(book: TopicBook) -> None:
    lift, lamp = book.says(*LIFT), book.says(*LAMP)
    rebuild_topics(book.here)
    approved = book.topics()["电梯"].id or 0
    with database.writing() as session:
        approve_title(session, approved, "电梯常坏", community_id=book.here, by=book.clerk)
    book.takes_back(*lift, *lamp)
    assert book.links() == {}
    assert rebuild_topics(book.here).topics == 0
    assert [topic.title for topic in book.topics().values()] == ["电梯常坏"]
    book.says(*LIFT[1:])
    rebuild_topics(book.here)
    assert set(book.links().values()) == {approved}


def test_a_title_stays_with_the_words_it_was_approved_for(book: TopicBook) -> None:
    book.says(*LIFT)
    rebuild_topics(book.here)
    topic = book.topics()["电梯"]
    with database.writing() as session:
        approve_title(session, topic.id or 0, "电梯常坏", community_id=book.here, by=book.clerk)
    book.says(*(f"{text}，加装扶手" for text in LIFT), days_ago=0)
    rebuild_topics(book.here)
    after = next(t for t in book.topics().values() if t.id == topic.id)
    assert (after.centre, after.words) == (topic.centre, topic.words)


def test_hidden_and_merged_topics_are_found_again_as_such(book: TopicBook) -> None:
    book.says(*LIFT, *LAMP)
    rebuild_topics(book.here)
    lift, lamp = (book.topics()[word].id or 0 for word in ("电梯", "路灯"))
    with database.writing() as session:
        hide_topic(session, lift, community_id=book.here, by=book.clerk)
        merge_topics(session, lamp, lift, community_id=book.here, by=book.clerk)
    rebuild_topics(book.here)
    after = book.topics()
    assert (after["电梯"].state, after["路灯"].state, after["路灯"].merged_into_id) == (
        "hidden",
        "merged",
        lift,
    )
    assert set(book.links().values()) == {lift, lamp} and _sound()


def test_a_topic_others_were_merged_into_stays_when_nobody_speaks_of_it_any_more(book: TopicBook) -> None:
    lift, lamp = book.says(*LIFT), book.says(*LAMP)
    rebuild_topics(book.here)
    kept, gone = (book.topics()[word].id or 0 for word in ("电梯", "路灯"))
    with database.writing() as session:
        merge_topics(session, gone, kept, community_id=book.here, by=book.clerk)
    book.takes_back(*lift)
    lamp += book.says("路灯又灭了", "路灯底下黑", days_ago=0)
    for _ in range(2):
        rebuild_topics(book.here)
        after = book.topics()
        assert (after["路灯"].id, after["路灯"].merged_into_id, after["电梯"].id) == (gone, kept, kept)
        assert book.links() == dict.fromkeys(lamp, gone) and _sound()


def test_a_comment_deleted_while_topics_are_found_has_none(
    book: TopicBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    lift = book.says(*LIFT)
    search = topics._search

    def then_delete(community_id: int, areas: list[str]) -> object:
        found = search(community_id, areas)
        book.takes_back(lift[0])
        return found

    monkeypatch.setattr(topics, "_search", then_delete)
    rebuild_topics(book.here)
    assert set(book.links()) == set(lift[1:]) and _sound()


def test_what_is_said_again_points_to_the_comment_it_repeats(book: TopicBook) -> None:
    first = book.says(*LIFT)
    again = book.says("电梯又坏了，没人修！", "电梯又坏了没人修")
    rebuild_topics(book.here)
    with database.reading() as session:
        repeats = dict(
            session.execute(select(topics.CommentTopic.comment_id, topics.CommentTopic.repeats_id)).all()
        )
    assert len({repeats[i] for i in [first[0], *again]}) == 1
    assert all(repeats[i] == i for i in first[1:])


def test_topics_come_back_from_a_backup(book: TopicBook, tmp_path: Path) -> None:
    book.says(*LIFT, *LAMP)
    rebuild_topics(book.here)
    lift, lamp = (book.topics()[word].id or 0 for word in ("电梯", "路灯"))
    with database.writing() as session:
        # The lower number leads to the higher one: rows are restored in the order of their numbers.
        merge_topics(session, min(lift, lamp), max(lift, lamp), community_id=book.here, by=book.clerk)
    before, links = [topic.model_dump() for topic in book.topics().values()], book.links()
    backup(tmp_path / "b.zip")
    restore(tmp_path / "b.zip", force=True)
    assert [topic.model_dump() for topic in book.topics().values()] == before
    assert book.links() == links and _sound()

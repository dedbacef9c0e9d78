"""The step of topics: after a change only, not more than once in ten minutes, each community for itself."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from core import database
from core.actions import topic_step
from core.actions.background import Worker
from core.actions.comment_tally import recount
from core.actions.topic_step import EVERY_SECONDS, TopicStep
from core.actions.topics import rebuild_topics
from core.errors import Unavailable
from tests.core.topic_book import LAMP, LIFT, TopicBook


class World:
    """The clock, and the searches that were made."""

    def __init__(self, book: TopicBook) -> None:
        self.book, self.now = book, 0.0
        self.searched: list[int] = []
        self.fails = False
        self.step = TopicStep(lambda: self.now)

    def search(self, community_id: int) -> None:
        """A search as the portal makes it, noted."""
        self.searched.append(community_id)
        if self.fails:
            raise Unavailable("满了")
        rebuild_topics(community_id)

    def says(self, *texts: str, **fields: object) -> list[int]:
        """Comments that were read, and counted as a reading counts them."""
        ids = self.book.says(*texts, **fields)  # type: ignore[arg-type]
        with database.writing() as session:
            recount(session)
        return ids

    def later(self) -> None:
        """Ten minutes go by."""
        self.now += EVERY_SECONDS


@pytest.fixture
def world(record: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(TopicBook())
    monkeypatch.setattr(topic_step, "_rebuild", made.search)
    return made


def test_where_nothing_was_said_nothing_is_searched(world: World) -> None:
    assert world.step() == 0 and world.searched == []


def test_topics_are_found_once_and_again_only_after_a_change(world: World) -> None:
    lift = world.says(*LIFT)
    assert (world.step(), world.step()) == (1, 0)
    assert set(lift) <= set(world.book.links())
    world.later()
    assert world.step() == 0 and world.searched == [world.book.here]
    world.says(*LAMP)
    assert world.step() == 1 and len(world.book.topics()) == 2


def test_a_change_waits_until_ten_minutes_are_over(world: World) -> None:
    world.says(*LIFT)
    world.step()
    world.says(*LAMP)
    world.now += EVERY_SECONDS - 1
    assert world.step() == 0
    world.now += 1
    assert world.step() == 1 and world.searched == [world.book.here] * 2


def test_a_label_that_moves_comments_to_another_area_is_a_change(world: World) -> None:
    lift = world.says(*LIFT)
    world.step()
    world.later()
    for comment_id in lift:
        world.book.labels(comment_id, "safety")
    world.says()
    assert world.step() == 1
    assert {topic.area for topic in world.book.topics().values()} == {"safety"}


def test_each_community_is_searched_for_itself(world: World) -> None:
    world.says(*LIFT)
    world.says(*LIFT, community_id=world.book.other)
    assert [world.step() for _ in range(3)] == [1, 1, 0]
    assert sorted(world.searched) == sorted([world.book.here, world.book.other])
    world.later()
    world.says(*LAMP, community_id=world.book.other)
    assert world.step() == 1 and world.searched[-1] == world.book.other and world.step() == 0


def test_a_search_that_fails_holds_up_no_other_and_is_tried_again_later(world: World) -> None:
    world.says(*LIFT)
    world.says(*LIFT, community_id=world.book.other)
    world.fails = True
    with pytest.raises(Unavailable):
        world.step()
    world.fails = False
    assert (world.step(), world.step()) == (1, 0) and len(set(world.searched)) == 2
    world.later()
    assert world.step() == 1 and world.searched[2] == world.searched[0]


def test_a_failure_is_logged_by_its_kind_only(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.says(*LIFT)
    world.fails = True
    worker = Worker("topics", world.step, 60)
    with caplog.at_level(logging.WARNING):
        worker.start()
        while not caplog.records and worker.is_alive():
            time.sleep(0.01)
        worker.stop()
    assert caplog.messages == ["topics: Unavailable"]

"""The workers: they outlive trouble, train when the data have no classifier, and stop when asked."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from core.actions import background
from core.actions.background import LOOK_SECONDS, READ_SECONDS, RETRAIN_SECONDS, ReadingStep, Worker
from core.errors import Unavailable


def _until(done: Callable[[], bool]) -> bool:
    pause = threading.Event()
    for _ in range(500):
        if done():
            return True
        pause.wait(0.01)
    return False


def test_a_worker_goes_on_at_once_while_it_finds_work_and_rests_when_not() -> None:
    left, calls = [3, 2, 1, 0], list[int]()

    def step() -> int:
        calls.append(1)
        return left.pop(0)

    worker = Worker("test", step, rest=60)
    worker.start()
    assert _until(lambda: not left)
    worker.stop()
    assert len(calls) == 4 and not worker.is_alive()


@pytest.mark.parametrize("error", [Unavailable("满了"), RuntimeError("电梯坏了"), MemoryError("电梯坏了")])
def test_a_worker_outlives_trouble_and_tells_only_its_kind(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(background, "TROUBLE_SECONDS", 0.01)
    calls: list[int] = []

    def step() -> int:
        calls.append(1)
        if len(calls) < 3:
            raise error
        return 0

    worker = Worker("test", step, rest=60)
    with caplog.at_level(logging.WARNING):
        worker.start()
        assert _until(lambda: len(calls) == 3)
        worker.stop()
    assert type(error).__name__ in caplog.text and str(error) not in caplog.text


class _Reader:
    def __init__(self, version: str) -> None:
        self.version = version


class _Training:
    finished = False

    def stop(self) -> None:
        """Remember."""
        self.finished = True


class World:
    """Stands for var/ and the data: which version the data have and which classifiers are there."""

    def __init__(self) -> None:
        self.now, self.version = 0.0, "a"
        self.there: set[str] = set()
        self.trainings: list[_Training] = []
        self.read_with: list[str] = []
        self.again = 0
        self.decided = ""
        self.noted: list[str] = []

    def train(self, *_: object, gently: bool) -> _Training:
        """Begin one."""
        assert gently, "residents come first"
        self.trainings.append(_Training())
        return self.trainings[-1]

    def read(self, reader: _Reader) -> int:
        """One batch."""
        self.read_with.append(reader.version)
        return 1

    def tried(self) -> int:
        """Count."""
        self.again += 1
        return 0

    def finish(self, *, well: bool) -> None:
        """End the training under way."""
        self.trainings[-1].finished = True
        if well:
            self.there.add(self.version)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    found = World()
    monkeypatch.setattr(background.store, "current_version", lambda *_: found.version)
    monkeypatch.setattr(background.store, "load", lambda _, v: _Reader(v) if v in found.there else None)
    monkeypatch.setattr(background.store, "train_in_child", found.train)
    monkeypatch.setattr(background, "read_waiting", found.read)
    monkeypatch.setattr(background, "try_again", found.tried)
    monkeypatch.setattr(background, "in_force", lambda _, shipped: found.decided or shipped)
    monkeypatch.setattr(background, "note_shipped", lambda version, _: found.noted.append(version))
    monkeypatch.setattr(background, "TopicStep", lambda: lambda: 0)
    monkeypatch.setattr(background.database, "reading", contextlib.nullcontext)
    return found


def test_without_a_classifier_one_training_begins_and_nothing_is_read_until_it_is_there(world: World) -> None:
    step = ReadingStep(lambda: world.now)
    for _ in range(3):
        assert step() == 0
        world.now += READ_SECONDS
    assert len(world.trainings) == 1 and world.read_with == []
    world.finish(well=True)
    assert step() == 1 and world.read_with == ["a"] and world.again == 1


def test_a_classifier_that_is_there_needs_no_training(world: World) -> None:
    world.there.add("a")
    assert ReadingStep(lambda: world.now)() == 1 and world.trainings == []


def test_a_training_that_fails_is_tried_again_but_not_at_once(world: World) -> None:
    step = ReadingStep(lambda: world.now)
    step()
    world.finish(well=False)
    world.now += READ_SECONDS
    step()
    assert len(world.trainings) == 1
    world.now += RETRAIN_SECONDS
    step()
    assert len(world.trainings) == 2


def test_when_the_data_change_the_old_classifier_reads_on_until_the_new_one_is_there(world: World) -> None:
    world.there.add("a")
    step = ReadingStep(lambda: world.now)
    step()
    world.version = "b"
    step()
    assert world.trainings == [], "it does not look every time"
    world.now += LOOK_SECONDS
    step()
    assert len(world.trainings) == 1 and world.read_with == ["a"] * 3
    world.finish(well=True)
    world.now += READ_SECONDS
    step()
    assert world.read_with[-1] == "b" and world.again == 2


def test_a_version_that_was_decided_on_reads_within_a_minute_and_is_no_shipped_one(world: World) -> None:
    world.there |= {"a", "decided"}
    step = ReadingStep(lambda: world.now)
    step()
    world.decided = "decided"
    world.now += LOOK_SECONDS
    step()
    assert world.read_with == ["a", "decided"] and world.trainings == [] and world.noted == ["a"]


def test_closing_ends_a_training_under_way(world: World) -> None:
    step = ReadingStep(lambda: world.now)
    step.close()
    step()
    step.close()
    assert world.trainings[0].finished


def test_the_workers_start_once_and_stop(record: Any, world: World) -> None:
    world.there.add("a")
    world.read_with = []
    background.start()
    background.start()
    names = [thread.name for thread in threading.enumerate()]
    assert [names.count(name) for name in ("fold", "read", "watch", "topics", "retention")] == [1] * 5
    assert _until(lambda: bool(world.read_with))
    background.stop()
    left = {thread.name for thread in threading.enumerate()}
    assert left & {"fold", "read", "watch", "topics", "retention"} == set()

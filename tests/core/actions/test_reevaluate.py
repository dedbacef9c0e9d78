"""Evaluating again: the result is kept whole, and whatever goes wrong costs the earlier one nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import database
from core.actions import reevaluate as reevaluating
from core.actions.classifier_jobs import Stopped, begin, interrupt, latest
from core.actions.reevaluate import kept_file, main, reevaluate, to_show
from core.actions.retrain import Data
from core.errors import Closed, NotSetUp
from core.text.evaluation_file import write
from core.text.evaluation_whole import Plan
from core.text.store import current_version
from models.classifier_version import EVALUATE
from tests.core.evaluations import example
from tests.core.retraining import HANDS, small_data


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Three hands' first forty comments."""
    return small_data(tmp_path_factory.mktemp("evaluating"))


@pytest.fixture(autouse=True)
def here(sqlite_record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty record, and nothing shipped."""
    monkeypatch.setattr(reevaluating, "SHIPPED_FILE", tmp_path / "shipped" / "evaluation.json")


def _job() -> tuple[str, int, int]:
    with database.reading() as session:
        job = latest(session, EVALUATE)
    assert job is not None
    return job.state, job.done, job.total


def _instead(monkeypatch: pytest.MonkeyPatch, does: Callable[[Any], dict[str, Any]]) -> None:
    """Put something that needs no training in the place of the evaluation."""
    monkeypatch.setattr(reevaluating, "whole", lambda *_, plan, advance: does(advance))


def test_the_result_is_kept_and_shown(data: Data) -> None:
    plan, steps = Plan(parts=0, detailed=True), list[int]()
    assert reevaluate(data=data, plan=plan, advance=steps.append) == kept_file()
    shown = to_show(current_version(data.labelled, data.lexicon))
    assert shown.found is not None and not shown.older and shown.found.n == 120
    assert set(shown.found.files) == set(HANDS)
    assert steps == [1, 1, 1] and _job() == ("done", 3, 3)


@pytest.mark.parametrize("error", [RuntimeError, OSError, ValueError])
def test_an_evaluation_that_fails_leaves_the_earlier_result(
    data: Data, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    write(kept_file(), example())
    before = kept_file().read_bytes()

    def fails(_: Any) -> dict[str, Any]:
        raise error("of some kind")

    _instead(monkeypatch, fails)
    with pytest.raises(NotSetUp, match="以前的评测结果还在"):
        reevaluate(data=data)
    assert kept_file().read_bytes() == before and _job()[0] == "failed"


def test_a_full_disk_leaves_the_earlier_result(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    write(kept_file(), example())
    before = kept_file().read_bytes()

    def full(*_: Any) -> None:
        raise OSError("disk full")

    _instead(monkeypatch, lambda _: example(parts=9))
    monkeypatch.setattr("core.text.evaluation_file.os.replace", full)
    with pytest.raises(NotSetUp):
        reevaluate(data=data)
    assert kept_file().read_bytes() == before and _job()[0] == "failed"


def test_one_that_is_stopped_ends_at_the_next_step_and_keeps_nothing(
    data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(advance: Any) -> dict[str, Any]:
        advance(1)
        with database.writing() as session:
            interrupt(session, EVALUATE)
        advance(1)
        return example()

    _instead(monkeypatch, stopped)
    with pytest.raises(Stopped):
        reevaluate(data=data)
    assert not kept_file().exists() and _job()[:2] == ("interrupted", 1)


def test_after_one_that_was_stopped_the_next_begins_anew(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    test_one_that_is_stopped_ends_at_the_next_step_and_keeps_nothing(data, monkeypatch)
    _instead(monkeypatch, lambda advance: advance(1) or example())
    reevaluate(data=data)
    assert kept_file().exists() and _job()[:2] == ("done", 1)


def test_two_evaluations_at_once_are_one(data: Data) -> None:
    begin(EVALUATE, "", 1)
    # Our own process is at it, as far as the record knows.
    with pytest.raises(Closed, match="不能同时"):
        reevaluate(data=data)


def test_the_process_ends_with_1_when_nothing_came_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reevaluating.os, "nice", lambda _: 0)
    _instead(monkeypatch, lambda _: example())
    assert main([]) == 0 and kept_file().exists()
    begin(EVALUATE, "", 1)
    assert main([]) == 1


def test_the_shipped_result_is_shown_until_one_was_made_here() -> None:
    write(reevaluating.SHIPPED_FILE, example(parts=7))
    shown = to_show("now").found
    assert shown is not None and shown.parts == 7
    write(kept_file(), example(parts=5, at="2026-11-08T02:30:00+00:00"))
    shown = to_show("now").found
    assert shown is not None and shown.parts == 5

"""train --with-labels, train --back and reread from the command line, as a shell sees them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import database
from core.actions import reread as rereading
from core.actions.classifier_jobs import Stopped
from core.actions.classifier_versions import in_force
from core.actions.read_comments import read_waiting
from core.actions.retrain import Data
from core.cli import train as training
from core.settings import settings
from core.text import store
from tests.core.retraining import (
    TrainingHere,
    community,
    in_force_by,
    renamed,
    reviewed,
    small_data,
    train_here,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Small data, and their classifier beside them."""
    folder = tmp_path_factory.mktemp("shell")
    found = small_data(folder)
    train_here(found.labelled, found.lexicon, folder / "cache")
    return found


@pytest.fixture
def data(shared: Data, sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Data]:
    """The commands learn from the small data."""
    shutil.copytree(shared.labelled.parent / "cache", settings().classifier_cache)
    monkeypatch.setattr(training, "SHIPPED", shared)
    monkeypatch.setattr(rereading, "SHIPPED", shared)
    monkeypatch.setattr(store, "train_in_child", TrainingHere)
    yield shared


def test_learn_adopt_read_again_and_go_back(data: Data, run: Any) -> None:
    reviewed(community(), 130)
    while read_waiting(renamed(data, "earlier")):
        pass
    first = run("train", "--with-labels", "--json")
    assert first.exit_code == 0, first.stderr
    found = json.loads(first.stdout)
    assert found["state"] == "adopted" and found["n_community"] > 50 and found["n"] >= 30
    assert "已采用" in first.stderr
    again = run("train", "--with-labels", "--json")
    assert "没有新的内容可学" in again.stderr and json.loads(again.stdout)["reason"] == "same"
    read = run("reread", "--batch", "50", "--json")
    assert read.exit_code == 0 and json.loads(read.stdout)["read"] == 130
    assert set(in_force_by().values()) == {found["version"]}
    back = run("train", "--back")
    assert back.exit_code == 1 and "没有可以退回的上一版" in back.stderr


def test_never_adopt_and_a_torn_label_file(data: Data, run: Any) -> None:
    settings().own_labels.mkdir()
    rows = "id,text,area_primary,areas_secondary,sentiment,intent,urgent\n1,电梯坏了三天,lift,,neg,need,0\n"
    good = "2,食堂很好,elderly,,pos,praise,0\n"
    (settings().own_labels / "mine.csv").write_text(rows + good, encoding="utf8")
    result = run("train", "--with-labels", "--adopt", "never", "--json")
    assert result.exit_code == 1 and "mine.csv 第 2 行没有收下" in result.stderr
    found = json.loads(result.stdout)
    assert (found["state"], found["n_community"], found["rejected"]) == ("candidate", 1, 1)
    with database.reading() as session:
        shipped = store.current_version(data.labelled, data.lexicon)
        assert in_force(session, shipped) == shipped


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Stopped])
def test_a_stopped_reading_says_how_to_go_on(
    data: Data, run: Any, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    def stops(**_: object) -> None:
        raise stop

    monkeypatch.setattr(rereading, "reread", stops)
    result = run("reread")
    assert result.exit_code == 1 and "会接着读" in result.stderr


@pytest.mark.parametrize(
    "words", [("--back", "--again"), ("--back", "--with-labels"), ("--adopt", "never"), ("--adopt", "maybe")]
)
def test_wrong_calls_are_usage_errors(data: Data, run: Any, words: tuple[str, ...]) -> None:
    assert run("train", *words).exit_code == 2

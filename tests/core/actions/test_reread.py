"""Reading all comments again: beside the earlier readings, once each, whatever stops it on the way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, select, update
from sqlmodel import col

from core import database
from core.actions import classifier_jobs as jobs
from core.actions import reread as rereading
from core.actions.classifier_jobs import interrupt, latest
from core.actions.classifier_versions import adopt
from core.actions.comment_tally import counted, recount
from core.actions.read_comments import read_waiting
from core.actions.recount_check import differences
from core.actions.reread import reread, to_reread
from core.actions.retrain import Data
from core.errors import Closed, NotFound, NotSetUp
from core.settings import ROOT, settings
from core.text import store
from core.text.reader import Reader
from models.alert import Alert
from models.base import now
from models.classifier_version import REREAD, ClassifierJob, ClassifierVersion
from models.comment import Classification, Comment, Label
from models.tally import CommentTally
from tests.core.retraining import (
    community,
    in_force_by,
    readings,
    renamed,
    reviewed,
    said,
    small_data,
    train_here,
)

OLD, NEW = "old", "new"
N = 60


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Small data, and their classifier beside them."""
    folder = tmp_path_factory.mktemp("rereading")
    found = small_data(folder)
    train_here(found.labelled, found.lexicon, folder / "cache")
    return found


@pytest.fixture
def data(shared: Data, record: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Data]:
    """Comments read by an old version, some labelled, one waiting; a new version is adopted."""
    monkeypatch.setenv("LINSHENG_JOBLIB_BACKEND", "threading")
    settings.cache_clear()
    shutil.copytree(shared.labelled.parent / "cache", settings().classifier_cache)
    here = community()
    reviewed(here, N - 20)
    said(here, [f"第{i}盏路灯不亮" for i in range(19)] + ["楼道里有人晕倒了，快来人"])
    while read_waiting(renamed(shared, OLD)):
        pass
    said(here, ["还没读的一句"])
    new = renamed(shared, NEW)
    with database.writing() as session:
        session.add(ClassifierVersion(version=NEW, recipe=store.RECIPE, shipped="s", made_at=now()))
        session.flush()
        adopt(session, new.version)
    yield shared


def _job() -> ClassifierJob:
    with database.reading() as session:
        job = latest(session, REREAD)
    assert job is not None
    return job


def _sound(*, left: int = 0) -> None:
    """The tally equals its recount, each reading stands once, old ones stand, `left` are not read yet."""
    with database.writing() as session:
        assert [row for row in differences(session) if "comment" not in row] == []
        assert to_reread(session, NEW) == left
        before = {tuple(c): n for c, n in counted(session).items()}
        rows = session.scalars(select(CommentTally).where(col(CommentTally.n) != 0))
        kept = {(r.community_id, r.month, r.area, r.state, r.urgent): r.n for r in rows}
        assert kept == before
        recount(session)
    assert all(n == 1 for each in readings().values() for n in each.values())


def _all_read(done: int = N) -> None:
    _sound()
    found = readings()
    assert len(found) == N + 1
    assert sum(each == {OLD: 1, NEW: 1} for each in found.values()) == N
    assert set(in_force_by().values()) == {NEW}
    job = _job()
    assert (job.state, job.version, job.done, job.total) == ("done", NEW, done, done)


def test_every_comment_is_read_by_the_new_version_once(data: Data) -> None:
    told: list[int] = []
    found = reread(data=data, batch=7, advance=told.append)
    assert (found.version, found.read, found.failed) == (NEW, N, 0)
    assert sum(told) == N and max(told) <= 7
    _all_read()
    assert reread(data=data).read == 0, "again there is nothing to do"
    assert _job().total == 0 and _job().state == "done"


def test_processes_read_the_same(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINSHENG_JOBLIB_BACKEND", "loky")
    monkeypatch.setenv("LINSHENG_JOBLIB_N_JOBS", "2")
    settings.cache_clear()
    assert reread(data=data, batch=20).read == N
    _all_read()


def test_what_a_person_said_stands(data: Data) -> None:
    with database.reading() as session:
        labels = [row.model_dump() for row in session.scalars(select(Label))]
    reread(data=data)
    with database.reading() as session:
        assert [row.model_dump() for row in session.scalars(select(Label))] == labels


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_what_was_stopped_goes_on_from_its_mark(
    data: Data, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    store_readings, calls = rereading.store_readings, list[int]()

    def stops(*words: object) -> int:
        calls.append(1)
        found = store_readings(*words)  # type: ignore[arg-type]
        if len(calls) == 3:
            raise error  # after the rows were written, before the commit
        return found

    monkeypatch.setattr(rereading, "store_readings", stops)
    with pytest.raises(error):
        reread(data=data, batch=10)
    expected = "interrupted" if error is KeyboardInterrupt else "failed"
    assert (_job().state, _job().done) == (expected, 20)
    _sound(left=N - 20)
    seen: list[int] = []
    assert reread(data=data, batch=10, advance=seen.append).read == N - 20
    if error is KeyboardInterrupt:
        _all_read()
    else:
        _all_read(N - 20)


def test_a_stop_on_the_screen_stops_after_the_batch_at_hand(data: Data) -> None:
    def stop(_n: int) -> None:
        with database.writing() as session:
            interrupt(session, REREAD)

    with pytest.raises(jobs.Stopped):
        reread(data=data, batch=10, advance=stop)
    assert (_job().state, _job().done) == ("interrupted", 10)
    _sound(left=N - 10)
    with database.writing() as session, pytest.raises(NotFound):
        interrupt(session, REREAD)
    assert reread(data=data).read == N - 10
    _all_read()


def test_a_comment_deleted_or_read_by_the_old_version_meanwhile(
    data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = min(in_force_by())
    read_part, calls = rereading.read_part, list[int]()

    def meanwhile(*words: object) -> list[object]:
        calls.append(1)
        if len(calls) == 3:
            with database.writing() as session:
                # A portal that has not noticed the new version reads the first one with the old one again.
                old = select(col(Classification.id)).where(
                    col(Classification.comment_id) == first, col(Classification.classifier) == OLD
                )
                session.execute(
                    update(Comment).where(col(Comment.id) == first).values(
                        classification_id=old.scalar_subquery()
                    )
                )  # fmt: skip
                recount(session)
        return read_part(*words)  # type: ignore[arg-type,return-value]

    monkeypatch.setattr(rereading, "read_part", meanwhile)
    reread(data=data, batch=10)
    assert set(in_force_by().values()) == {NEW}
    _sound()


def test_a_comment_that_cannot_be_read_keeps_its_reading(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Reader.read

    def fails(self: Reader, texts: list[str]) -> object:
        if any("第3盏" in text for text in texts):
            raise ValueError("what a resident wrote must not be told")
        return read(self, texts)

    monkeypatch.setattr(Reader, "read", fails)
    found = reread(data=data, batch=10)
    assert (found.read, found.failed) == (N - 1, 1)
    assert list(in_force_by().values()).count(OLD) == 1
    _sound(left=1)


def test_going_back_reads_no_text_again(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    reread(data=data)
    with database.writing() as session:
        session.add(ClassifierVersion(version=OLD, recipe=store.RECIPE, shipped="s", made_at=now()))
        session.flush()
        adopt(session, OLD)
    ids = {(i, v) for i, each in readings().items() for v in each}
    reread(data=data)
    assert set(in_force_by().values()) == {OLD}
    assert ids <= {(i, v) for i, each in readings().items() for v in each}
    assert all(n == 1 for each in readings().values() for n in each.values())


def test_an_alert_is_raised_for_what_the_new_version_finds_urgent_unless_a_person_decided(
    data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        session.execute(delete(Alert))
        labelled = set(session.scalars(select(col(Label.comment_id))))
    monkeypatch.setattr("core.text.reader.Reader._urgent", lambda *given: np.ones(len(given[1]), dtype=bool))
    reread(data=data)
    with database.reading() as session:
        alerted = set(session.scalars(select(col(Alert.comment_id))))
    assert alerted == set(in_force_by()) - labelled


def test_two_at_once_are_one_and_a_dead_one_is_taken_over(data: Data) -> None:
    job = jobs.begin(REREAD, NEW, 5)
    with pytest.raises(Closed, match="不能同时"):
        reread(data=data)
    with database.writing() as session:
        row = update(ClassifierJob).where(col(ClassifierJob.id) == job.id)
        session.execute(
            row.values(worker="elsewhere:1", beat_at=now() - timedelta(seconds=jobs.DEAD_SECONDS + 1))
        )
    reread(data=data)
    assert _job().id == job.id
    _sound()


def test_without_a_classifier_it_says_what_to_do(data: Data) -> None:
    shutil.rmtree(settings().classifier_cache)
    with pytest.raises(NotSetUp, match="还没有准备好"):
        reread(data=data)


SLOW = """
import sys, time
from pathlib import Path
from core.actions import reread
from core.actions.retrain import Data
kept = reread.store_readings
def slowly(*words):
    found = kept(*words)
    print("written", flush=True)
    time.sleep(float(sys.argv[3]))
    return found
reread.store_readings = slowly
reread.reread(data=Data(Path(sys.argv[1]), Path(sys.argv[2])), batch=5)
"""


@pytest.mark.skipif(os.name != "posix", reason="no kill -9")
def test_a_kill_leaves_nothing_half_written_and_the_next_run_ends_it(data: Data) -> None:
    words = [sys.executable, "-c", SLOW, str(data.labelled), str(data.lexicon)]
    for n, seconds in enumerate(("0.02", "0.02")):
        database.dispose()
        child = subprocess.Popen([*words, seconds], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(3):  # two batches are stored, the third is written but not committed
            assert child.stdout.readline() == "written\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        done = _job().done
        assert _job().state == "running" and not jobs.is_alive(_job())
        assert done in (10 * (n + 1), 10 * (n + 1) + 5), "whole batches"
        _sound(left=N - done)
    seen = threading.active_count()
    assert reread(data=data, batch=10).read == N - done
    _all_read()
    assert threading.active_count() <= seen, "the sign of life ends with the work"

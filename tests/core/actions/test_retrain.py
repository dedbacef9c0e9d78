"""Retraining: what is learned, what is held back, when the new version reads, and what a failure costs."""

from __future__ import annotations

import csv
import shutil
import time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions import classifier_versions
from core.actions import retrain as retraining
from core.actions.classifier_jobs import begin, latest
from core.actions.classifier_versions import adopt, adopted, before, go_back, in_force, note_shipped
from core.actions.retrain import Data, Order, Outcome, retrain
from core.actions.training_labels import COMMUNITY_FILE, is_held, reviewed_labels, training_folder
from core.errors import Closed, LinshengError, NotFound, NotSetUp
from core.settings import settings
from core.text import store
from core.text.comparison import Comparison
from models.account import AuditEntry
from models.classifier_version import RETRAIN, ClassifierVersion
from models.comment import Label
from tests.core.retraining import TrainingHere, community, renamed, reviewed, said, small_data, train_here


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Small data, and their classifier beside them."""
    folder = tmp_path_factory.mktemp("retraining")
    found = small_data(folder)
    train_here(found.labelled, found.lexicon, folder / "cache")
    return found


@pytest.fixture
def data_for_a_child(shared: Data, sqlite_record: Path) -> Data:
    """The small data; their classifier is trained already, nothing is in the record."""
    shutil.copytree(shared.labelled.parent / "cache", settings().classifier_cache)
    return shared


@pytest.fixture
def data(data_for_a_child: Data, monkeypatch: pytest.MonkeyPatch) -> Data:
    """The same, learned from without a child."""
    monkeypatch.setattr(store, "train_in_child", TrainingHere)
    return data_for_a_child


def _retrain(data: Data, *, adopt: bool = True) -> Outcome:
    return retrain(Order(adopt=adopt), data=data)


def _shipped(data: Data) -> str:
    return store.current_version(data.labelled, data.lexicon)


def _reads(data: Data) -> str:
    with database.reading() as session:
        return in_force(session, _shipped(data))


def _versions() -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(ClassifierVersion).order_by(col(ClassifierVersion.id)))
        return [(row.version, row.state) for row in rows]


def _job() -> tuple[str, str, int]:
    with database.reading() as session:
        job = latest(session, RETRAIN)
    assert job is not None
    return job.state, job.outcome, job.done


def test_reviewed_comments_are_learned_and_a_part_of_them_never(data_for_a_child: Data) -> None:
    data, here = data_for_a_child, community()
    ids = reviewed(here, 130)
    steps: list[int] = []
    found = retrain(Order(), data=data, advance=steps.append)
    held = sum(map(is_held, ids))
    assert 25 < held < 55 and found.comparison.n == held
    assert (found.n_shipped, found.n_community) == (120, 130 - held)
    assert found.compared_with == _shipped(data) and found.version != _shipped(data)
    assert sum(steps) == retraining.STEPS == _job()[2]
    assert (found.state, found.reason) == ("adopted", "not_worse"), found
    assert _reads(data) == found.version and _job()[:2] == ("done", "adopted")
    with database.reading() as session:
        row = adopted(session)
        deeds = [e.deed for e in session.scalars(select(AuditEntry)) if e.deed.startswith("classifier.")]
    assert row is not None and row.pinned and row.adopted_at is not None
    assert (row.n_held, row.n_new_right) == (held, found.comparison.new_right)
    assert deeds == ["classifier.trained", "classifier.adopted"]
    assert list(settings().var.glob("training-*")) == [], "residents' words do not stay behind"
    assert _retrain(data).same and _job()[1] == "same", "nothing new to learn"


def test_what_is_learned_is_redacted_and_nothing_held_back_is_in_it(data: Data) -> None:
    ids = reviewed(community(), 80)
    with database.reading() as session:
        labels = reviewed_labels(session)
    assert set(labels.held["id"]) == {i for i in ids if is_held(i)}
    (data.labelled / "reference.txt").write_text("05-short-1\n", "utf-8")
    with training_folder(data.labelled, labels) as folder:
        assert (folder.path / "reference.txt").read_text("utf-8") == "05-short-1\n"
        (data.labelled / "reference.txt").unlink()
        with (folder.path / COMMUNITY_FILE).open(encoding="utf8") as file:
            learned = {row["text"] for row in csv.DictReader(file)}
        assert folder.path.stat().st_mode & 0o77 == 0
        names = {path.name for path in folder.path.glob("*.csv")}
    assert names == {path.name for path in data.labelled.glob("*.csv")} | {COMMUNITY_FILE}
    assert learned and not learned & set(labels.held["text"])
    assert not list(data.labelled.glob("community*"))


def test_the_same_words_on_both_sides_are_not_learned(data: Data) -> None:
    here = community()
    for _ in range(3):  # the same twenty sentences, each said three times
        reviewed(here, 20)
    with database.reading() as session:
        labels = reviewed_labels(session)
    assert len(labels.held) and not set(labels.learn["text"]) & set(labels.held["text"])


@pytest.mark.parametrize(("n", "learned"), [(49, False), (50, True)])
def test_too_few_labels_are_not_learned_from(data: Data, n: int, learned: bool) -> None:
    reviewed(community(), n)
    with database.reading() as session:
        assert bool(len(reviewed_labels(session).learn)) is learned


def test_only_our_own_real_communities_count(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewed(community(synthetic=True, code="demo"), 60)
    reviewed(community(source="某地来信", code="letters"), 60)
    assert _retrain(data).same
    monkeypatch.setenv("LINSHENG_LEARN_FROM_SYNTHETIC", "1")
    settings.cache_clear()
    with database.reading() as session:
        labels = reviewed_labels(session)
    assert len(labels.learn) + len(labels.held) == 60


def test_a_worse_version_is_rejected_and_the_one_in_use_reads_on(
    data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed(community(), 110)
    worse = Comparison(n=40, old_right=30, new_right=20, only_old=12, only_new=2)
    monkeypatch.setattr(retraining, "compare", lambda *_: worse)
    found = _retrain(data)
    assert (found.state, found.reason) == ("rejected", "worse")
    assert _reads(data) == _shipped(data) and _versions() == [(found.version, "rejected")]


def test_labels_that_spoil_the_classifier_are_found_out(data: Data) -> None:
    here = community()
    ids = reviewed(here, 300)
    with database.writing() as session:  # every comment that may be learned from says the same wrong area
        for label in session.scalars(select(Label).where(col(Label.comment_id).in_(ids))):
            if not is_held(label.comment_id):
                label.area, label.areas = "other", ""
    found = _retrain(data)
    assert found.comparison.new_right < found.comparison.old_right
    assert found.state != "adopted" and _reads(data) == _shipped(data)


def test_with_too_few_to_tell_a_person_decides_unless_the_data_changed(
    data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed(community(), 55)
    found = _retrain(data)
    assert found.comparison.n < 30 and (found.state, found.reason) == ("candidate", "too_few")
    assert _reads(data) == _shipped(data)
    with database.writing() as session:
        adopt(session, found.version)
    changed = Data(tmp_path / "labelled", data.lexicon)
    shutil.copytree(data.labelled, changed.labelled)
    (changed.labelled / "09-danger-1.csv").unlink()
    assert _reads(changed) == found.version, "what was decided on stays"
    again = _retrain(changed)
    assert (again.state, again.reason) == ("adopted", "data_changed")


def test_never_means_never(data: Data) -> None:
    reviewed(community(), 130)
    found = _retrain(data, adopt=False)
    assert (found.state, found.reason) == ("candidate", "not_asked") and _reads(data) == _shipped(data)


def test_a_training_that_fails_leaves_the_version_in_use(
    data_for_a_child: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = data_for_a_child
    reviewed(community(), 60)
    monkeypatch.setattr(store.sys, "executable", "/bin/false")
    with pytest.raises(NotSetUp, match="照常阅读"):
        _retrain(data)
    assert _reads(data) == _shipped(data) and _versions() == [] and _job()[0] == "failed"
    assert list(settings().var.glob("training-*")) == []
    monkeypatch.undo()


def test_two_retrainings_at_once_are_one(data: Data) -> None:
    begin(RETRAIN, "", 1)
    # Our own process is at it, as far as the record knows.
    with pytest.raises(Closed, match="不能同时"):
        _retrain(data)


def test_a_torn_label_file_costs_its_torn_rows_only(data: Data) -> None:
    settings().own_labels.mkdir()
    head = "id,text,area_primary,areas_secondary,sentiment,intent,urgent\n"
    good = "a1,电梯坏了三天,facilities,,neg,complaint,0\na2,食堂的饭很好,elderly,,pos,praise,0\n"
    torn = "a3,没有这个领域,lifts,,neg,complaint,0\na4,断在这里,safe"
    (settings().own_labels / "mine.csv").write_text(head + good + torn, encoding="utf8")
    (settings().own_labels / "foreign.csv").write_text("a,b\n1,2\n", encoding="utf8")
    (settings().own_labels / "bytes.csv").write_bytes(b"PK\x03\x04\x00\x00\xff\xfe")
    found = _retrain(data)
    assert found.n_community == 2 and found.state == "candidate"
    named = {(reject.file, reject.line) for reject in found.rejects}
    assert named == {("mine.csv", 4), ("mine.csv", 5), ("foreign.csv", 0), ("bytes.csv", 0)}
    assert all(reject.reason for reject in found.rejects)


def test_one_step_back_and_what_was_left_can_be_adopted_again(data: Data) -> None:
    note_shipped(_shipped(data), 120)
    for version in ("b", "c"):
        renamed(data, version)
        _known(version, data)
        with database.writing() as session:
            adopt(session, version, account_id=None)
    assert _reads(data) == "c"
    with database.writing() as session:
        assert go_back(session).version == "b"
    assert _reads(data) == "b"
    with database.writing() as session:
        assert go_back(session).version == _shipped(data)
    with database.writing() as session, pytest.raises(NotFound, match="没有可以退回"):
        go_back(session)
    assert [state for _, state in _versions()] == ["adopted", "rejected", "rejected"]
    with database.writing() as session:
        adopt(session, "c")
    assert _reads(data) == "c"


def _known(version: str, data: Data, *, recipe: str = store.RECIPE) -> None:
    with database.writing() as session:
        made = ClassifierVersion(
            version=version, recipe=recipe, shipped=_shipped(data), made_at=classifier_versions.now()
        )
        session.add(made)


def test_a_version_without_file_or_of_another_recipe_never_reads(data: Data) -> None:
    _known("gone", data)
    _known("old", data, recipe="0")
    renamed(data, "old")
    for version in ("gone", "old", "unknown"):
        with database.writing() as session, pytest.raises(LinshengError, match="不能用了"):
            adopt(session, version)
    _known("b", data)
    renamed(data, "b")
    with database.writing() as session:
        adopt(session, "b")
    assert _reads(data) == "b"
    classifier_versions.file_of("b").unlink()
    assert _reads(data) == _shipped(data), "a lost file: the shipped data's own reads"
    with database.reading() as session:
        assert before(session) is None


def test_the_shipped_versions_follow_each_other_until_one_is_decided_on(data: Data) -> None:
    note_shipped("s1", 10)
    note_shipped("s2", 11)
    note_shipped("s2", 11)
    assert _versions() == [("s1", "retired"), ("s2", "adopted")]
    _known("b", data)
    renamed(data, "b")
    with database.writing() as session:
        adopt(session, "b")
    note_shipped("s3", 12)
    assert ("b", "adopted") in _versions() and len(_versions()) == 3


def test_the_versions_in_use_and_before_outlive_many_trainings(data: Data) -> None:
    for version in ("b", "c"):
        renamed(data, version)
        _known(version, data)
        with database.writing() as session:
            adopt(session, version)
    for i in range(4):
        time.sleep(0.02)  # file times are coarse
        with database.reading() as session:
            classifier_versions.keep(session)
        time.sleep(0.02)
        shutil.copyfile(*map(classifier_versions.file_of, ("c", f"candidate{i}")))
        store.tidy(settings().classifier_cache)
        left = {path.stem for path in settings().classifier_cache.glob("*.npz")}
        assert left == {"b", "c", f"candidate{i}"}


def test_nothing_reviewed_changes_nothing(data: Data) -> None:
    said(community(), ["电梯坏了"])
    found = _retrain(data)
    assert found.same and _versions() == [] and _reads(data) == _shipped(data)

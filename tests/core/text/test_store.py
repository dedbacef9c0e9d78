"""Classifiers under var/: trained in a child, once per version of the data, whole or not at all."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from core.text import store
from core.text.reader import Reader


def _halves(cache: Path) -> list[Path]:
    return [path for path in cache.iterdir() if path.name.startswith(".")]


def test_a_classifier_is_trained_in_a_child_told_step_by_step_and_then_kept(
    small_data: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, steps = tmp_path / "cache", list[int]()
    first = store.train(small_data.labelled, small_data.lexicon, cache, advance=steps.append)
    assert steps == [1] * store.STEPS
    assert first.version == store.current_version(small_data.labelled, small_data.lexicon)
    assert [path.name for path in cache.iterdir()] == [f"{first.version}.npz"]

    def none(*_: object) -> None:
        raise AssertionError("trained again")

    with monkeypatch.context() as patch:
        patch.setattr(store, "train_in_child", none)
        again = store.train(small_data.labelled, small_data.lexicon, cache)
        assert again.read(["电梯坏了"]) == first.read(["电梯坏了"])

    path = cache / f"{first.version}.npz"
    path.write_bytes(path.read_bytes()[:1000])
    assert store.load(cache, first.version) is None and not path.exists(), "a torn file is put away"
    mended = store.train(small_data.labelled, small_data.lexicon, cache)
    assert mended.read(["电梯坏了"]) == first.read(["电梯坏了"]), "the same data give the same classifier"


def _change(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf8") + "\n", encoding="utf8")


def test_whatever_changes_in_the_data_makes_a_new_version(
    small_data: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version() -> str:
        return store.current_version(small_data.labelled, small_data.lexicon)

    seen = [version()]
    assert version() == seen[0]
    _change(small_data.labelled / "05-short-1.csv")
    seen.append(version())
    _change(small_data.lexicon / "areas.toml")
    seen.append(version())
    (small_data.labelled / "05-short-1.csv").rename(small_data.labelled / "06.csv")
    seen.append(version())
    (small_data.labelled / "own.csv").write_bytes(b"")
    seen.append(version())
    (small_data.labelled / "reference.txt").write_text("06\n", "utf-8")
    seen.append(version())
    monkeypatch.setattr(store, "RECIPE", "next")
    seen.append(version())
    monkeypatch.setattr(store, "INTENTS", {"need": ""})
    seen.append(version())
    assert len(set(seen)) == len(seen)


def test_a_killed_child_leaves_no_classifier_and_the_next_training_works(
    small_data: Any, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    training = store.train_in_child(small_data.labelled, small_data.lexicon, cache)
    assert not training.finished
    training.stop()
    assert training.finished and list(cache.glob("[!.]*.npz")) == []
    training.stop()
    assert store.train(small_data.labelled, small_data.lexicon, cache).read(["电梯"])


def test_a_training_that_fails_is_told(small_data: Any, tmp_path: Path) -> None:
    for path in small_data.labelled.iterdir():
        path.write_text("id,text\n", encoding="utf8")
    with pytest.raises(RuntimeError):
        store.train(small_data.labelled, small_data.lexicon, tmp_path / "cache")


def test_two_processes_training_at_once_do_no_harm(small_data: Any, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(store.train, small_data.labelled, small_data.lexicon, cache, again=True)
            for _ in range(2)
        ]
        one, other = (each.result() for each in both)
    assert one.read(["电梯坏了"]) == other.read(["电梯坏了"])
    assert [path.name for path in cache.iterdir()] == [f"{one.version}.npz"]


def test_each_process_writes_a_half_file_of_its_own(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError("no room")

    monkeypatch.setattr(Path, "replace", full)
    for pid in (1, 2):
        monkeypatch.setattr(os, "getpid", lambda pid=pid: pid)
        with pytest.raises(OSError, match="no room"):
            reader.save(tmp_path / "v.npz")
    assert len(_halves(tmp_path)) == 2 and not (tmp_path / "v.npz").exists()


def test_tidying_keeps_the_newest_versions_and_fresh_halves(tmp_path: Path) -> None:
    now = time.time()
    ages = {f"{i}.npz": 10_000 * i for i in range(5)} | {".a.1.half.npz": 60, ".b.2.half.npz": 9_000}
    for name, age in ages.items():
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (now - age, now - age))
    store.tidy(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"0.npz", "1.npz", "2.npz", ".a.1.half.npz"}

"""An evaluation in a file: all or nothing when written, checked when read, the right one shown."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from core.text.evaluation_file import newest, write
from tests.core.evaluations import example


def _file(folder: Path, name: str, **changes: Any) -> Path:
    path = folder / f"{name}.json"
    write(path, example(**changes))
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "var" / "evaluation.json"
    write(path, example())
    shown = newest([path], "now")
    assert shown.found is not None and shown.found.n == 320 and shown.found.at.year == 2026
    assert (shown.older, shown.torn) == (False, ())


def test_no_file_is_nothing_and_no_fault(tmp_path: Path) -> None:
    shown = newest([tmp_path / "evaluation.json"], "now")
    assert (shown.found, shown.older, shown.torn) == (None, False, ())


def test_the_later_of_todays_version_is_shown(tmp_path: Path) -> None:
    early = _file(tmp_path, "early", at="2026-10-01T00:00:00+00:00", parts=3)
    # Half past midnight in China is the day before in UTC: times are compared, not their letters.
    late = _file(tmp_path, "late", at="2026-10-02T00:30:00+08:00", parts=4)
    for files in ([early, late], [late, early]):
        shown = newest(files, "now")
        assert shown.found is not None and shown.found.parts == 4 and not shown.older


def test_todays_version_comes_before_a_later_one_of_other_comments(tmp_path: Path) -> None:
    today = _file(tmp_path, "today", at="2026-10-01T00:00:00Z")
    other = _file(tmp_path, "other", at="2026-11-01T00:00:00Z", version="before")
    shown = newest([other, today], "now")
    assert shown.found is not None and shown.found.version == "now" and not shown.older


def test_one_of_other_comments_is_shown_as_such_where_there_is_no_other(tmp_path: Path) -> None:
    shown = newest([_file(tmp_path, "old", version="before")], "now")
    assert shown.found is not None and shown.older


@pytest.mark.parametrize("content", ["", "{", '{"version": "now"}', "[]", "\x00\xff"])
def test_a_torn_file_is_as_good_as_none_and_is_named(tmp_path: Path, content: str) -> None:
    torn, good = tmp_path / "torn.json", _file(tmp_path, "good")
    torn.write_text(content, encoding="utf8")
    assert newest([torn], "now").found is None and newest([torn], "now").torn == (torn,)
    shown = newest([torn, good], "now")
    assert shown.found is not None and shown.torn == (torn,)


@pytest.mark.parametrize(
    "changes",
    [
        {"accuracy": 1.2},
        {"n": 0},
        {"at": "2026-10-08T10:30:00"},
        {"areas": {"safety": {"n": 1, "precision": 1, "recall": 1, "f1": 1}}},
        {"detail": example()["detail"] | {"confusion": [[1, 2], [3, 4]]}},
        {"detail": example()["detail"] | {"codes": ["facilities", "other", "health"]}},
    ],
    ids=["share", "empty", "no-zone", "areas", "table", "codes"],
)
def test_what_cannot_be_drawn_is_as_good_as_torn(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = tmp_path / "evaluation.json"
    path.write_text(json.dumps(example(**changes)), encoding="utf8")
    assert newest([path], "now").torn == (path,)


def test_an_area_this_program_does_not_know_makes_a_file_useless(tmp_path: Path) -> None:
    path = tmp_path / "evaluation.json"
    path.write_text(json.dumps(example()).replace('"safety"', '"lifts"'), encoding="utf8")
    assert newest([path], "now").torn == (path,)


def test_a_write_that_fails_leaves_the_earlier_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, "kept")
    before = path.read_bytes()
    with pytest.raises(ValueError):
        write(path, example(accuracy=float("nan")))

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="full"):
        write(path, example(n=1))
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["kept.json"]

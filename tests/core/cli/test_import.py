"""The command `import`: what it prints, and with which exit code it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core import database
from core.settings import settings
from core.text import store
from core.text.reading import Reading
from models.comment import Comment

LETTERS = Path(__file__).parents[1] / "actions" / "fifty_letters.csv"
REPORT = {"read": 50, "stored": 50, "duplicate": 0, "rejected": 0}


class _Reader:
    version = "test"

    def read(self, texts: Any) -> list[Reading]:
        """Everything is facilities."""
        return [Reading("facilities", (), 0.9, "neg", "complaint", False, False) for _ in texts]


def _states() -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Comment.state)))


def test_letters_are_stored_and_read_and_reported_by_four_keys(
    record: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "train", lambda *_: _Reader())
    first = run("import", LETTERS, "--as", "comments", "--json")
    assert (first.exit_code, json.loads(first.stdout)) == (0, REPORT)
    assert _states() == {"classified"}
    again = run("import", LETTERS, "--as", "comments", "--json")
    assert json.loads(again.stdout) == REPORT | {"stored": 0, "duplicate": 50}


def test_without_a_classifier_the_letters_wait_and_the_command_says_so(
    sqlite_record: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no training")

    monkeypatch.setattr(store, "train", broken)
    result = run("import", LETTERS, "--as", "comments", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, REPORT)
    assert "已经存好" in result.stderr
    assert _states() == {"waiting"}


def test_rejected_rows_make_exit_code_1_and_a_file_that_names_them(
    sqlite_record: Path, run: Any, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,time,text\n1,昨天,好\n2,2025/1/1,好\n", encoding="utf8")
    result = run("import", path, "--as", "comments", "--no-read")
    assert result.exit_code == 1
    kept = settings().var / "imports" / "x.csv.rejects.csv"
    assert "2,时间不对：昨天" in kept.read_text(encoding="utf-8-sig")
    assert "1 行没有收下" in result.stderr and "stored" in result.stdout
    own = tmp_path / "mine.csv"
    run("import", path, "--as", "comments", "--no-read", "--rejects", own)
    assert own.is_file()


def test_responses_come_in_by_the_same_command(small: Any, run: Any, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    head = "key,consent,who,grid,building,sex,age,need_elder,need_cult,top1,used,overall,short"
    path.write_text(f"{head}\nk1,1,1,1,1,2,8,E1;E5,K1,E1,0,4,1\n", encoding="utf8")
    result = run("import", path, "--round", "2026-autumn", "--no-read", "--json")
    assert json.loads(result.stdout) == {"read": 1, "stored": 1, "duplicate": 0, "rejected": 0}


@pytest.mark.parametrize(
    "words",
    [
        ("import", LETTERS),
        ("import", LETTERS, "--as", "comments", "--round", "r"),
        ("import", LETTERS, "--as", "poems"),
        ("import", LETTERS, "--as", "comments", "--mapping", LETTERS),
        ("import", LETTERS, "--round", "r", "--source", "x"),
        ("import", "nowhere.csv", "--as", "comments"),
        ("no-such-command",),
    ],
)
def test_a_wrong_call_ends_with_2(sqlite_record: Path, run: Any, words: tuple[object, ...]) -> None:
    assert run(*words).exit_code == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--as", "comments", "--community", "nowhere"), "没有找到这个社区"),
        (("--round", "nowhere"), "没有找到调查批次"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence_and_ends_with_1(
    sqlite_record: Path, run: Any, words: tuple[str, ...], told: str
) -> None:
    result = run("import", LETTERS, *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr

"""check-data: the shipped files are sound; what is wrong in a file or the record is told, and ends with 1."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core import database
from core.actions.fold import fold_all
from core.actions.submit import Submission, save_response
from core.cli import check_data as command
from core.cli.check_files import check_files
from core.settings import ROOT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the data files, and a piece of code that says a sentence."""
    for part in ("questionnaires", "places", "words"):
        shutil.copytree(ROOT / "data" / part, tmp_path / "data" / part)
    (tmp_path / "data" / "labelled").mkdir()
    shutil.copy(ROOT / "data" / "labelled" / "05-short-1.csv", tmp_path / "data" / "labelled")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.py").write_text('say("cli.check.ok")\n', encoding="utf8")
    return tmp_path


def test_the_shipped_files_have_no_findings(run: Any) -> None:
    result = run("check-data", "--files-only", "--json")
    assert (json.loads(result.stdout), result.exit_code) == ({"findings": [], "figures": {}}, 0)


def _appended(name: str, words: str) -> Callable[[Path], None]:
    def change(tree: Path) -> None:
        with (tree / name).open("a", encoding="utf8") as file:
            file.write(words)

    return change


@pytest.mark.parametrize(
    ("change", "place", "told"),
    [
        (_appended("data/words/zh-CN/errors.toml", "\ntorn = “"), "words/errors.toml", "TOML"),
        (_appended("data/questionnaires/needs-v1.yaml", "\n  - ["), "questionnaires/needs-v1.yaml", "不完整"),
        (_appended("data/questionnaires/needs-v1.yaml", "\nx: 1\n"), "questionnaires/needs-v1.yaml", "x"),
        (_appended("data/places/torn.yaml", "name: [\n"), "places/torn.yaml", ""),
        (
            _appended("data/labelled/05-short-1.csv", "Z1,路灯不亮,streetlights,,neg,complaint,0\n"),
            "labelled/05-short-1.csv",
            "streetlights",
        ),
        (_appended("data/labelled/05-short-1.csv", "T5001,再来,other,,neu,none,0\n"), "labelled", "T5001"),
        (_appended("data/labelled/x.csv", "id,words\n1,2\n"), "labelled/x.csv", "缺少列"),
        (_appended("data/labelled/reference.txt", "99-gone\n"), "labelled/reference.txt", "99-gone"),
        (_appended("pages/a.py", 'say("cli.no_such_sentence")\n'), "pages/a.py", "cli.no_such_sentence"),
        (_appended("pages/a.py", 'NotFound.say("no_such_error")\n'), "pages/a.py", "errors.no_such_error"),
    ],
)
def test_a_faulty_file_is_told_by_name(
    tree: Path, change: Callable[[Path], None], place: str, told: str
) -> None:
    assert check_files(tree) == []
    change(tree)
    assert any(where == place and told in what for where, what in check_files(tree)), check_files(tree)


def test_findings_in_the_record_end_with_1_and_are_in_the_json(
    small: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "check_files", list)
    save_response(Submission(small.round, small.answers(), "k"))
    fold_all()
    sound = run("check-data")
    assert (sound.exit_code, "没有发现问题" in sound.stderr) == (0, True)
    with database.writing() as session:
        session.execute(text("UPDATE tally SET n = 9 WHERE question = 'overall' AND choice = '4'"))
    found = run("check-data", "--json")
    told = json.loads(found.stdout)["findings"]
    assert (found.exit_code, [f["place"] for f in told]) == (1, ["tally"])
    assert "应为 (1, 0)" in told[0]["finding"]
    assert "发现 1 处" in run("check-data").stderr

"""backup and restore on the command line, and check-data before and after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core import database
from core.actions.fold import fold_all
from core.actions.import_comments import import_comments
from core.actions.submit import Submission, save_response
from core.cli import check_data
from core.settings import settings

LETTERS = Path(__file__).parents[1] / "actions" / "fifty_letters.csv"


@pytest.fixture(autouse=True)
def _files_are_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files have tests of their own; here the record matters."""
    monkeypatch.setattr(check_data, "check_files", list)


def test_a_restore_elsewhere_passes_check_data_with_the_same_figures(
    small: Any, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_response(Submission(small.round, small.answers(), "k"))
    import_comments(LETTERS)
    fold_all()
    before = run("check-data", "--json")
    kept = run("backup", tmp_path / "b.zip", "--json")
    monkeypatch.setenv("LINSHENG_VAR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("LINSHENG_DATABASE_URL", "")
    settings.cache_clear()
    restored = run("restore", tmp_path / "b.zip", "--json")
    after = run("check-data", "--json")
    assert [r.exit_code for r in (before, kept, restored, after)] == [0, 0, 0, 0]
    assert json.loads(before.stdout) == json.loads(after.stdout)
    assert json.loads(after.stdout)["figures"]["comment"] == 51
    assert json.loads(kept.stdout)["tables"] == json.loads(restored.stdout)["tables"]


def test_a_torn_backup_and_a_filled_record_are_told_in_a_sentence(
    small: Any, run: Any, tmp_path: Path
) -> None:
    run("backup", tmp_path / "b.zip")
    full = run("restore", tmp_path / "b.zip")
    assert (full.exit_code, "--force" in full.stderr) == (1, True)
    (tmp_path / "b.zip").write_bytes((tmp_path / "b.zip").read_bytes()[:300])
    torn = run("restore", tmp_path / "b.zip", "--force")
    assert (torn.exit_code, "没有恢复" in torn.stderr) == (1, True)
    assert run("restore", tmp_path / "nowhere.zip").exit_code == 2


def test_a_backup_into_a_folder_that_is_not_there_is_told(small: Any, run: Any, tmp_path: Path) -> None:
    result = run("backup", tmp_path / "no" / "b.zip")
    assert (result.exit_code, "写不了" in result.stderr) == (1, True)


def test_a_database_that_was_never_migrated_is_told(
    tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINSHENG_VAR", str(tmp_path / "new"))
    monkeypatch.setenv("LINSHENG_DATABASE_URL", "")
    settings.cache_clear()
    assert "upgrade" in run("backup", tmp_path / "b.zip").stderr
    found = run("check-data", "--json")
    assert found.exit_code == 1 and "upgrade" in json.loads(found.stdout)["findings"][0]["finding"]
    assert run("upgrade").exit_code == 0
    assert run("check-data").exit_code == 0
    database.dispose()
    settings.cache_clear()

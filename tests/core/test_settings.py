"""Settings: the database's address and folders as an installation gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings import ROOT, Settings


def test_without_a_url_the_record_is_a_sqlite_file_under_var(tmp_path: Path) -> None:
    assert Settings(var=tmp_path).url == f"sqlite:///{tmp_path}/linsheng.db"


@pytest.mark.parametrize("given", ["postgresql://u@h/d", "postgres://u@h/d", "postgresql+psycopg://u@h/d"])
def test_a_postgresql_url_always_means_psycopg_3(given: str) -> None:
    assert Settings(database_url=given).url == "postgresql+psycopg://u@h/d"


def test_a_relative_folder_is_meant_from_the_portals_own_folder() -> None:
    assert Settings(var=Path("elsewhere")).var == ROOT / "elsewhere"
    assert Settings(var=Path("elsewhere")).classifier_cache == ROOT / "elsewhere" / "classifier"


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINSHENG_DEMO", "1")
    monkeypatch.setenv("LINSHENG_IDLE_MINUTES", "7")
    assert (Settings().demo, Settings().idle_minutes) == (True, 7)


def test_the_secret_is_never_printed() -> None:
    assert "my-secret" not in repr(Settings(secret="my-secret"))  # type: ignore[arg-type]

"""A folder of its own for whatever a bench does in a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import database
from core.actions import round_cache
from core.settings import settings


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The installation's folder as a bench sees it; settings are put back afterwards."""
    monkeypatch.setenv("LINSHENG_VAR", str(tmp_path))
    monkeypatch.setenv("LINSHENG_DATABASE_URL", "")
    monkeypatch.setenv("LINSHENG_SECRET", "for-tests-only-" + "x" * 32)
    settings.cache_clear()
    round_cache.forget()
    yield tmp_path
    database.dispose()
    settings.cache_clear()
    round_cache.forget()

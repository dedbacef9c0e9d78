"""The demo community of one moment, loaded once for whoever only looks at it or adds to it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import database
from core.actions import round_cache
from core.actions.demo import DemoLoaded, load_demo
from core.settings import settings
from tests.conftest import _configure

AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Demo:
    """A SQLite record with the demo as of AT, to be copied, and what loading it told."""

    record: Path
    loaded: DemoLoaded


@pytest.fixture(scope="session")
def demo_of_a_moment(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Demo:
    folder = tmp_path_factory.mktemp("demo_of_a_moment")
    shutil.copy(sqlite_template, folder / "linsheng.db")
    with pytest.MonkeyPatch.context() as patch:
        _configure(patch, folder)
        round_cache.forget()
        loaded = load_demo(AT)
        with database.engine().connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.dispose()
    settings.cache_clear()
    round_cache.forget()
    return Demo(folder / "linsheng.db", loaded)

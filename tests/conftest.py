"""Shared by all tests: a record of its own for each test, on SQLite and on a throwaway PostgreSQL."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine, event

from core import database, security
from core.settings import ROOT, settings
from tests import order, postgres
from tests.postgres import free_port
from tests.serving import Served, alone, environment, serve, train_part

REAL_HASHES = security._passwords

# How long an example takes says something of the machine, not of the rule.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

# What is looked through at every turn: after collecting nothing of it is ever given back.
gc.disable()
# A record flushes at every save: in memory that costs nothing. Containers often have little of it.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 2 * 1024**3
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    tempfile.tempdir = os.environ.setdefault("TMPDIR", str(MEMORY))


def pytest_collection_finish() -> None:
    """From here on only what tests make is looked through."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On several workers what is slow comes first."""
    if hasattr(config, "workerinput"):
        items[:] = order.for_workers(items, config.workerinput["workercount"])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server on loopback for this test process; its address without a database name."""
    programs = postgres.binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.server(programs) as address:
        yield address


@pytest.fixture(scope="session", autouse=True)
def one_dialect() -> Iterator[None]:
    """Every record has an engine of its own, but statements are compiled once for each kind of database."""
    kept: dict[str, Engine] = {}

    make = database._engine.__wrapped__

    @lru_cache(maxsize=8)
    def engine(url: str) -> Engine:
        made = make(url)
        if (first := kept.get(made.dialect.name)) is not None:
            made.dialect = made.pool._dialect = first.dialect
            made._compiled_cache = first._compiled_cache
        else:  # only a dialect that was connected knows its server
            event.listen(made, "engine_connect", lambda one: kept.setdefault(one.dialect.name, one.engine))
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_engine", engine)
        yield


def _configure(monkeypatch: pytest.MonkeyPatch, var: Path, url: str = "") -> None:
    monkeypatch.setenv("LINSHENG_VAR", str(var))
    monkeypatch.setenv("LINSHENG_DATABASE_URL", url)
    monkeypatch.setenv("LINSHENG_SECRET", "for-tests-only-" + "x" * 32)
    settings.cache_clear()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        _configure(patch, folder)
        database.upgrade()
        with database.engine().connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.dispose()
    settings.cache_clear()
    return folder / "linsheng.db"


@pytest.fixture(scope="session")
def postgres_database(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[postgres.Emptied]:
    """A migrated, empty PostgreSQL database, emptied after each test."""
    postgres.execute(postgres_server, f"CREATE DATABASE {postgres.TEMPLATE}")
    with pytest.MonkeyPatch.context() as patch:
        _configure(patch, tmp_path_factory.mktemp("pg"), f"{postgres_server}/{postgres.TEMPLATE}")
        database.upgrade()
        database.dispose()
    settings.cache_clear()
    made = postgres.Emptied(postgres_server)
    yield made
    made.close()


@pytest.fixture
def sqlite_record(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty, migrated SQLite record under a folder of this test's own."""
    shutil.copy(sqlite_template, tmp_path / "linsheng.db")
    _configure(monkeypatch, tmp_path)
    yield tmp_path
    database.dispose()
    settings.cache_clear()


@pytest.fixture
def postgres_record(
    tmp_path: Path, postgres_database: postgres.Emptied, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The same on PostgreSQL; skipped where it is not installed."""
    _configure(monkeypatch, tmp_path, postgres_database.url())
    yield tmp_path
    database.dispose()
    settings.cache_clear()
    postgres_database.empty()


@pytest.fixture(params=["sqlite", "postgres"])
def record(request: pytest.FixtureRequest) -> Path:
    """An empty, migrated record; every test that asks for it runs on SQLite and on PostgreSQL."""
    found: Path = request.getfixturevalue(f"{request.param}_record")
    return found


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Argon2 as it is, but with little work: most tests ask what is checked, not how long it takes."""
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(security, "_passwords", quick)
        yield


@pytest.fixture
def real_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with all its work, as the portal has it."""
    monkeypatch.setattr(security, "_passwords", REAL_HASHES)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it, and from then on nobody waits for a locked record."""

    def _go() -> None:
        monkeypatch.setenv("LINSHENG_BUSY_SECONDS", "0.1")
        database.dispose()
        settings.cache_clear()

    return _go


@pytest.fixture(scope="session")
def portals_classifier(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a classifier for portals to read with: of a part of the shipped comments, as theirs.

    Trained by the first who asks, the others wait; kept from one run of the suite to the next. What all of
    them teach is asked where it matters (core/text/test_train.py).
    """
    cache = getattr(pytestconfig, "cache", None)
    folder = cache.mkdir("classifier_of_a_part") if cache else tmp_path_factory.mktemp("classifier")
    with alone(folder / "lock"):
        train_part(folder)
    return folder


@pytest.fixture(scope="session")
def demo_record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo community as of today, to be copied: made by the first worker who asks."""
    base = tmp_path_factory.getbasetemp()
    var = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo_record"
    var.mkdir(exist_ok=True)
    with alone(var / "lock"):
        if not (var / "loaded").exists():
            load = [sys.executable, "-m", "core.cli", "init", "--demo"]
            env = environment(var, LINSHENG_DEMO="1")
            subprocess.run(load, cwd=ROOT, env=env, check=True, capture_output=True)
            (var / "loaded").touch()
    return var / "linsheng.db"


@pytest.fixture(scope="session")
def served(
    tmp_path_factory: pytest.TempPathFactory, portals_classifier: Path, demo_record: Path
) -> Iterator[Served]:
    """The portal with the demo community, on a free port of loopback, in a process of its own."""
    var = tmp_path_factory.mktemp("served")
    (var / "classifier").symlink_to(portals_classifier)
    shutil.copy(demo_record, var / "linsheng.db")
    env = {"LINSHENG_DEMO": "1", "LINSHENG_PUBLIC_URL": "https://linsheng.example"}
    with serve(var, free_port(), env=env) as found:
        yield found

"""Shared by all tests: a record of its own for each test, on SQLite and on a throwaway PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import create_engine, text

from core import database, security
from core.settings import ROOT, settings
from tests.serving import Served, environment, serve

# How long an example takes says something of the machine, not of the rule.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

POSTGRES_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if os.name == "posix" else []
TEMPLATE = "linsheng_template"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_postgres(*words: str) -> list[str]:
    """PostgreSQL refuses to run as root: there it runs as the packaged user `postgres`."""
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else list(words)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server on loopback for this test process; its address without a database name."""
    binaries = shutil.which("pg_ctl") and Path(os.path.realpath(shutil.which("pg_ctl") or "")).parent
    found = binaries or (POSTGRES_BINARIES[-1] if POSTGRES_BINARIES else None)
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    home = Path(tempfile.mkdtemp(prefix="linsheng-pg-"))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
    data, port = home / "data", _free_port()
    subprocess.run(
        _as_postgres(
            str(found / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"
        ),
        check=True,
        capture_output=True,
        cwd=home,
    )
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"
    control = _as_postgres(str(found / "pg_ctl"), "-D", str(data), "-l", str(home / "log"))
    subprocess.run([*control, "-o", options, "-w", "start"], check=True, capture_output=True, cwd=home)
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd=home)
        shutil.rmtree(home, ignore_errors=True)


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
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated, empty PostgreSQL database, cloned for each test; the server's address."""
    _sql(postgres_server, f"CREATE DATABASE {TEMPLATE}")
    with pytest.MonkeyPatch.context() as patch:
        _configure(patch, tmp_path_factory.mktemp("pg"), f"{postgres_server}/{TEMPLATE}")
        database.upgrade()
        database.dispose()
    settings.cache_clear()
    return postgres_server


def _sql(server: str, statement: str) -> None:
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


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
    tmp_path: Path, postgres_template: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The same on PostgreSQL; skipped where it is not installed."""
    name = (
        f"t_{tmp_path.name[-40:]}_{os.getpid()}".lower().replace("-", "_").replace("[", "").replace("]", "")
    )
    _sql(postgres_template, f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
    _configure(monkeypatch, tmp_path, f"{postgres_template}/{name}")
    yield tmp_path
    database.dispose()
    settings.cache_clear()
    _sql(postgres_template, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def record(request: pytest.FixtureRequest) -> Path:
    """An empty, migrated record; every test that asks for it runs on SQLite and on PostgreSQL."""
    found: Path = request.getfixturevalue(f"{request.param}_record")
    return found


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as it is, but with little work: for tests that ask what is checked, not how long it takes."""
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    monkeypatch.setattr(security, "_passwords", quick)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Served]:
    """The portal with the demo community, on a free port of loopback, in a process of its own."""
    var = tmp_path_factory.mktemp("served")
    # A trained classifier is kept from one run of the suite to the next.
    (var / "classifier").symlink_to(pytestconfig.cache.mkdir("classifier"))
    demo = {"LINSHENG_DEMO": "1"}
    load = [sys.executable, "-m", "core.cli", "init", "--demo"]
    subprocess.run(load, cwd=ROOT, env=environment(var, **demo), check=True, capture_output=True)
    with serve(var, _free_port(), env=demo) as found:
        yield found

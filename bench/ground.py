"""Where a bench works: a throwaway folder, records in it on SQLite and on a PostgreSQL of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from core import database
from core.errors import NotSetUp
from core.settings import settings
from core.words import say

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Record:
    """One database of a bench. `name` is the dialect's; an empty `url` is SQLite under `var`."""

    name: str
    var: Path
    url: str = ""

    def environment(self) -> dict[str, str]:
        """The settings a process needs to work on this record."""
        return {"LINSHENG_VAR": str(self.var), "LINSHENG_DATABASE_URL": self.url}

    def use(self) -> None:
        """Make it the record of this process; the others stay open."""
        os.environ.update(self.environment())
        settings.cache_clear()

    def make(self) -> Record:
        """Create it with all tables, and use it."""
        self.var.mkdir(parents=True, exist_ok=True)
        self.use()
        database.upgrade()
        return self


@contextmanager
def throwaway() -> Iterator[Path]:
    """A folder that is gone afterwards, on the file system the portal's own record lives on.

    Where the user `postgres` cannot reach it, the system's temporary folder is taken instead.
    """
    home = settings().var / "bench"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("LINSHENG_SECRET", secrets.token_urlsafe(32))
    before = {key: os.environ.get(key) for key in ("LINSHENG_VAR", "LINSHENG_DATABASE_URL")}
    folder = Path(tempfile.mkdtemp(prefix="ground-", dir=home if _reachable(home) else None))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        database.dispose()
        for key, value in before.items():
            os.environ.update({key: value}) if value is not None else os.environ.pop(key, None)
        settings.cache_clear()
        shutil.rmtree(folder, ignore_errors=True)


def _reachable(folder: Path) -> bool:
    if os.name != "posix" or os.geteuid() != 0:
        return True
    seen = subprocess.run(_as_postgres("test", "-x", str(folder)), check=False, capture_output=True)
    return seen.returncode == 0


def _as_postgres(*words: str) -> list[str]:
    """PostgreSQL refuses to run as root: there it runs as the packaged user `postgres`."""
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else list(words)


def postgres_binaries() -> Path | None:
    """The folder of PostgreSQL's programs; None where it is not installed."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
    if packaged:
        return packaged[-1]
    found = shutil.which("pg_ctl")
    return Path(found).resolve().parent if found else None


class Cluster:
    """A PostgreSQL of its own on loopback, as it comes: durable (`fsync` and `synchronous_commit` on)."""

    def __init__(self, home: Path) -> None:
        found = postgres_binaries()
        if found is None:
            raise NotSetUp(say("bench.no_postgres"))
        self._binaries, self.home, self.port = found, home, free_port()
        home.mkdir()
        if os.geteuid() == 0:
            shutil.chown(home, "postgres")
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    @property
    def data(self) -> Path:
        """The cluster's data folder."""
        return self.home / "data"

    def _run(self, program: str, *words: str) -> None:
        command = _as_postgres(str(self._binaries / program), *words)
        with (self.home.parent / f"{self.home.name}.out").open(
            "ab"
        ) as out:  # a pipe would wait for the server
            subprocess.run(command, check=True, stdout=out, stderr=out, cwd=self.home)

    def start(self) -> None:
        """Start it and wait until it answers; a killed server's children must be gone first."""
        options = f"-p {self.port} -k {self.home} -c listen_addresses=127.0.0.1"
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._run(
                    "pg_ctl", "-D", str(self.data), "-l", str(self.home / "log"), "-o", options, "-w", "start"
                )
                return
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL to the postmaster: no goodbye, no flush."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def stop(self) -> None:
        """Stop it; what it holds is thrown away with the folder."""
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def record(self, name: str, var: Path) -> Record:
        """A new empty database of that name."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        url = f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"
        return Record("postgresql", var, url)

    def _address(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={name}"


def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A running cluster under the folder, stopped at the end."""
    made = Cluster(folder / "postgres")
    try:
        yield made
    finally:
        database.dispose()
        made.stop()

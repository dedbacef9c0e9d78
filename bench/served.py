"""Streamlit servers in child processes: the portal with its demo, and Streamlit's own hello page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import streamlit

from bench.ground import Record, free_port
from bench.timed import RUNS
from core import database
from core.actions.accounts import create_account, sign_in
from core.actions.background import LABELLED, LEXICON
from core.actions.demo import load_demo
from core.actions.read_comments import read_waiting
from core.security import new_token
from core.settings import ROOT, settings
from core.text import store
from core.text.reader import Reader

ONE_LINE = "import streamlit as st\n\nst.write('Hello')\n"
START_SECONDS = 90.0
COOKIE = "linsheng_session"
# Together they may see every screen there is.
ROLES = ("admin", "committee", "social_worker")


class Took(NamedTuple):
    """The seconds of one run: as a clock has them, and those the processor spent on it."""

    clock: float
    cpu: float


class Server(NamedTuple):
    """A running server: its port and process, and the file with the seconds of each run of its script."""

    port: int
    pid: int
    runs: Path

    def took(self, after: int, n: int) -> list[Took]:
        """What the n runs took after the first `after`; waits for the last one's garbage collection."""
        deadline = time.monotonic() + START_SECONDS
        while len(lines := self.runs.read_text(encoding="utf8").splitlines()) < after + n:
            if time.monotonic() > deadline:
                raise TimeoutError("the server did not finish its runs")
            time.sleep(0.005)
        return [Took(*map(float, line.split())) for line in lines[after : after + n]]

    def run_count(self) -> int:
        """How often its script has run."""
        return len(self.runs.read_text(encoding="utf8").splitlines())

    def resident_kib(self) -> int:
        """Its resident memory, as the kernel counts it."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="utf8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise ProcessLookupError(self.pid)


@contextmanager
def served(script: Path, log: Path, *, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`streamlit run SCRIPT` in the script's folder, with the settings found there, until the block ends."""
    port = free_port()
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "browser.serverAddress": "localhost",
        "browser.gatherUsageStats": "false",
    }
    words = [f"--{name}={value}" for name, value in options.items()]
    runs = log.with_suffix(".runs")
    runs.touch()
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "bench.timed", "run", str(script), *words],
            cwd=script.parent,
            env={**os.environ, **(environment or {}), RUNS: str(runs), "PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=out,
        )
    try:
        _wait(port, child)
        yield Server(port, child.pid, runs)
    finally:
        child.terminate()
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait(port: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            if child.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@contextmanager
def hello(folder: Path) -> Iterator[Server]:
    """The yardstick: the first page of what `streamlit hello` serves, with Streamlit's own settings."""
    folder.mkdir()
    script = Path(streamlit.__file__).parent / "hello" / "streamlit_app.py"
    with served(script, folder / "served.log") as server:
        yield server


@contextmanager
def one_line(folder: Path) -> Iterator[Server]:
    """The least there can be, beside it: one line of text in a process that has imported nothing else."""
    folder.mkdir()
    script = folder / "one_line.py"
    script.write_text(ONE_LINE, encoding="utf8")
    with served(script, folder / "served.log") as server:
        yield server


@contextmanager
def portal(folder: Path) -> Iterator[tuple[Server, str]]:
    """The portal with the demo community, its comments read, and the cookie of an account for all screens."""
    trained = settings().classifier_cache
    reader = store.train(LABELLED, LEXICON, trained)
    record = Record("sqlite", folder).make()
    shutil.copytree(trained, settings().classifier_cache)
    token = _demo(reader)
    environment = record.environment() | {"LINSHENG_DEMO": "1"}
    with served(ROOT / "app.py", folder / "served.log", environment=environment) as server:
        yield server, f"{COOKIE}={token}"


def _demo(reader: Reader) -> str:
    """Load the demo, read its comments, sign in: the server starts with nothing left to do."""
    loaded = load_demo()
    while read_waiting(reader):
        pass
    password = new_token()
    with database.writing() as session:
        roles = [(role, "community", loaded.community_id) for role in ROLES]
        create_account(session, name="bench", display="bench", password=password, roles=roles)
    return sign_in("bench", password)

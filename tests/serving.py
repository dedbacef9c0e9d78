"""Starting the portal as a process of its own, for the tests that need a real server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from core.actions.classifier_versions import LABELLED, LEXICON
from core.settings import ROOT
from core.text import store

# Python imports this module by itself at start: every connection or name look-up that isn't loopback is
# refused and written down, in the portal and in every child it starts.
_GUARD = """
import ipaddress, os, socket
LOCAL = {"localhost", "", None, "0.0.0.0", "::", socket.gethostname()}
def _outside(host):
    if isinstance(host, bytes):
        host = host.decode()
    if host in LOCAL:
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True
def _refuse(host):
    with open(os.environ["LINSHENG_TEST_LEAKS"], "a") as file:
        file.write(f"{host}\\n")
    raise OSError("no network in tests")
def _guarded(real):
    def connect(self, address, *rest):
        if isinstance(address, tuple) and _outside(address[0]):
            _refuse(address)
        return real(self, address, *rest)
    return connect
socket.socket.connect = _guarded(socket.socket.connect)
socket.socket.connect_ex = _guarded(socket.socket.connect_ex)
_look_up = socket.getaddrinfo
def getaddrinfo(host, *rest, **more):
    if _outside(host):
        _refuse(host)
    return _look_up(host, *rest, **more)
socket.getaddrinfo = getaddrinfo
"""


@dataclass(frozen=True)
class Served:
    """A running portal: its address, its folder, what it wrote to the terminal, what it asked outside."""

    url: str
    var: Path
    log: Path

    @property
    def leaks(self) -> str:
        """Every outside address the portal tried to reach, one a line."""
        file = self.var / "leaks"
        return file.read_text() if file.exists() else ""


def environment(var: Path, **more: str) -> dict[str, str]:
    """The environment of a portal under `var`, without any setting of this machine, and guarded."""
    guard = var / "guard"
    guard.mkdir(parents=True, exist_ok=True)
    (guard / "sitecustomize.py").write_text(_GUARD)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LINSHENG_", "STREAMLIT"))
    }
    mine = {
        "LINSHENG_VAR": str(var),
        "LINSHENG_DATABASE_URL": "",
        "LINSHENG_SECRET": "for-tests-only-" + "x" * 32,
        "LINSHENG_TEST_LEAKS": str(var / "leaks"),
        "PYTHONPATH": str(guard),
        "PYTHONUNBUFFERED": "1",
    }
    return kept | mine | more


def command(port: int, *, uvicorn: bool = False) -> list[str]:
    """How the portal is started, by Streamlit or by an ASGI server directly."""
    if uvicorn:
        return [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--host", "127.0.0.1"]
    streamlit = [sys.executable, "-m", "streamlit", "run", "app.py"]
    return [*streamlit, "--server.port", str(port), "--server.address", "127.0.0.1"]


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Only one process at a time; where the system knows no such lock, everybody at once."""
    with lock.open("w") as file:
        with suppress(ImportError):
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def train_part(cache: Path) -> None:
    """See that a classifier of every eleventh shipped comment is there, under the version of all of them."""
    version = store.current_version(LABELLED, LEXICON)
    if store.load(cache, version) is not None:
        return
    # Only who trains loads what trains.
    from core.text.labelled import read_labelled
    from core.text.lexicon import Lexicon
    from core.text.train import train_on

    rows = read_labelled(LABELLED).iloc[::11].reset_index(drop=True)
    train_on(rows, Lexicon.load(LEXICON), version).save(cache / f"{version}.npz")
    store.tidy(cache)


@contextmanager
def serve(var: Path, port: int, *, uvicorn: bool = False, env: Mapping[str, str] = {}) -> Iterator[Served]:
    """A portal on loopback until the block ends."""
    found = Served(f"http://127.0.0.1:{port}", var, var / "log")
    with found.log.open("wb") as log:
        child = subprocess.Popen(
            command(port, uvicorn=uvicorn),
            cwd=ROOT,
            env=environment(var, **(env or {})),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(found, child)
        yield found
    finally:
        child.terminate()
        try:
            child.wait(timeout=40)
        except subprocess.TimeoutExpired:
            child.kill()


def _wait(found: Served, child: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if child.poll() is not None:
            break
        try:
            if httpx.get(f"{found.url}/healthz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the portal did not start:\n{found.log.read_text(errors='replace')}")

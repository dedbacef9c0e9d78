"""The portal as a process that can be killed and started again on the same port, with one open round."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from bench.ground import Record, free_port
from bench.sheets import Stood, stand
from core import database
from core.actions.classifier_versions import LABELLED, LEXICON
from core.settings import ROOT, settings
from core.text import store

START_SECONDS = 120.0


class Portal:
    """A record of its own, served by `streamlit run app.py`; `code` is the round's in its address."""

    code = "bench"

    def __init__(self, folder: Path) -> None:
        trained = settings().classifier_cache
        store.train(LABELLED, LEXICON, trained)
        self.record = Record("sqlite", folder).make()
        self.stood: Stood = stand()
        database.dispose()
        # Training beside the measurement would be measured.
        shutil.copytree(trained, settings().classifier_cache)
        self.port, self._log = free_port(), folder / "served.log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Portal:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError when it doesn't."""
        words = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        words += ["--server.port", str(self.port), "--server.address", "127.0.0.1"]
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                words, cwd=ROOT, env={**os.environ, **self.record.environment()}, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return
            except OSError:
                if self._child.poll() is not None or time.monotonic() > deadline:
                    said = self._log.read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"the portal does not answer: {said}") from None
                time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL, by its own pid."""
        if self._child is not None:
            os.kill(self._child.pid, signal.SIGKILL)
            self._child.wait()
            self._child = None

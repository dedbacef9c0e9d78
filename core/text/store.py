"""Trained classifiers under var/: one file per version, trained in a child process, never unpickled."""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.settings import ROOT
from core.text.reader import Reader
from models.taxonomy import AREA_LABELS, INTENTS, SENTIMENTS

# Change this whenever features or training change: every classifier then gets a new version.
RECIPE = "9"
# Names the hands among the labelled comments that thresholds are settled on, one a line.
REFERENCE = "reference.txt"
# Files of the lexicon a classifier is made of.
READ = (".toml", ".npz")
# Words that topics are made of: no classifier reads them, so a change in them needs no training.
UNREAD_WORDS = ("stopwords.toml",)
# How often a training tells that it has come further.
STEPS = 4
# What a child is told that must not take the processor from those who serve residents.
GENTLY = "gently"
# Versions kept, so that data put back as they were need no new training.
KEPT = 3
# A half-written file as old as this is a killed child's.
HALF_SECONDS = 3_600.0

Advance = Callable[[int], None]

log = logging.getLogger(__name__)


def no_progress(_steps: int) -> None:
    """For callers that show no progress."""


def current_version(labelled: Path, lexicon: Path) -> str:
    """The version that training on the data as they are now would have."""
    codes = [list(AREA_LABELS), list(SENTIMENTS), list(INTENTS)]
    digest = hashlib.sha256(json.dumps([RECIPE, *codes]).encode())
    words = [path for path in lexicon.glob("*.*") if path.suffix in READ and path.name not in UNREAD_WORDS]
    for path in (*sorted(labelled.glob("*.csv")), *labelled.glob(REFERENCE), *sorted(words)):
        data = path.read_bytes()
        digest.update(f"\0{path.name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()[:12]


def load(cache: Path, version: str) -> Reader | None:
    """The classifier of a version, or None when it was not trained yet or its file is torn."""
    path = cache / f"{version}.npz"
    try:
        return Reader.load(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning(
            "classifier %s cannot be read (%s): it will be trained again", version, type(error).__name__
        )
        path.unlink(missing_ok=True)
        return None


def tidy(cache: Path) -> None:
    """Remove all but the newest versions, and what killed children left half-written."""
    written = [(path.stat().st_mtime, path) for path in cache.glob("*.npz")]
    whole = sorted((at, path) for at, path in written if not path.name.startswith("."))
    halves = [path for at, path in written if path.name.startswith(".") and at < time.time() - HALF_SECONDS]
    for path in (*halves, *(path for _, path in whole[:-KEPT])):
        path.unlink(missing_ok=True)


@dataclass
class Training:
    """A training under way in a child process."""

    process: subprocess.Popen[bytes]

    @property
    def finished(self) -> bool:
        """Whether the child has ended, well or badly."""
        return self.process.poll() is not None

    def wait(self, advance: Advance) -> None:
        """Wait for the end, telling every step."""
        assert self.process.stdout is not None
        for _line in self.process.stdout:
            advance(1)
        self.process.wait()

    def stop(self) -> None:
        """End it, if it isn't finished; what it has written so far is no classifier and harms nobody."""
        if not self.finished:
            self.process.terminate()
            self.process.wait()


def train_in_child(labelled: Path, lexicon: Path, cache: Path, *, gently: bool = False) -> Training:
    """Begin training in a child process, so that scikit-learn never loads where residents are served.

    `gently`: behind everything else that wants the processor.
    """
    cache.mkdir(parents=True, exist_ok=True)
    words = [str(labelled), str(lexicon), str(cache), *([GENTLY] if gently else [])]
    command = [sys.executable, "-m", "core.text.train", *words]
    return Training(subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE))


def train(
    labelled: Path, lexicon: Path, cache: Path, *, again: bool = False, advance: Advance = no_progress
) -> Reader:
    """The classifier of the data as they are, trained in a child process if need be (or if `again`); waits.

    Raises RuntimeError when training fails.
    """
    version = current_version(labelled, lexicon)
    if not again and (found := load(cache, version)) is not None:
        return found
    training = train_in_child(labelled, lexicon, cache)
    try:
        training.wait(advance)
    finally:
        training.stop()
    if training.process.returncode or (found := load(cache, version)) is None:
        raise RuntimeError("training ended without a classifier")
    return found

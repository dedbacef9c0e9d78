"""Reading comments: how many a second beside the plain way, one alone, how soon ready, how much memory.

The plain way is what one would write first: words by jieba, TF-IDF, one linear machine, areas only. What is
read are labelled comments of about twenty signs, in one thread each.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jieba
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from bench.ground import throwaway
from bench.report import Line, count, interleave, least, medians, most, ratio, report
from core.actions.classifier_versions import LABELLED, LEXICON
from core.settings import ROOT
from core.text import store
from core.text.labelled import read_labelled
from core.text.reader import Reader

PER_SECOND, TIMES = least(20_000), least(5.0)
ONE, READY, MEMORY = most(0.005), most(3.0), most(300.0)
SHORTEST, LONGEST = 14, 26
# Says how long it took from its start until a comment was read, and by how much memory had grown.
CHILD = """
import sys, time
import core.actions.background  # what a bare portal has loaded
def grown():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024
before, begun = grown(), time.perf_counter()
from pathlib import Path
from core.text import store
reader = store.load(Path(sys.argv[1]), sys.argv[2])
reader.read(["路灯坏了"])
ready = time.perf_counter() - begun
reader.read(sys.stdin.read().splitlines())
print(ready, grown() - before)
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Comments read at once in a round, comments read one by one, starts of a process; rows both learn from
    (0: all)."""

    rounds: int = 5
    comments: int = 20_000
    single: int = 300
    starts: int = 3
    learn: int = 0


QUICK = Sizes(rounds=2, comments=1_000, single=20, starts=1, learn=600)


def run(sizes: Sizes) -> dict[str, Any]:
    """The report. What is read here was also learned from: it is the speed that is measured."""
    with throwaway() as folder, threadpool_limits(1):
        rows = read_labelled(LABELLED)
        learn = rows.sample(sizes.learn, random_state=0) if sizes.learn else rows
        reader = _ours(folder, learn, whole=not sizes.learn)
        plain = _plain(learn)
        texts = _texts(rows, sizes.comments)
        steps = {
            "ours": lambda: _rate(reader.read, texts),
            "plain": lambda: _rate(plain.predict, texts),
        }
        found = interleave(sizes.rounds, steps)
        lines = [
            ratio(
                "reading_rate",
                "plain",
                (found["ours"], found["plain"]),
                bar=TIMES,
                beside=medians(found, "1/s"),
            ),
            count(
                "reading_per_second", "ours", sorted(found["ours"])[len(found["ours"]) // 2], bar=PER_SECOND
            ),
            count("reading_one", "ours", _one(reader, texts[: sizes.single]), bar=ONE, of=sizes.single),
            *_started(folder, reader.version, texts[:2_000], starts=sizes.starts),
        ]
    return report("reading", sizes, lines)


def _ours(folder: Path, rows: pd.DataFrame, *, whole: bool) -> Reader:
    if whole:
        return store.train(LABELLED, LEXICON, folder)
    from core.text.lexicon import Lexicon
    from core.text.train import train_on

    reader = train_on(rows.reset_index(drop=True), Lexicon.load(LEXICON), "bench")
    reader.save(folder / "bench.npz")
    return reader


def _plain(rows: pd.DataFrame) -> Pipeline:
    jieba.setLogLevel(60)
    words = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, lowercase=False)
    return make_pipeline(words, LinearSVC()).fit(rows["text"], rows["area_primary"])


def _texts(rows: pd.DataFrame, n: int) -> list[str]:
    fitting = [text for text in rows["text"] if SHORTEST <= len(text) <= LONGEST]
    return (fitting * (n // len(fitting) + 1))[:n]


def _rate(read: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Texts a second; as in timeit the garbage collector waits, for its turn may fall on either way."""
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter()
        read(texts)
        return len(texts) / (time.perf_counter() - started)
    finally:
        gc.enable()


def _one(reader: Reader, texts: Sequence[str]) -> float:
    """The median seconds of one comment read alone."""
    seconds = []
    for text in texts:
        started = time.perf_counter()
        reader.read([text])
        seconds.append(time.perf_counter() - started)
    return sorted(seconds)[len(seconds) // 2]


def _started(folder: Path, version: str, texts: Sequence[str], *, starts: int) -> list[Line]:
    """The slowest of some processes to be ready from the cache, and the largest growth of memory."""
    command = [sys.executable, "-c", CHILD, str(folder), version]
    said = []
    for _ in range(starts):
        done = subprocess.run(
            command, cwd=ROOT, input="\n".join(texts), capture_output=True, text=True, check=True
        )
        said.append([float(part) for part in done.stdout.split()])
    ready, memory = (max(part) for part in zip(*said, strict=True))
    return [
        count("reading_ready", "ours", ready, bar=READY, of=starts),
        count("reading_memory", "ours", memory, bar=MEMORY, of=starts),
    ]

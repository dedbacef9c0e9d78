"""The honest test: each hand's comments read by a classifier that never saw that hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
from joblib import Parallel, cpu_count, delayed

from core.text.evaluation import macro_f1
from core.text.lexicon import Lexicon
from core.text.reading import Reading
from core.text.store import Advance, no_progress

Read = tuple[Reading, tuple[str, ...]]
SEED = 20_261


class Learned(NamedTuple):
    """One point of a learning curve."""

    n: int
    accuracy: float
    macro_f1: float


def read_left_out(
    rows: pd.DataFrame, lexicon: Lexicon, *, parts: int = 0, advance: Advance = no_progress
) -> list[Read]:
    """(reading, two likeliest areas) of each row, by classifiers trained without the row's file.

    Each file is left out by itself, or in `parts` groups of files. Works in child processes, one a core.
    Raises ValueError when there are fewer than two files.
    """
    files = sorted(set(rows["file"]))
    if len(files) < 2:
        raise ValueError("leaving a file out needs two files")
    groups = [files[i :: parts or len(files)] for i in range(min(parts or len(files), len(files)))]
    found: dict[int, Read] = {}
    workers = Parallel(n_jobs=min(len(groups), cpu_count()), return_as="generator_unordered")
    for read in workers(delayed(_left_out)(rows, lexicon, group) for group in groups):
        found.update(read)
        advance(1)
    return [found[i] for i in range(len(rows))]


def learning_curve(
    rows: pd.DataFrame,
    lexicon: Lexicon,
    sizes: Sequence[int],
    *,
    parts: int,
    advance: Advance = no_progress,
) -> list[Learned]:
    """How right a classifier is that learned from so many comments, on hands it never saw.

    One group of files in `parts` is held out. What is learned from is drawn at random (seeded) from the
    others, each size holding the smaller ones; the last point has learned from all of them.
    """
    files = sorted(set(rows["file"]))
    out = rows["file"].isin(files[::parts]).to_numpy()
    rest = rows[~out].sample(frac=1.0, random_state=SEED)
    wanted = [n for n in sizes if n < len(rest)] + [len(rest)]
    workers = Parallel(n_jobs=min(len(wanted), cpu_count()), return_as="generator_unordered")
    found = []
    for point in workers(delayed(_learned)(rest.iloc[:n], rows[out], lexicon) for n in wanted):
        found.append(point)
        advance(1)
    return sorted(found)


def _learned(learn: pd.DataFrame, test: pd.DataFrame, lexicon: Lexicon) -> Learned:
    from core.text.train import train_on

    said = [reading.area for reading in train_on(learn, lexicon, "curve").read(list(test["text"]))]
    truth = list(test["area_primary"])
    right = sum(a == b for a, b in zip(truth, said, strict=True))
    return Learned(len(learn), right / len(truth), macro_f1(truth, said) or 0.0)


def _left_out(rows: pd.DataFrame, lexicon: Lexicon, files: Sequence[str]) -> list[tuple[int, Read]]:
    from core.text.train import train_on

    out = rows["file"].isin(files).to_numpy()
    reader = train_on(rows[~out], lexicon, "left-out")
    texts = list(rows["text"][out])
    places = [i for i, left in enumerate(out) if left]
    return list(zip(places, zip(reader.read(texts), reader.likeliest(texts), strict=True), strict=True))

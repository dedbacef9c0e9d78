"""The honest test: each hand's comments read by a classifier that never saw that hand."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from joblib import Parallel, cpu_count, delayed

from core.text.lexicon import Lexicon
from core.text.reading import Reading
from core.text.store import Advance, no_progress

Read = tuple[Reading, tuple[str, ...]]


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


def _left_out(rows: pd.DataFrame, lexicon: Lexicon, files: Sequence[str]) -> list[tuple[int, Read]]:
    from core.text.train import train_on

    out = rows["file"].isin(files).to_numpy()
    reader = train_on(rows[~out], lexicon, "left-out")
    texts = list(rows["text"][out])
    places = [i for i, left in enumerate(out) if left]
    return list(zip(places, zip(reader.read(texts), reader.likeliest(texts), strict=True), strict=True))

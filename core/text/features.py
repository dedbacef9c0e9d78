"""Comments as hashed counts: 1–3 characters and words, in plain numpy, alike for training and for reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import rjieba

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

BUCKETS = 1 << 21
LONGEST_GRAM = 3
# Long letters repeat themselves; their beginning tells what they are about.
MOST_CHARACTERS = 600
# Stands before and after each text, so that a beginning and an end are features too.
_EDGE = "\x02"
_FACTOR = 1_000_003
_SALTS = (19_260_817, 998_244_353, 1_000_000_007)
_WORD_SALT = 2_147_483_659
_KEPT_BITS = 0xFFFFFFFFFF
_DIGIT = re.compile(r"\d")
# Halves of characters: a torn file or an old phone leaves them behind, and no encoder takes them.
_HALVES = re.compile("[\ud800-\udfff\x02]")


def normalise(text: str) -> str:
    """One spelling for what means the same: NFKC, lower case, any digit as 0, runs of blanks as one."""
    whole = _HALVES.sub("\ufffd", text[: 2 * MOST_CHARACTERS])
    wide = unicodedata.normalize("NFKC", whole).lower()[:MOST_CHARACTERS]
    return " ".join(_DIGIT.sub("0", wide).split())


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of hashed features in rows: `bucket` and `n` of text i lie at `start[i]:start[i + 1]`."""

    bucket: Ints
    n: Floats
    start: Ints


def count(plain: Sequence[str]) -> Counted:
    """Hashed counts of character 1–3-grams and of jieba's words (two characters and more).

    `plain` are normalised texts; the work is done for all of them at once.
    """
    joined = "".join(f"{_EDGE}{text}{_EDGE}" for text in plain)
    signs = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    lengths = np.fromiter((len(text) + 2 for text in plain), dtype=np.int64, count=len(plain))
    row = np.repeat(np.arange(len(plain), dtype=np.int64), lengths)
    keys = np.concatenate([*_grams(signs, row), _words(joined, signs, row)])
    unique, n = np.unique(keys, return_counts=True)
    start = np.searchsorted(unique, np.arange(len(plain) + 1, dtype=np.int64) * BUCKETS)
    return Counted(unique % BUCKETS, n.astype(np.float32), start.astype(np.int64))


def _grams(signs: Ints, row: Ints) -> Iterator[Ints]:
    """Row × BUCKETS + bucket of every run of 1–3 characters that lies within one text."""
    mixed = np.zeros(len(signs), dtype=np.int64)
    for length in range(1, LONGEST_GRAM + 1):
        end = len(signs) - length + 1
        if end <= 0:
            return
        mixed = (mixed[:end] * _FACTOR + signs[length - 1 :]) & _KEPT_BITS
        # The edge alone is in every text and says nothing.
        within = row[:end] == row[length - 1 :] if length > 1 else signs != ord(_EDGE)
        bucket = (mixed[within] * _SALTS[length - 1] >> 7) % BUCKETS
        yield row[:end][within] * BUCKETS + bucket


def _words(joined: str, signs: Ints, row: Ints) -> Ints:
    """The same of jieba's words; the edges between texts part them like any sign that is no letter."""
    size = np.fromiter(map(len, rjieba.cut(joined)), dtype=np.int64)
    begin = np.cumsum(size) - size
    begin, size = begin[size > 1], size[size > 1]
    mixed = np.zeros(len(begin), dtype=np.int64)
    for offset in range(int(size.max(initial=0))):
        on = size > offset
        mixed[on] = (mixed[on] * _FACTOR + signs[begin[on] + offset]) & _KEPT_BITS
    return np.asarray(row[begin] * BUCKETS + (mixed * _WORD_SALT >> 9) % BUCKETS)


def damped(counted: Counted, column: npt.NDArray[np.int32], weight: Floats) -> tuple[Ints, Floats, Ints]:
    """Rows of TF-IDF of length 1 over known columns: (column, value, row of each value).

    `column` maps a bucket to its column or −1, `weight` is each column's inverse document frequency; counts
    are damped to 1 + log n.
    """
    place = column[counted.bucket].astype(np.int64)
    known = place >= 0
    row = np.repeat(np.arange(len(counted.start) - 1), np.diff(counted.start))[known]
    place = place[known]
    value = (1 + np.log(counted.n[known])) * weight[place]
    squares = np.bincount(row, weights=value * value, minlength=len(counted.start) - 1)
    return place, (value / np.sqrt(squares[row])).astype(np.float32), row

"""Comments as hashed counts of characters and words, alike for training and for reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import rjieba

from core.text.normal import PART

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

BUCKETS = 1 << 21
_FACTOR = 1_000_003
_SALTS = (19_260_817, 998_244_353, 1_000_000_007)
_GAP_SALT, _WORD_SALT = 1_444_444_429, 2_147_483_659
_KEPT_BITS, _BUCKET = 0xFFFFFFFFFF, BUCKETS - 1


@dataclass(frozen=True, slots=True)
class Spelt:
    """Normalised texts in one row of signs, an edge around each, and jieba's words in it.

    `row` is the text of each sign, `begin` and `size` are the words' places.
    """

    signs: Ints
    row: Ints
    begin: Ints
    size: Ints

    @classmethod
    def of(cls, plain: Sequence[str]) -> Spelt:
        """Spell normalised texts; the work is done for all of them at once."""
        # An edge before and after each text, so that a beginning and an end are features too.
        joined = "".join(f"{PART}{text}{PART}" for text in plain)
        signs = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
        lengths = np.fromiter((len(text) + 2 for text in plain), dtype=np.int64, count=len(plain))
        # The edges between texts part words like any sign that is no letter.
        size = np.fromiter(map(len, rjieba.cut(joined)), dtype=np.int64)
        row = np.repeat(np.arange(len(plain), dtype=np.int64), lengths)
        return cls(signs, row, np.cumsum(size) - size, size)


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of hashed features in rows: `bucket` and `n` of text i lie at `start[i]:start[i + 1]`."""

    bucket: Ints
    n: Floats
    start: Ints


def count(plain: Sequence[str]) -> Counted:
    """Hashed counts of the features of normalised texts."""
    return count_spelt(Spelt.of(plain), len(plain))


def count_spelt(spelt: Spelt, texts: int) -> Counted:
    """Hashed counts of character 1–3-grams, of pairs with one sign between, of words of two and more."""
    keys = np.concatenate([spelt.row[begin] * BUCKETS + bucket for begin, _, bucket in occurrences(spelt)])
    # Numbers half as wide are sorted in half the time.
    narrow = texts * BUCKETS <= np.iinfo(np.int32).max
    unique, n = np.unique(keys.astype(np.int32) if narrow else keys, return_counts=True)
    start = np.searchsorted(unique, np.arange(texts + 1, dtype=np.int64) * BUCKETS)
    return Counted(unique & _BUCKET, n.astype(np.float32), start)


def occurrences(spelt: Spelt) -> Iterator[tuple[Ints, Ints, Ints]]:
    """(begin, size, bucket) of every feature where it stands, kind by kind."""
    signs, row = spelt.signs, spelt.row
    digest = signs
    for length, salt in enumerate(_SALTS, start=1):
        # The digest of each run of signs grows by a sign out of that of the run before.
        digest = digest if length == 1 else (digest[:-1] * _FACTOR + signs[length - 1 :]) & _KEPT_BITS
        within = np.flatnonzero(row[: len(digest)] == row[length - 1 :])
        # The edge alone is in every text and says nothing.
        begin = within[signs[within] != ord(PART)] if length == 1 else within
        yield begin, np.full(len(begin), length), digest[begin] * salt >> 7 & _BUCKET
    # Where three signs are within one text, two with one between are.
    mixed = (signs[within] * _FACTOR + signs[within + 2]) & _KEPT_BITS
    yield within, np.full(len(within), 3), mixed * _GAP_SALT >> 7 & _BUCKET
    several = spelt.size > 1
    begin, size = spelt.begin[several], spelt.size[several]
    yield begin, size, words(signs, begin, size) * _WORD_SALT >> 9 & _BUCKET


def words(signs: Ints, begin: Ints, size: Ints) -> Ints:
    """40-bit digests of the runs of signs at these places."""
    mixed = np.zeros(len(begin), dtype=np.int64)
    for offset in range(int(size.max(initial=0))):
        on = size > offset
        mixed[on] = (mixed[on] * _FACTOR + signs[begin[on] + offset]) & _KEPT_BITS
    return mixed


def damped(counted: Counted, column: npt.NDArray[np.int32], weight: Floats) -> tuple[Ints, Floats, Ints]:
    """Rows of TF-IDF of length 1 over known columns: (column, value, start of each row and the end).

    `column` maps a bucket to its column or −1, `weight` is each column's inverse document frequency; counts
    are damped to 1 + log n.
    """
    place = column[counted.bucket]
    known = np.flatnonzero(place >= 0)
    place, n, start = place[known], counted.n[known], np.searchsorted(known, counted.start)
    value, several = weight[place], np.flatnonzero(n > 1)
    value[several] *= 1 + np.log(n[several])
    size = np.diff(start)
    row = np.repeat(np.arange(len(size)), size)
    squares = np.bincount(row, weights=value * value, minlength=len(size))
    length = np.sqrt(squares, out=np.ones(len(size)), where=squares > 0)
    value /= np.repeat(length.astype(np.float32), size)
    return place.astype(np.int64), value, start.astype(np.int64)


def summed(table: Floats, place: Ints, value: Floats, start: Ints) -> Floats:
    """Rows of a table, weighed and summed text by text: those of text i lie at `start[i]:start[i + 1]`.

    One small product a text: a third of the time that one large `reduceat` takes.
    """
    found = np.zeros((len(start) - 1, table.shape[1]), dtype=np.float32)
    ends = start.tolist()
    for i, (a, b) in enumerate(pairwise(ends)):
        if a < b:
            np.dot(value[a:b], table.take(place[a:b], axis=0), out=found[i])
    return found

"""Comments as hashed runs of characters and words, alike for training and for reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import rjieba

from core.text.normal import PART

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
# Weights as they are kept: a whole number, to be multiplied by its output's scale.
Whole = npt.NDArray[np.int16]

BUCKETS = 1 << 21
# The bucket of what is no feature; a classifier knows no column for it.
NOTHING = BUCKETS
_FACTOR = 1_000_003
_SALTS = (19_260_817, 998_244_353, 1_000_000_007)
_GAP_SALT, _WORD_SALT = 1_444_444_429, 2_147_483_659
_KEPT_BITS, _BUCKET = 0xFFFFFFFFFF, BUCKETS - 1
# How many signs the features that can begin at one sign reach over: runs, a pair with one between, a word.
REACH = (1, 2, 3, 3, 0)
KINDS, GAP, WORD = len(REACH), 3, 4
# Texts whose weights are summed together: their rows stay in the processor's near memory.
_BLOCK = 32


@dataclass(frozen=True, slots=True)
class Spelt:
    """Normalised texts in one row of signs, an edge around each, and jieba's words in it.

    `start` is where each text begins and the end; `begin` and `size` are the words' places.
    """

    signs: Ints
    start: Ints
    begin: Ints
    size: Ints

    @classmethod
    def of(cls, plain: Sequence[str]) -> Spelt:
        """Spell normalised texts; the work is done for all of them at once."""
        # An edge before and after each text, so that a beginning and an end are features too.
        joined = "".join(f"{PART}{text}{PART}" for text in plain)
        signs = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
        start = np.cumsum([0, *(len(text) + 2 for text in plain)], dtype=np.int64)
        # The edges between texts part words like any sign that is no letter.
        size = np.fromiter(map(len, rjieba.cut(joined)), dtype=np.int64)
        return cls(signs, start, np.cumsum(size) - size, size)


@dataclass(frozen=True, slots=True)
class Hashed:
    """Texts' features where they stand, text after text.

    `bucket` has KINDS of them for each sign, NOTHING where none of that kind begins; those of text i lie at
    `start[i]:start[i + 1]` and `n[i]` of them are features.
    """

    bucket: Ints
    start: Ints
    n: Ints

    @classmethod
    def of(cls, spelt: Spelt) -> Hashed:
        """The features of texts that are spelt already."""
        several = spelt.begin[spelt.size > 1]
        words = np.diff(np.searchsorted(several, spelt.start))
        # Of n signs n − 2 are no edges; all make n − 1 pairs, n − 2 runs of three and as many with a gap.
        n = 4 * np.diff(spelt.start) - 7 + words
        return cls(grid(spelt).reshape(-1), KINDS * spelt.start, n)


def hashed(plain: Sequence[str]) -> Hashed:
    """The features of normalised texts: runs of one to three characters, pairs with one between, words."""
    return Hashed.of(Spelt.of(plain))


def grid(spelt: Spelt) -> Ints:
    """The bucket of each feature that begins at each sign, shape (signs, KINDS); NOTHING where none does."""
    signs, found = spelt.signs, np.full((len(spelt.signs), KINDS), NOTHING, dtype=np.int64)
    digest = signs
    for kind, salt in enumerate(_SALTS):
        # The digest of each run of signs grows by a sign out of that of the run before.
        if kind:
            digest = (digest[:-1] * _FACTOR + signs[kind:]) & _KEPT_BITS
        found[: len(digest), kind] = digest * salt >> 7 & _BUCKET
    mixed = (signs[:-2] * _FACTOR + signs[2:]) & _KEPT_BITS
    found[: len(mixed), GAP] = mixed * _GAP_SALT >> 7 & _BUCKET
    ends = spelt.start[1:]
    # What would reach into the next text is no feature; the edge alone is in every text and says nothing.
    found[ends - 1, :WORD] = found[ends - 2, 2:WORD] = found[spelt.start[:-1], 0] = NOTHING
    several = spelt.size > 1
    begin, size = spelt.begin[several], spelt.size[several]
    found[begin, WORD] = words(signs, begin, size) * _WORD_SALT >> 9 & _BUCKET
    return found


def words(signs: Ints, begin: Ints, size: Ints) -> Ints:
    """40-bit digests of the runs of signs at these places."""
    mixed = np.zeros(len(begin), dtype=np.int64)
    for offset in range(int(size.max(initial=0))):
        on = size > offset
        mixed[on] = (mixed[on] * _FACTOR + signs[begin[on] + offset]) & _KEPT_BITS
    return mixed


def columns_of(buckets: Ints) -> npt.NDArray[np.int32]:
    """The column of each bucket: its place among these, −1 where it is not one of them; −1 for NOTHING."""
    column = np.full(BUCKETS + 1, -1, dtype=np.int32)
    column[buckets] = np.arange(len(buckets))
    return column


def weighed(texts: Hashed, column: npt.NDArray[np.int32], idf: Floats) -> tuple[Ints, Floats, Ints, Floats]:
    """(column, weight, start of each text and the end, length of each text) of the features known.

    `column` is of `columns_of`, `idf` each column's inverse document frequency. Texts are to be divided by
    their length, the root of the summed squares (1 for a text without a known feature). A feature said twice
    is there twice.
    """
    place = column[texts.bucket]
    known = np.flatnonzero(place >= 0)
    place, start = place[known], np.searchsorted(known, texts.start)
    value = idf[place]
    # A zero more, so that a last text without a known feature has something to begin at.
    squares = np.add.reduceat(np.append(value * value, np.float32(0)), start)[:-1]
    squares[start[:-1] == start[1:]] = 1
    return place.astype(np.int64), value, start, np.sqrt(squares)


def summed(table: Whole, place: Ints, value: Floats, start: Ints) -> Floats:
    """Rows of a table, weighed and summed text by text: those of text i lie at `start[i]:start[i + 1]`.

    A small product a text: a third of the time that one large `reduceat` takes.
    """
    found = np.zeros((len(start) - 1, table.shape[1]), dtype=np.float32)
    ends = start.tolist()
    for first in range(0, len(found), _BLOCK):
        edges = ends[first : first + _BLOCK + 1]
        begin = edges[0]
        rows = table.take(place[begin : edges[-1]], axis=0).astype(np.float32)
        for i, (a, b) in enumerate(pairwise(edges), first):
            if a < b:
                np.dot(value[a:b], rows[a - begin : b - begin], out=found[i])
    return found

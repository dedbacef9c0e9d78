"""Comments as hashed counts of characters and words, alike for training and for reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import rjieba

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

BUCKETS = 1 << 21
LONGEST_GRAM = 3
# Long letters repeat themselves; their beginning tells what they are about.
MOST_CHARACTERS = 600
# A letter's short first line is its title; with so much of what follows it is understood better than whole.
LONGEST_TITLE, AFTER_TITLE = 60, 120
# Stands before and after each text, so that a beginning and an end are features too.
_EDGE = "\x02"
_FACTOR = 1_000_003
_SALTS = (19_260_817, 998_244_353, 1_000_000_007)
_GAP_SALT, _WORD_SALT = 1_444_444_429, 2_147_483_659
_KEPT_BITS = 0xFFFFFFFFFF
# Where letters were published, places stand masked (A3区), often before the name of an estate, a street or a
# firm: such a name says nothing of the matter.
_MASKED = re.compile(
    r"(?:[a-z]0*[市区县]|[东西南北中]地省)"
    r"(?:[\u4e00-\u9fff]{2,6}?(?:街道|社区|小区|大道|花园|家园|公馆|雅苑|广场|公司|[路镇村苑城]))*"
)
_DIGIT = re.compile(r"\d")
# Halves of characters: a torn file or an old phone leaves them behind, and no encoder takes them.
_HALVES = re.compile("[\ud800-\udfff\x02]")


def normalise(text: str) -> str:
    """One spelling for what means the same: NFKC, lower case, any digit as 0, runs of blanks as one, any
    masked place as 某地.

    Of a text with a title (a short first line) the title and what follows it directly is kept.
    """
    whole = _HALVES.sub("\ufffd", text[: 2 * MOST_CHARACTERS])
    wide = unicodedata.normalize("NFKC", whole).lower()[:MOST_CHARACTERS]
    title, _, rest = wide.strip().partition("\n")
    if len(title) <= LONGEST_TITLE:
        wide = f"{title}\n{rest.strip()[:AFTER_TITLE]}"
    return _MASKED.sub("某地", " ".join(_DIGIT.sub("0", wide).split()))


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
        joined = "".join(f"{_EDGE}{text}{_EDGE}" for text in plain)
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
    unique, n = np.unique(keys, return_counts=True)
    start = np.searchsorted(unique, np.arange(texts + 1, dtype=np.int64) * BUCKETS)
    return Counted(unique % BUCKETS, n.astype(np.float32), start.astype(np.int64))


def occurrences(spelt: Spelt) -> Iterator[tuple[Ints, Ints, Ints]]:
    """(begin, size, bucket) of every feature where it stands, kind by kind."""
    for length in range(1, LONGEST_GRAM + 1):
        begin, mixed = grams(spelt, length)
        if length == 1:
            # The edge alone is in every text and says nothing.
            said = spelt.signs != ord(_EDGE)
            begin, mixed = begin[said], mixed[said]
        yield begin, np.full(len(begin), length), (mixed * _SALTS[length - 1] >> 7) % BUCKETS
    end = max(len(spelt.signs) - 2, 0)
    within = np.flatnonzero(spelt.row[:end] == spelt.row[2:])
    mixed = (spelt.signs[within] * _FACTOR + spelt.signs[within + 2]) & _KEPT_BITS
    yield within, np.full(len(within), 3), (mixed * _GAP_SALT >> 7) % BUCKETS
    several = spelt.size > 1
    begin, size = spelt.begin[several], spelt.size[several]
    yield begin, size, (words(spelt.signs, begin, size) * _WORD_SALT >> 9) % BUCKETS


def grams(spelt: Spelt, length: int) -> tuple[Ints, Ints]:
    """(begin, 40-bit digest) of every run of `length` signs that lies within one text."""
    end = max(len(spelt.signs) - length + 1, 0)
    begin = np.flatnonzero(spelt.row[:end] == spelt.row[length - 1 :])
    return begin, words(spelt.signs, begin, np.full(len(begin), length))


def words(signs: Ints, begin: Ints, size: Ints) -> Ints:
    """40-bit digests of the runs of signs at these places."""
    mixed = np.zeros(len(begin), dtype=np.int64)
    for offset in range(int(size.max(initial=0))):
        on = size > offset
        mixed[on] = (mixed[on] * _FACTOR + signs[begin[on] + offset]) & _KEPT_BITS
    return mixed


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

"""Near-duplicates: comments that say the same in the same words, apart from punctuation or a slip of the pen.

Alike are two texts whose sets of two-character runs overlap by ALIKE (Jaccard). Only pairs that can be so
alike are compared: sets that overlap by a share t have one of their rarest |set| − ⌈t |set|⌉ + 1 in common.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np
import numpy.typing as npt
from scipy import sparse

Ints = npt.NDArray[np.int64]

ALIKE = 0.55
# What stands in long letters after this many characters does not make them different.
MOST_CHARACTERS = 600
BLOCK = 1_024
_NOT_SAID = re.compile(r"[\W_]+")
# Another building, another number or a "not" makes another statement, however alike the rest is.
_TELLING = re.compile("[0-9一二三四五六七八九十两]+|[不没无未别莫勿]")


def plain(text: str) -> str:
    """What is left to compare: NFKC, lower case, letters and digits only."""
    return _NOT_SAID.sub("", unicodedata.normalize("NFKC", text[: 2 * MOST_CHARACTERS]).lower())[
        :MOST_CHARACTERS
    ]


def near_duplicates(texts: Sequence[str]) -> Ints:
    """For each text the place of the one it repeats; its own place when it repeats none.

    Of texts alike, the one most texts are like stands for them, and each is alike to it; ties go to the text
    that is first in its letters' order. Texts without letters repeat nothing.
    """
    said = [plain(text) for text in texts]
    n = Counter(said)
    different = sorted(word for word in n if word)
    weight = np.array([n[word] for word in different], dtype=np.int64)
    leader = _leaders(different, weight)
    place = {text: i for i, text in enumerate(different)}
    first: dict[str, int] = {}
    for i, text in enumerate(said):
        first.setdefault(text, i)
    return np.array(
        [first[different[leader[place[t]]]] if t else i for i, t in enumerate(said)], dtype=np.int64
    )


def _leaders(texts: Sequence[str], weight: Ints) -> Ints:
    """For each different text the place of the one that stands for it."""
    near: list[list[int]] = [[] for _ in texts]
    for a, b in _pairs(texts):
        near[a].append(b)
        near[b].append(a)
    leader = np.full(len(texts), -1, dtype=np.int64)
    reach = [int(weight[i] + weight[others].sum()) for i, others in enumerate(near)]
    for i in sorted(range(len(texts)), key=lambda i: (-reach[i], i)):
        if leader[i] < 0:
            free = [j for j in near[i] if leader[j] < 0]
            leader[[i, *free]] = i
    return leader


def _pairs(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Every two different texts that are alike, the earlier first."""
    grams = [sorted({f"\x02{t}\x03"[i : i + 2] for i in range(len(t) + 1)}) for t in texts]
    whole, part = _incidence(grams)
    size = np.diff(whole.indptr)
    telling = [tuple(_TELLING.findall(text)) for text in texts]
    for start in range(0, len(texts), BLOCK):
        shared = (part[start : start + BLOCK] @ part.T).tocoo()
        a, b = shared.row + start, shared.col
        later = (a < b) & (np.minimum(size[a], size[b]) >= ALIKE * np.maximum(size[a], size[b]))
        a, b = a[later], b[later]
        for chunk in range(0, len(a), 8 * BLOCK):
            i, j = a[chunk : chunk + 8 * BLOCK], b[chunk : chunk + 8 * BLOCK]
            both = np.asarray(whole[i].multiply(whole[j]).sum(axis=1)).ravel()
            alike = both >= ALIKE * (size[i] + size[j] - both)
            yield from ((x, y) for x, y in zip(i[alike].tolist(), j[alike].tolist(), strict=True)
                        if telling[x] == telling[y])  # fmt: skip


def _incidence(grams: Sequence[Sequence[str]]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Texts × runs, 0/1: all of a text's runs, and only as many of its rarest as must be shared by one."""
    often = Counter(gram for said in grams for gram in said)
    column = {gram: i for i, gram in enumerate(sorted(often, key=lambda gram: (often[gram], gram)))}
    places = [sorted(column[gram] for gram in said) for said in grams]
    rarest = [of[: len(of) - ceil(ALIKE * len(of)) + 1] for of in places]
    return _rows(places, len(column)), _rows(rarest, len(column))


def _rows(places: Sequence[Sequence[int]], columns: int) -> sparse.csr_matrix:
    start = np.cumsum([0, *map(len, places)])
    where = np.array([i for of in places for i in of], dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(where), dtype=np.int32), where, start), (len(places), columns))

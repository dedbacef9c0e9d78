"""Hot topics: comments of one area put together by the words they share.

TF-IDF of words, cosine distance, average linkage cut at CUT. Same texts give the same topics in any order;
a topic found again keeps its identity by the words of its centre.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment

Said = frozenset[str]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CUT = 0.8
# A word that speaks for the area weighs double: what else a comment says in passing joins nothing.
OWN_AREA = 2.0
# Fewer comments than these are no topic.
SMALLEST = 3
# Beyond so many different texts a draw of them is clustered and the others join the nearest topic.
MOST_CLUSTERED = 3_000
# How alike the centres of a topic found now and of one kept must be to be the same.
SAME_TOPIC = 0.5
CENTRE_WORDS, TOLD_WORDS = 30, 6


@dataclass(frozen=True)
class Rarity:
    """In how many of `n` texts each word occurs: the rarer a word, the more it weighs."""

    n: int
    texts: Mapping[str, int]

    def weight(self, word: str) -> float:
        """Inverse document frequency, smoothed: at least 1."""
        return float(np.log((self.n + 1) / (self.texts.get(word, 0) + 1)) + 1)


def rarity(said: Sequence[Said]) -> Rarity:
    """How rare the words are among these texts (best all of a community, not of one area alone)."""
    return Rarity(len(said), Counter(word for words in said for word in words))


@dataclass(frozen=True)
class Found:
    """One topic: places of its texts, how near each is to the centre (0–1), the centre's words' weights.

    `centre` is of length 1, the heaviest word first.
    """

    members: tuple[int, ...]
    nearness: tuple[float, ...]
    centre: dict[str, float]

    @property
    def words(self) -> tuple[str, ...]:
        """The words that make the topic, the heaviest first."""
        return tuple(self.centre)[:TOLD_WORDS]


def find_topics(said: Sequence[Said], rare: Rarity, *, own: Said = frozenset()) -> list[Found]:
    """Topics of the texts (as sets of words), the largest first; `own` are the words of their area.

    A text belongs to one topic or none. Equal texts shape a topic once, however many there are.
    """
    alike = sorted({tuple(sorted(words)) for words in said})
    if not alike:
        return []
    names, rows = _matrix(alike, said, rare, own)
    group = _groups(alike, rows)
    place = {words: i for i, words in enumerate(alike)}
    of_text = np.array([group[place[tuple(sorted(words))]] for words in said])
    found = [
        _found(rows, group == g, names, [place[tuple(sorted(said[int(i)]))] for i in members], members)
        for g in range(int(group.max(initial=-1)) + 1)
        if len(members := np.flatnonzero(of_text == g)) >= SMALLEST
    ]
    return sorted(found, key=lambda topic: (-len(topic.members), topic.words))


def _matrix(
    alike: Sequence[tuple[str, ...]], said: Sequence[Said], rare: Rarity, own: Said
) -> tuple[list[str], sparse.csr_matrix]:
    """The words that at least two texts share, and one row of length 1 (or 0) per different text."""
    often = Counter(word for words in said for word in words)
    names = sorted(word for word, n in often.items() if n > 1)
    column = {word: i for i, word in enumerate(names)}
    weight = np.array([rare.weight(word) * (OWN_AREA if word in own else 1.0) for word in names])
    cells = [(i, column[word]) for i, words in enumerate(alike) for word in words if word in column]
    row, where = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    length = np.sqrt(np.bincount(row, weights=weight[where] ** 2, minlength=len(alike)))
    return names, sparse.csr_matrix((weight[where] / length[row], (row, where)), (len(alike), len(names)))


def _groups(alike: Sequence[tuple[str, ...]], rows: sparse.csr_matrix) -> Ints:
    """The group of each different text, −1 for one without a shared word or near no group."""
    group = np.full(len(alike), -1, dtype=np.int64)
    sharing = np.flatnonzero(np.diff(rows.indptr))
    drawn = sharing
    if len(sharing) > MOST_CLUSTERED:
        # By their digests: the same texts are drawn whatever their order.
        drawn = np.array(sorted(sorted(sharing, key=lambda i: _digest(alike[int(i)]))[:MOST_CLUSTERED]))
    group[drawn] = _linked(rows[drawn])
    rest = np.setdiff1d(sharing, drawn)
    if len(rest):
        group[rest] = _nearest(rows[rest], rows[drawn], group[drawn])
    return group


def _digest(words: tuple[str, ...]) -> bytes:
    return hashlib.blake2b("\0".join(words).encode(), digest_size=8).digest()


def _linked(rows: sparse.csr_matrix) -> Ints:
    if rows.shape[0] < 2:
        return np.zeros(rows.shape[0], dtype=np.int64)
    # Rounded, so that equal distances are equal and no last digit decides.
    distance = np.round(1 - (rows @ rows.T).toarray(), 9)
    above = distance[np.triu_indices(len(distance), 1)]
    joined = linkage(np.clip(above, 0, None), "average")
    return np.asarray(fcluster(joined, CUT, "distance"), dtype=np.int64) - 1


def _nearest(rows: sparse.csr_matrix, drawn: sparse.csr_matrix, group: Ints) -> Ints:
    """The group of the smallest average distance, as average linkage measures it; −1 beyond CUT."""
    n = np.bincount(group)
    members = sparse.csr_matrix((1 / n[group], (group, np.arange(len(group)))), (len(n), len(group)))
    closeness = (rows @ (members @ drawn).T).toarray()
    best = closeness.argmax(axis=1)
    return np.where(closeness.max(axis=1) >= 1 - CUT, best, -1).astype(np.int64)


def _found(
    rows: sparse.csr_matrix,
    inside: npt.NDArray[np.bool_],
    names: Sequence[str],
    places: Sequence[int],
    members: Ints,
) -> Found:
    mean = np.asarray(rows[np.flatnonzero(inside)].mean(axis=0)).ravel()
    heaviest = np.lexsort((np.arange(len(mean)), -np.round(mean, 9)))[:CENTRE_WORDS]
    heaviest = heaviest[mean[heaviest] > 0]
    length = float(np.sqrt(np.sum(mean[heaviest] ** 2)))
    centre = {names[i]: round(float(mean[i]) / length, 4) for i in heaviest}
    near = rows[list(places)] @ (mean / np.linalg.norm(mean))
    return Found(tuple(map(int, members)), tuple(round(float(x), 4) for x in near), centre)


def same_as(found: Sequence[Found], kept: Sequence[Mapping[str, float]]) -> list[int | None]:
    """For each topic found which kept centre it is: each at most once, together as alike as can be."""
    if not found or not kept:
        return [None] * len(found)
    alike = np.array([[_cosine(topic.centre, centre) for centre in kept] for topic in found])
    alike[alike < SAME_TOPIC] = 0
    pairs = zip(*linear_sum_assignment(-alike), strict=True)
    mine = {int(i): int(j) for i, j in pairs if alike[i, j] > 0}
    return [mine.get(i) for i in range(len(found))]


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    lengths = np.sqrt(sum(x * x for x in a.values()) * sum(x * x for x in b.values()))
    return float(sum(x * b[word] for word, x in a.items() if word in b) / lengths) if lengths else 0.0

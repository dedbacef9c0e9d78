"""Which areas a comment touches besides its first: judged from all its area scores together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.text.features import Floats

Scores = npt.NDArray[np.float64]

MOST_SECONDARY = 2
# What is known of an area beside a text's first one (see `beside`).
KNOWN = 9


def beside(area: Scores, second: Scores, words: Floats, temperature: float) -> tuple[Scores | Floats, ...]:
    """What speaks for each area as a secondary one: KNOWN figures, each of shape (texts, areas or 1).

    `area` are scores as first area, `second` as a secondary one, `words` lexicon features.
    """
    ahead = area.max(axis=1, keepdims=True) - area
    chance = np.exp(-ahead / temperature)
    chance /= chance.sum(axis=1, keepdims=True)
    best = area.argmax(axis=1)[:, None]
    next_ = np.zeros_like(area)
    next_[np.arange(len(area)), without(area, best[:, 0]).argmax(axis=1)] = 1
    lead = second - np.take_along_axis(second, best, axis=1)
    sure, said = chance.max(axis=1, keepdims=True), words.sum(axis=1, keepdims=True)
    return second, area, ahead, chance, lead, sure, words, said, next_


def chances(known: Sequence[Scores | Floats], best: Sequence[int], weights: Scores, *, other: int) -> Scores:
    """How likely each area is a secondary one; 0 for the first itself and `other`, and beside `other`.

    `weights` has a row for each area that is first: KNOWN weights all areas share, repeated, then an offset
    for each area beside it.
    """
    of = weights[np.asarray(best, dtype=np.int64)]
    score = of[:, KNOWN:].copy()
    for figure, weight in zip(known, of.T[:KNOWN], strict=True):
        score += figure * weight[:, None]
    chance = 1 / (1 + np.exp(-score))
    chance[np.arange(len(chance)), best] = chance[:, other] = 0
    chance[np.asarray(best, dtype=np.int64) == other] = 0
    return np.asarray(chance)


def named(chance: Scores, least: float) -> list[tuple[int, ...]]:
    """Up to two areas of each text whose chance is `least` or more, likeliest first."""
    found: list[tuple[int, ...]] = [()] * len(chance)
    rows = np.arange(len(chance))
    for _ in range(MOST_SECONDARY):
        likeliest = chance.argmax(axis=1)
        said = np.flatnonzero(chance[np.arange(len(chance)), likeliest] >= least)
        # Only where one was named there may be another.
        rows, likeliest, chance = rows[said], likeliest[said], chance[said]
        for row, area in zip(rows.tolist(), likeliest.tolist(), strict=True):
            found[row] += (area,)
        chance = without(chance, likeliest)
    return found


def without(scores: Scores, places: npt.NDArray[np.int64]) -> Scores:
    """The scores but for one of each row, which is now the least."""
    left = scores.copy()
    left[np.arange(len(left)), places] = -np.inf
    return left

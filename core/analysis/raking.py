"""Raking of cells to margins: collapse small levels, fit, trim (DOMAIN 4.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.cube import Floats, Ints

SMALLEST_LEVEL = 10
TRIM = 4.0
TRIM_ROUNDS = 10
TOLERANCE = 1e-10
MOST_ROUNDS = 1000


@dataclass(frozen=True)
class Margin:
    """One margin over the cells: `level` of each cell (−1: unknown, keeps its weight), persons per level."""

    name: str
    level: Ints
    target: Floats


@dataclass(frozen=True)
class Raked:
    """A person's weight in each cell, the rounds it took, and whether the margins were met."""

    weights: Floats
    rounds: int
    converged: bool


def collapse(
    n: Floats, target: Floats, *, neighbours: bool, smallest: int = SMALLEST_LEVEL
) -> list[list[int]]:
    """Levels of a margin joined until each has `smallest` answers and somebody living there.

    With `neighbours` (ages) the smallest level joins the smaller of its neighbours; without (grids, sexes)
    the small levels join each other, and the next smallest if need be. Ties go to the earlier level.
    """
    levels = [[i] for i in range(len(n))]

    while len(levels) > 1:
        sizes = [_size(n[level], target[level]) for level in levels]
        weakest = int(np.argmin(sizes))
        if sizes[weakest] >= smallest:
            break
        near = [weakest - 1, weakest + 1] if neighbours else list(range(len(levels)))
        partners = [i for i in near if 0 <= i < len(levels) and i != weakest]
        partner = min(partners, key=lambda i: (sizes[i], i))
        keep, gone = sorted((weakest, partner))
        levels[keep] = sorted(levels[keep] + levels.pop(gone))
    return levels


def _size(n: Floats, target: Floats) -> float:
    """Answers of a level; one where nobody lives is weaker than any."""
    return float(n.sum()) if target.sum() > 0 else -1.0


def rake(n: Floats, margins: Sequence[Margin], *, start: Floats | None = None) -> Raked:
    """Weights of the persons in `n` (by cell) whose sums meet every margin's target.

    Starts from `start` (1 each), scaled to the first margin's total. Persons of unknown level keep their
    weight on that margin, so the known ones share what is left in the target's proportions.
    """
    weights = np.ones(len(n)) if start is None else start.copy()
    weights *= margins[0].target.sum() / (weights @ n)
    known = [m.level >= 0 for m in margins]
    for turn in range(1, MOST_ROUNDS + 1):
        worst = 0.0
        for margin, hit in zip(margins, known, strict=True):
            mass, level = (weights * n)[hit], margin.level[hit]
            now = np.bincount(level, weights=mass, minlength=len(margin.target))
            goal = margin.target * (mass.sum() / margin.target.sum())
            ratio = np.divide(goal, now, out=np.ones_like(goal), where=now > 0)
            worst = max(worst, float(np.abs(now / goal - 1).max(initial=0.0)))
            weights[hit] *= ratio[level]
        if worst < TOLERANCE:
            return Raked(weights, turn, True)
    return Raked(weights, MOST_ROUNDS, False)


def rake_trimmed(n: Floats, margins: Sequence[Margin]) -> Raked:
    """`rake`, then weights trimmed to [1/4, 4] × their median and raked again, at most ten times."""
    raked = rake(n, margins)
    rounds = raked.rounds
    for _ in range(TRIM_ROUNDS):
        middle = _median(raked.weights, n)
        trimmed = np.clip(raked.weights, middle / TRIM, middle * TRIM)
        if np.allclose(trimmed, raked.weights, rtol=1e-6, atol=0):
            break
        raked = rake(n, margins, start=trimmed)
        rounds += raked.rounds
    return Raked(raked.weights, rounds, raked.converged)


def _median(weights: Floats, n: Floats) -> float:
    order = np.argsort(weights)
    below = np.cumsum(n[order])
    return float(weights[order][np.searchsorted(below, below[-1] / 2)])

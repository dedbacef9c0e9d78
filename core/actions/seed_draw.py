"""Handing out answers in exact shares, so that what was planted can be found again to the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# How much a person who was given something already stands back for the others.
STANDS_BACK = 0.7


def whole(shares: Sequence[float] | Floats, n: int) -> list[int]:
    """n persons in these shares, by largest remainder; the numbers sum to n."""
    exact = np.asarray(shares, dtype=float) / np.sum(shares) * n
    found = np.floor(exact).astype(int)
    order = np.argsort(found - exact, kind="stable")
    found[order[: n - int(found.sum())]] += 1
    return [int(k) for k in found]


def one_each(rng: np.random.Generator, n: int, shares: Mapping[Any, float]) -> list[Any]:
    """One code for each of n persons, each code in its share."""
    codes = [
        code
        for code, k in zip(shares, whole(list(shares.values()), n), strict=True)
        for _ in range(k)
    ]  # fmt: skip
    return [codes[i] for i in rng.permutation(n)]


def ranked(disposition: Floats, shares: Mapping[Any, float]) -> list[Any]:
    """One code for each person, codes in order of the disposition: the highest get the last code."""
    n = len(disposition)
    codes = [code for code, k in zip(shares, whole(list(shares.values()), n), strict=True) for _ in range(k)]
    found: list[Any] = [None] * n
    for code, person in zip(codes, np.argsort(disposition, kind="stable"), strict=True):
        found[int(person)] = code
    return found


def several(
    rng: np.random.Generator,
    shares: Mapping[Any, float],
    *,
    n: int,
    most: int,
    alone: Sequence[Any] = (),
    lean: Callable[[Any], Floats] | None = None,
) -> list[list[Any]]:
    """Some codes for each of n persons: a code is taken by round(share × n) of them, at most `most` each.

    A code of `alone` is taken by itself. Somebody without any code is given one of who has most, so the
    numbers stay; among too few persons for that the list stays empty. `lean` gives for a code how much
    each person leans to it (1: as all).
    """
    taken: list[list[Any]] = [[] for _ in range(n)]
    free = [int(i) for i in rng.permutation(n)]
    for code in alone:
        k = round(shares.get(code, 0) * n)
        for person in free[:k]:
            taken[person] = [code]
        free = free[k:]
    for code in sorted((c for c in shares if c not in alone), key=lambda c: -shares[c]):
        wish = rng.exponential(size=n) / (lean(code) if lean else 1.0)
        open_ = sorted(
            (i for i in free if len(taken[i]) < most), key=lambda i: wish[i] + STANDS_BACK * len(taken[i])
        )
        for person in open_[: round(shares[code] * n)]:
            taken[person].append(code)
    _give_to_the_empty(taken, free)
    return taken


def _give_to_the_empty(taken: list[list[Any]], free: Sequence[int]) -> None:
    """Who has nothing gets one code of who has most: each code is still taken as often."""
    for person in free:
        if not taken[person]:
            rich = max(free, key=lambda i: len(taken[i]))
            if len(taken[rich]) > 1:
                taken[person].append(taken[rich].pop())

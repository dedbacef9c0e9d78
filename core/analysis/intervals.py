"""Intervals for shares, and the effective sample size behind them (DOMAIN 4.7)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Z95 = 1.959964
Z80 = 1.281552

Floats = npt.NDArray[np.float64]
Number = float | npt.ArrayLike


def wilson(p: Number, n_eff: Number, *, z: float = Z95) -> tuple[Floats, Floats]:
    """Wilson's score interval of shares `p` on `n_eff` answers, element by element, within [0, 1].

    NaN where p is NaN or n_eff is not positive.
    """
    share, n = np.broadcast_arrays(np.asarray(p, dtype=float), np.asarray(n_eff, dtype=float))
    n = np.where(n > 0, n, np.nan)
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z / scale * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def agresti_coull(p: Number, n_eff: Number, *, z: float = Z95) -> tuple[Floats, Floats]:
    """Agresti and Coull's interval: Wilson's centre, a plain half-width. A cross-check, never shown."""
    share, n = np.broadcast_arrays(np.asarray(p, dtype=float), np.asarray(n_eff, dtype=float))
    n = np.where(n > 0, n, np.nan)
    n_plus = n + z * z
    centre = (share * n + z * z / 2) / n_plus
    half = z * np.sqrt(centre * (1 - centre) / n_plus)
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def kish(weights: npt.ArrayLike, n: npt.ArrayLike | None = None) -> tuple[float, float]:
    """Kish's (n_eff, deff) of weights; `n` says how many persons carry each. (0, NaN) for nobody."""
    w = np.asarray(weights, dtype=float)
    persons = np.ones_like(w) if n is None else np.asarray(n, dtype=float)
    total, squares = float(persons @ w), float(persons @ (w * w))
    if total <= 0:
        return 0.0, math.nan
    return total * total / squares, float(persons.sum()) * squares / (total * total)


def stratified_variance(sizes: npt.ArrayLike, asked: npt.ArrayLike, chose: npt.ArrayLike) -> float:
    """Variance of a stratified share: Σ W_h² p_h (1 − p_h) / (n_h − 1), W_h = N_h / N.

    A stratum with one answer is joined to the one before it (the first to the one after); strata without
    answers are left out of N.
    """
    strata = np.column_stack([np.asarray(x, dtype=float) for x in (sizes, asked, chose)])
    joined: list[Floats] = []
    for stratum in strata[strata[:, 1] > 0]:
        if joined and (stratum[1] < 2 or joined[-1][1] < 2):
            joined[-1] = joined[-1] + stratum
        else:
            joined.append(stratum)
    if not joined or joined[-1][1] < 2:
        return math.nan
    size, n, k = np.array(joined).T
    p = k / n
    return float(np.sum((size / size.sum()) ** 2 * p * (1 - p) / (n - 1)))


def sample_size(population: int, margin: float, *, p: float = 0.5, z: float = Z95) -> int:
    """Answers needed for ± `margin` (a share, 0.05 = 5 points) with the finite-population correction."""
    n0 = z * z * p * (1 - p) / (margin * margin)
    return math.ceil(n0 / (1 + (n0 - 1) / population))

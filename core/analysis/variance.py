"""Variance of weighted shares of many items in many groups at once, from cells (DOMAIN 4.7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.analysis.cube import Floats
from core.analysis.weights import Weighting


@dataclass(frozen=True)
class Tallied:
    """Who was asked one question: `chose` (items × cells), `groups` 0/1 (groups × cells), their weighting."""

    weighting: Weighting
    chose: Floats
    groups: Floats

    @property
    def asked(self) -> Floats:
        """Persons asked by group."""
        return np.asarray(self.groups @ self.weighting.asked)

    @property
    def counts(self) -> Floats:
        """Persons who chose, items × groups."""
        return np.asarray(self.chose @ self.groups.T)

    @property
    def shares(self) -> Floats:
        """Weighted shares, items × groups; NaN where nobody was asked."""
        w = self.weighting.weight
        weighed = self.groups @ (w * self.weighting.asked)
        chose = (self.chose * w) @ self.groups.T
        out: Floats = np.divide(chose, weighed, out=np.full(chose.shape, np.nan), where=weighed > 0)
        return out


def effective_n(tallied: Tallied, shares: Floats) -> Floats:
    """n_eff = p (1 − p) / V̂, items × groups.

    Plain n if unweighted; Kish's for p of 0 or 1, and where V̂ comes out 0.
    """
    w, asked = tallied.weighting.weight, tallied.weighting.asked
    kish = _ratio((tallied.groups @ (w * asked)) ** 2, tallied.groups @ (w * w * asked))
    fallback = np.broadcast_to(kish, shares.shape)
    if tallied.weighting.method == "unweighted":
        return fallback
    stratified = tallied.weighting.method == "poststratified"
    variance = _stratified(tallied) if stratified else _linearised(tallied, shares)
    spread = shares * (1 - shares)
    usable = (spread > 1e-12) & (variance > 1e-15)
    return np.where(usable, spread / np.where(usable, variance, 1.0), fallback)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _stratified(tallied: Tallied) -> Floats:
    """Σ W_h² p_h (1 − p_h) / (n_h − 1) over the cells of each group."""
    asked, persons = tallied.weighting.asked, tallied.weighting.weight * tallied.weighting.asked
    p = _ratio(tallied.chose, np.broadcast_to(asked, tallied.chose.shape))
    inside = p * (1 - p) * _ratio(persons**2, asked - 1)
    return _ratio(
        inside @ tallied.groups.T, np.broadcast_to((tallied.groups @ persons) ** 2, _shape(tallied))
    )


def _shape(tallied: Tallied) -> tuple[int, int]:
    return len(tallied.chose), len(tallied.groups)


def _linearised(tallied: Tallied, shares: Floats) -> Floats:
    """Σ (w·e)² · n/(n − 1), e the residual of the linearised share on the raking margins.

    A person of group d who chose (y = 1) or not has u = (y − p) / Σ_d w, everybody else 0; e = u minus its
    weighted regression on the margins' columns. Both kinds in a cell share one fitted value.
    """
    used = np.flatnonzero(tallied.weighting.asked)
    asked, w = tallied.weighting.asked[used], tallied.weighting.weight[used]
    chose, groups = tallied.chose[:, used], tallied.groups[:, used]
    design = (
        tallied.weighting.design[used] if tallied.weighting.design is not None else np.ones((len(used), 1))
    )
    p = np.nan_to_num(shares)
    inside = groups * _ratio(np.ones(len(groups)), groups @ (w * asked))[:, None]
    solved = np.linalg.pinv(design.T @ (design * (w * asked)[:, None])) @ design.T
    sums = w * (chose[:, None, :] - p[:, :, None] * asked) * inside
    fitted = (sums @ solved.T) @ design.T
    not_chosen = -p[:, :, None] * inside - fitted
    chosen = chose[:, None, :] * inside
    squares = (asked * not_chosen + 2 * chosen) * not_chosen + chosen * inside
    n = groups @ asked
    return np.asarray((squares @ (w * w)) * _ratio(n, n - 1))

"""What comments held back from training settle: tones and intents, calibration, thresholds, second areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from core.text.features import Floats, Ints
from core.text.lexicon import Lexicon
from core.text.material import AIMS, AREAS, TONES, Flags, Targets
from core.text.reader import DANGER_SCORE, Settled, softmax
from core.text.secondary import KNOWN, beside, chances

# A reading with a smaller chance than this of being right is not counted.
ABSTAIN_BELOW = 0.4
# The share of urgent comments held back the detector must find.
URGENT_RECALL = 0.985
SECONDARY_STRENGTH = 0.3
# How closely what tones and intents say of each other, and all of urgency, follows the labels.
MIXED_STRENGTH, URGENT_STRENGTH = 0.1, 1.0
# A score no machine gives: never, or always.
FAR = 9.0
# Scores that spread less were given by a machine that had no example.
SMALLEST_SPREAD = 1e-3
# From fewer comments nothing is learned of how outputs speak for each other.
FEWEST_TO_MIX = 500

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Held:
    """Comments held back from what scored them, one row each; shapes (n, outputs), (n, areas), (n,).

    `words` are their lexicon features, `danger` whether they hold words of danger.
    """

    scores: Scores
    targets: Targets
    words: Floats
    danger: Flags


def settle(held: Held, lexicon: Lexicon, *, version: str) -> tuple[Settled, Scores]:
    """Calibration, thresholds and what speaks for secondary areas."""
    targets, size = held.targets, len(AREAS)
    area, second = held.scores[:, :size], held.scores[:, size : 2 * size]
    temperature = temperature_of(area, targets.area)
    besides, secondary_from = _secondary(beside(area, second, held.words, temperature), area, targets)
    settled = Settled(
        version=version,
        areas=AREAS,
        sentiments=TONES,
        intents=AIMS,
        lexicon=lexicon.words,
        temperature=temperature,
        abstain_below=ABSTAIN_BELOW,
        secondary_from=secondary_from,
        urgent_from=urgent_from(held.scores[:, -1] + DANGER_SCORE * held.danger, targets.urgent),
    )
    return settled, besides


def mixed(held: Held) -> tuple[Scores, Scores]:
    """What turns raw scores into those in which tones, intents and urgency speak for each other.

    Praise is glad, a question seldom angry, a lift that is stuck more urgent than a course: logistic
    regressions of the scores held back. As (outputs × outputs, outputs): scores @ first + second; areas stay
    as they are.
    """
    scores, targets, begin = held.scores, held.targets, 2 * len(AREAS)
    size, spread = scores.shape[1], scores.std(axis=0)
    weights, offsets, heard = np.eye(size), np.zeros(size), np.flatnonzero(spread > SMALLEST_SPREAD)
    known = heard[heard >= begin]
    if len(scores) < FEWEST_TO_MIX or not len(known):
        return weights, offsets
    for codes, names in ((targets.sentiment, TONES), (targets.intent, AIMS)):
        block = slice(begin, begin + len(names))
        begin += len(names)
        if len(set(codes.tolist())) < 3:
            continue
        machine = LogisticRegression(C=MIXED_STRENGTH, solver="newton-cholesky")
        machine.fit(scores[:, known] / spread[known], codes)
        found, offset = np.zeros((size, len(names))), np.full(len(names), -FAR)
        found[np.ix_(known, machine.classes_)] = machine.coef_.T / spread[known, None]
        offset[machine.classes_] = machine.intercept_
        weights[:, block], offsets[block] = found, offset
    # What danger a comment tells of depends on its area; tones and intents do not.
    known = np.concatenate([heard[heard < len(AREAS)], known])
    if (urgent := _mixed_urgent(scores[:, known] / spread[known], held)) is not None:
        weights[:, -1], offsets[-1] = 0, urgent[1]
        weights[known, -1] = urgent[0] / spread[known]
    return weights, offsets


def _mixed_urgent(scaled: Scores, held: Held) -> tuple[Scores, float] | None:
    """The same for urgency: weights and offset so that words of danger weigh DANGER_SCORE beside them."""
    urgent, danger = held.targets.urgent, held.danger
    if urgent.all() or not urgent.any() or not danger.any():
        return None
    machine = LogisticRegression(C=URGENT_STRENGTH, solver="newton-cholesky")
    machine.fit(np.column_stack([scaled, danger]), urgent)
    *said, by_words = machine.coef_[0]
    if by_words <= 0:
        return None
    scale = DANGER_SCORE / by_words
    return np.array(said) * scale, float(machine.intercept_[0] * scale)


def urgent_from(scores: Scores, urgent: Flags) -> float:
    """The score that URGENT_RECALL of the urgent comments reach."""
    chosen = scores[urgent]
    # Of a few examples none is given up: the lower score, not one between two.
    return float(np.quantile(chosen, 1 - URGENT_RECALL, method="lower")) if len(chosen) else FAR


def temperature_of(scores: Scores, truth: Ints) -> float:
    """The divisor of the scores under which held-out truths are likeliest (temperature scaling)."""
    rows = np.arange(len(truth))

    def _surprise(log_temperature: float) -> float:
        return -float(np.log(softmax(scores / np.exp(log_temperature))[rows, truth] + 1e-12).mean())

    return float(np.exp(minimize_scalar(_surprise, bounds=(-4, 4), method="bounded").x))


def _secondary(figures: Sequence[Scores | Floats], area: Scores, targets: Targets) -> tuple[Scores, float]:
    """Weights of `core.text.secondary.chances`, and the chance from which naming an area does best (F1)."""
    best, rows, size = area.argmax(axis=1), np.arange(len(area)), len(AREAS)
    open_ = np.ones_like(area, dtype=bool)
    open_[rows, best] = open_[:, AREAS.index("other")] = False
    wanted = targets.named.copy()
    wanted[rows, targets.area] = False
    weights = np.hstack([np.zeros((size, KNOWN)), np.full((size, size), -FAR)])
    if not wanted[open_].any():
        return weights, 1.0
    known = np.stack(np.broadcast_arrays(*figures), axis=2)
    # One column for each pair (first, beside): elderly people come with lifts, bicycles with fire.
    pair = (best[:, None] * size + np.arange(size))[open_]
    spread = known[open_].std(axis=0) + 1e-9
    pairs = csr_matrix((np.ones(len(pair)), (np.arange(len(pair)), pair)), (len(pair), size * size))
    matrix = csr_matrix(hstack([csr_matrix(known[open_] / spread), pairs]))
    machine = LogisticRegression(C=SECONDARY_STRENGTH, max_iter=300).fit(matrix, wanted[open_])
    weights[:, :KNOWN] = machine.coef_[0, :KNOWN] / spread
    weights[:, KNOWN:] = machine.coef_[0, KNOWN:].reshape(size, size) + machine.intercept_
    chance = chances(figures, best.tolist(), weights, other=AREAS.index("other"))
    levels = np.linspace(0.1, 0.8, 36)
    return weights, float(max(levels, key=lambda level: f1(chance >= level, wanted)))


def f1(said: Flags, truth: Flags) -> float:
    """F1 of flags, 0 where none is set."""
    return float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum()))

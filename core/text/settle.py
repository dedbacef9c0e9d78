"""What comments held back from training settle: calibration, thresholds, secondary areas."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from core.text.features import Ints
from core.text.lexicon import Lexicon
from core.text.material import AIMS, AREAS, TONES, Flags, Seen, Targets
from core.text.reader import DANGER_SCORE, Settled, softmax
from core.text.secondary import KNOWN, beside, chances

# A reading with a smaller chance than this of being right is not counted.
ABSTAIN_BELOW = 0.4
# The share of urgent comments of unseen hands the detector must find.
URGENT_RECALL = 0.98
SECONDARY_STRENGTH = 0.3
# A score no machine gives: never, or always.
FAR = 9.0

Scores = npt.NDArray[np.float64]


def settle(
    held: Scores, targets: Targets, seen: Seen, lexicon: Lexicon, version: str
) -> tuple[Settled, Scores]:
    """Calibration, thresholds and what speaks for secondary areas, from scores of texts held back."""
    area, second = held[:, : len(AREAS)], held[:, len(AREAS) : 2 * len(AREAS)]
    temperature = temperature_of(area, targets.area)
    besides, secondary_from = _secondary(beside(area, second, seen.words, temperature), area, targets)
    settled = Settled(
        version=version,
        areas=AREAS,
        sentiments=TONES,
        intents=AIMS,
        lexicon=lexicon.words,
        temperature=temperature,
        abstain_below=ABSTAIN_BELOW,
        secondary_from=secondary_from,
        urgent_from=urgent_from(held[:, -1] + DANGER_SCORE * seen.danger, targets.urgent),
    )
    return settled, besides


def urgent_from(scores: Scores, urgent: Flags) -> float:
    """The score that URGENT_RECALL of the urgent comments reach."""
    return float(np.quantile(scores[urgent], 1 - URGENT_RECALL)) if urgent.any() else FAR


def temperature_of(scores: Scores, truth: Ints) -> float:
    """The divisor of the scores under which held-out truths are likeliest (temperature scaling)."""
    rows = np.arange(len(truth))

    def _surprise(log_temperature: float) -> float:
        return -float(np.log(softmax(scores / np.exp(log_temperature))[rows, truth] + 1e-12).mean())

    return float(np.exp(minimize_scalar(_surprise, bounds=(-4, 4), method="bounded").x))


def _secondary(known: Scores, area: Scores, targets: Targets) -> tuple[Scores, float]:
    """Weights of `core.text.secondary.chances`, and the chance from which naming an area does best (F1)."""
    best, rows, size = area.argmax(axis=1), np.arange(len(area)), len(AREAS)
    open_ = np.ones_like(area, dtype=bool)
    open_[rows, best] = open_[:, AREAS.index("other")] = False
    wanted = targets.named.copy()
    wanted[rows, targets.area] = False
    weights = np.hstack([np.zeros((size, KNOWN)), np.full((size, size), -FAR)])
    if not wanted[open_].any():
        return weights, 1.0
    # One column for each pair (first, beside): elderly people come with lifts, bicycles with fire.
    pair = (best[:, None] * size + np.arange(size))[open_]
    spread = known[open_].std(axis=0) + 1e-9
    pairs = csr_matrix((np.ones(len(pair)), (np.arange(len(pair)), pair)), (len(pair), size * size))
    matrix = csr_matrix(hstack([csr_matrix(known[open_] / spread), pairs]))
    machine = LogisticRegression(C=SECONDARY_STRENGTH, max_iter=300).fit(matrix, wanted[open_])
    weights[:, :KNOWN] = machine.coef_[0, :KNOWN] / spread
    weights[:, KNOWN:] = machine.coef_[0, KNOWN:].reshape(size, size) + machine.intercept_
    chance = chances(known, best.tolist(), weights, other=AREAS.index("other"))
    levels = np.linspace(0.1, 0.8, 36)
    return weights, float(max(levels, key=lambda level: f1(chance >= level, wanted)))


def f1(said: Flags, truth: Flags) -> float:
    """F1 of flags, 0 where none is set."""
    return float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum()))

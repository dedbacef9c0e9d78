"""Training the classifier, as a child process: `python -m core.text.train LABELLED LEXICON CACHE [gently]`.

Linear support vector machines on hashed character 1–3-grams, jieba's words and lexicon counts. What is held
back to settle calibration and thresholds are whole files: rows of one hand resemble each other.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from core.text.features import BUCKETS, Counted, Floats, Ints, count, damped, normalise
from core.text.labelled import read_labelled
from core.text.lexicon import Lexicon
from core.text.reader import Reader, Settled, lexicon_part, softmax
from core.text.store import GENTLY, STEPS, Advance, current_version, no_progress, tidy
from models.taxonomy import AREA_LABELS, INTENTS, SENTIMENTS

# The last step of training is the fit on everything.
FOLDS = STEPS - 1
SMALLEST_DOCUMENTS = 2
# How closely each kind of output follows the labels (the C of its machines).
AREA_STRENGTH, NAMED_STRENGTH, TONE_STRENGTH, AIM_STRENGTH, URGENT_STRENGTH = 1.0, 0.3, 0.6, 0.6, 0.5
BAYES_SHARE, BAYES_SMOOTHING = 0.25, 0.3
# A reading with a smaller chance than this of being right is not counted.
ABSTAIN_BELOW = 0.4
# The share of urgent comments of unseen hands the detector must find.
URGENT_RECALL = 0.97
# A score no machine gives: never, or always.
FAR = 9.0
AREAS, TONES, AIMS = tuple(AREA_LABELS), tuple(SENTIMENTS), tuple(INTENTS)

Scores = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Targets:
    """What is to be learned, one row a comment."""

    area: Ints
    named: Flags
    sentiment: Ints
    intent: Ints
    urgent: Flags

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Targets:
        """The targets of labelled rows; `named` says for each area whether it is the first or a secondary."""
        pairs = zip(rows["area_primary"], rows["areas_secondary"], strict=True)
        said = [{first, *second.split(";")} for first, second in pairs]
        codes = [
            np.array([names.index(value) for value in rows[column]], dtype=np.int64)
            for column, names in (("area_primary", AREAS), ("sentiment", TONES), ("intent", AIMS))
        ]
        named = np.array([[area in areas for area in AREAS] for areas in said])
        return cls(codes[0], named, codes[1], codes[2], rows["urgent"].to_numpy(dtype=bool))

    def at(self, rows: Ints) -> _Targets:
        """The targets of some of the rows."""
        return _Targets(*(each[rows] for each in astuple(self)))


def train(labelled: Path, lexicon_folder: Path, *, advance: Advance = no_progress) -> Reader:
    """Train on all labelled comments of the folder; raises ValueError when there is none."""
    rows = read_labelled(labelled)
    version = current_version(labelled, lexicon_folder)
    return train_on(rows, Lexicon.load(lexicon_folder), version, advance=advance)


def train_on(rows: pd.DataFrame, lexicon: Lexicon, version: str, *, advance: Advance = no_progress) -> Reader:
    """Train on rows of `core.text.labelled.read_labelled`; held-out files settle the thresholds."""
    plain, targets = [normalise(text) for text in rows["text"]], _Targets.of(rows)
    counted, words = count(plain), lexicon_part(lexicon, plain)
    held = np.zeros((len(plain), 2 * len(AREAS) + len(TONES) + len(AIMS) + 1))
    for learn, test in _parts(rows):
        buckets, idf = _vocabulary(counted, learn)
        matrix = _matrix(counted, buckets, idf, words)
        weights, offsets = _fit(matrix[learn], targets.at(learn))
        held[test] = matrix[test] @ weights + offsets
        advance(1)
    settled = _settle(held, targets, lexicon, version)
    buckets, idf = _vocabulary(counted, np.arange(len(plain)))
    weights, offsets = _fit(_matrix(counted, buckets, idf, words), targets)
    advance(1)
    return Reader(settled, buckets, idf, weights.astype(np.float32), offsets.astype(np.float32))


def _parts(rows: pd.DataFrame) -> list[tuple[Ints, Ints]]:
    """(rows to learn from, rows held back): whole files, or single rows where there is but one file."""
    groups = rows["file"].to_numpy()
    if len(set(groups)) == 1:
        groups = np.arange(len(rows))
    return list(GroupKFold(min(FOLDS, len(set(groups)))).split(groups, groups=groups))


def _vocabulary(counted: Counted, learn: Ints) -> tuple[Ints, Floats]:
    """Features in at least two of the texts learned from: their buckets, ascending, and their idf."""
    row = np.repeat(np.arange(len(counted.start) - 1), np.diff(counted.start))
    documents = np.bincount(counted.bucket[np.isin(row, learn)], minlength=BUCKETS)
    buckets = np.flatnonzero(documents >= SMALLEST_DOCUMENTS)
    idf = np.log((1 + len(learn)) / (1 + documents[buckets])) + 1
    return buckets.astype(np.int64), idf.astype(np.float32)


def _matrix(counted: Counted, buckets: Ints, idf: Floats, words: Floats) -> csr_matrix:
    column = np.full(BUCKETS, -1, dtype=np.int32)
    column[buckets] = np.arange(len(buckets))
    place, value, row = damped(counted, column, idf)
    grams = csr_matrix((value, (row, place)), shape=(len(words), len(idf)))
    return csr_matrix(hstack([grams, csr_matrix(words)]))


def _fit(matrix: csr_matrix, targets: _Targets) -> tuple[Scores, Scores]:
    """Weights (features × outputs) and offsets of all outputs, in the order Reader takes them."""
    named = (targets.named[:, i] for i in range(len(AREAS)))
    fitted = [
        _area(matrix, targets.area),
        *(_one(matrix, each, _even(each), strength=NAMED_STRENGTH) for each in named),
        _several(matrix, targets.sentiment, len(TONES), strength=TONE_STRENGTH),
        _several(matrix, targets.intent, len(AIMS), strength=AIM_STRENGTH),
        _one(matrix, targets.urgent, _even(targets.urgent), strength=URGENT_STRENGTH),
    ]
    return np.hstack([f[0] for f in fitted]), np.concatenate([f[1] for f in fitted])


def _area(matrix: csr_matrix, codes: Ints) -> tuple[Scores, Scores]:
    """The machines' weights with a little of complementary naive Bayes: it knows rare words better."""
    weights, offsets = _several(matrix, codes, len(AREAS), strength=AREA_STRENGTH)
    bayes = ComplementNB(alpha=BAYES_SMOOTHING).fit(matrix, codes)
    spoken = np.zeros_like(weights)
    spoken[:, bayes.classes_] = bayes.feature_log_prob_.T
    spoken[:, bayes.classes_] -= bayes.feature_log_prob_.mean(axis=0)[:, None]
    spread = np.std(matrix @ spoken) or 1.0
    return weights + BAYES_SHARE / spread * spoken, offsets


def _even(codes: npt.NDArray[np.generic]) -> Scores:
    """Weights of rows under which all codes that occur weigh the same, 1 on average."""
    _, of_row, n = np.unique(codes, return_inverse=True, return_counts=True)
    return np.asarray(len(codes) / (len(n) * n[of_row]))


def _several(matrix: csr_matrix, codes: Ints, size: int, *, strength: float) -> tuple[Scores, Scores]:
    """One against the rest for each code; a code without an example scores lowest everywhere.

    Rows weigh so that the codes are even among each other. Weighing each code even against all the rest
    together costs two points of accuracy.
    """
    weights, offsets, even = np.zeros((matrix.shape[1], size)), np.full(size, -FAR), _even(codes)
    for code in np.unique(codes):
        weights[:, [code]], offsets[[code]] = _one(matrix, codes == code, even, strength=strength)
    return weights, offsets


def _one(matrix: csr_matrix, hit: Flags, weight: Scores, *, strength: float) -> tuple[Scores, Scores]:
    if hit.all() or not hit.any():
        return np.zeros((matrix.shape[1], 1)), np.array([FAR if hit.all() else -FAR])
    machine = LinearSVC(C=strength, tol=1e-3, random_state=0).fit(matrix, hit, sample_weight=weight)
    return machine.coef_.T, machine.intercept_


def _settle(held: Scores, targets: _Targets, lexicon: Lexicon, version: str) -> Settled:
    area, second = held[:, : len(AREAS)], held[:, len(AREAS) : 2 * len(AREAS)]
    slope, offset, secondary_from = _secondary(area, second, targets)
    return Settled(
        version=version,
        areas=AREAS,
        sentiments=TONES,
        intents=AIMS,
        lexicon=lexicon.words,
        temperature=_temperature(area, targets.area),
        abstain_below=ABSTAIN_BELOW,
        secondary_slope=slope,
        secondary_offset=offset,
        secondary_from=secondary_from,
        urgent_from=_urgent_from(held[:, -1], targets.urgent),
    )


def _urgent_from(scores: Scores, urgent: Flags) -> float:
    """The score that URGENT_RECALL of the urgent comments reach."""
    return float(np.quantile(scores[urgent], 1 - URGENT_RECALL)) if urgent.any() else FAR


def _temperature(scores: Scores, truth: Ints) -> float:
    """The divisor of the scores under which held-out truths are likeliest (temperature scaling)."""
    rows = np.arange(len(truth))

    def _surprise(log_temperature: float) -> float:
        return -float(np.log(softmax(scores / np.exp(log_temperature))[rows, truth] + 1e-12).mean())

    return float(np.exp(minimize_scalar(_surprise, bounds=(-4, 4), method="bounded").x))


def _secondary(area: Scores, second: Scores, targets: _Targets) -> tuple[float, float, float]:
    """Sigmoid of the secondary scores, and the probability from which naming one does best (F1)."""
    best = area.argmax(axis=1)
    rows = np.arange(len(best))
    open_ = np.ones_like(second, dtype=bool)
    open_[rows, best] = False
    open_[:, AREAS.index("other")] = False
    wanted = targets.named.copy()
    wanted[rows, targets.area] = False
    if not wanted[open_].any():
        return 1.0, -FAR, 1.0
    sigmoid = LogisticRegression().fit(second[open_][:, None], wanted[open_])
    chance = sigmoid.predict_proba(second.reshape(-1, 1))[:, 1].reshape(second.shape)
    levels = np.linspace(0.1, 0.8, 36)
    return (
        float(sigmoid.coef_[0, 0]),
        float(sigmoid.intercept_[0]),
        float(max(levels, key=lambda level: _f1((chance >= level) & open_, wanted))),
    )


def _f1(said: Flags, truth: Flags) -> float:
    return float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum()))


def main(arguments: Sequence[str]) -> None:
    """Train and store the classifier of the current data; a line on stdout for each step done."""
    labelled, lexicon, cache = map(Path, arguments[:3])
    if GENTLY in arguments[3:] and hasattr(os, "nice"):
        os.nice(10)
    reader = train(labelled, lexicon, advance=lambda n: print(n, flush=True))
    cache.mkdir(parents=True, exist_ok=True)
    reader.save(cache / f"{reader.version}.npz")
    tidy(cache)


if __name__ == "__main__":
    main(sys.argv[1:])

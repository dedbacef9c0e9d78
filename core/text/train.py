"""Training the classifier, as a child process: `python -m core.text.train LABELLED LEXICON CACHE [gently]`.

Linear support vector machines on hashed characters and words, and lexicon counts. What is held back to
settle calibration and thresholds are whole files: rows of one hand resemble each other.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import cpu_count
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from core.text.features import Floats, Ints
from core.text.labelled import read_labelled
from core.text.lexicon import Lexicon
from core.text.material import AIMS, AREAS, TONES, Flags, Seen, Targets
from core.text.prior import of_lexicon
from core.text.reader import Learned, Reader
from core.text.settle import FAR, Held, mixed, settle
from core.text.store import GENTLY, STEPS, Advance, current_version, no_progress, tidy

# The last step of training is the fit on everything.
FOLDS = STEPS - 1
# With fewer comments of the reference hands thresholds are settled on all.
FEWEST_TO_SETTLE = 1_000
# What is to be fitted takes a core each; more than these would want much memory.
WORKERS, MANY = min(2, cpu_count()), 5_000
# How closely each kind of output follows the labels (the C of its machines).
AREA_STRENGTH, BESIDE_STRENGTH, TONE_STRENGTH, AIM_STRENGTH, URGENT_STRENGTH = 1.0, 0.3, 0.6, 0.6, 1.0
# How near the machines come to their best: ten times nearer takes twice as long and reads the same.
NEAR = 0.5
# How often each feature is taken to have been seen before it was counted, where it is asked what it tells.
TELLING_SMOOTHING = 0.3
# How much of naive Bayes is mixed in: it knows rare words better than the machines do.
AREA_BAYES, TONE_BAYES, URGENT_BAYES, BAYES_SMOOTHING = 0.4, 0.15, 0.1, 0.3

Scores = npt.NDArray[np.float64]


def train(
    labelled: Path, lexicon_folder: Path, *, advance: Advance = no_progress, workers: int = 1
) -> Reader:
    """Train on all labelled comments of the folder, or on the lexicon alone where it holds no table.

    Of many comments in so many `workers`, processes of their own. Raises ValueError when the folder holds
    tables without a usable row.
    """
    version, lexicon = current_version(labelled, lexicon_folder), Lexicon.load(lexicon_folder)
    if not any(labelled.glob("*.csv")):
        return of_lexicon(lexicon, version)
    rows = read_labelled(labelled)
    # A process is started in the time that some thousand comments take.
    workers = workers if len(rows) >= MANY else 1
    return train_on(rows, lexicon, version, advance=advance, workers=workers)


def train_on(
    rows: pd.DataFrame, lexicon: Lexicon, version: str, *, advance: Advance = no_progress, workers: int = 1
) -> Reader:
    """Train on rows of `core.text.labelled.read_labelled`; held-out files settle the thresholds."""
    targets, seen = Targets.of(rows), Seen.of(list(rows["text"]), lexicon)
    sure, whole = _sure(rows), np.arange(len(rows))
    parts = list(_parts(rows, sure))
    held = np.zeros((len(rows), 2 * len(AREAS) + len(TONES) + len(AIMS) + 1))
    fitted = _each_fitted(seen, targets, [*(learn for learn, _ in parts), whole], workers=workers)
    for _, test in parts:
        buckets, idf, weights, offsets = next(fitted)
        held[test] = seen.matrix(buckets, idf)[test] @ weights + offsets
        advance(1)
    back = Held(held[sure], targets.at(sure), seen.words[sure], seen.danger[sure])
    mix, shift = mixed(back)
    settled, besides = settle(replace(back, scores=back.scores @ mix + shift), lexicon, version=version)
    buckets, idf, weights, offsets = next(fitted)
    weights, offsets = weights @ mix, offsets @ mix + shift
    advance(1)
    return Reader(settled, Learned.of((buckets, idf), weights, offsets, besides))


def _sure(rows: pd.DataFrame) -> Ints:
    """The rows that settle thresholds: of the reference hands, or all where those have too few."""
    reference = np.flatnonzero(rows.get("reference", False))
    return reference if len(reference) >= FEWEST_TO_SETTLE else np.arange(len(rows))


def _parts(rows: pd.DataFrame, sure: Ints) -> Iterator[tuple[Ints, Ints]]:
    """(rows to learn from, rows held back) so that each sure row is held back once.

    Held back are whole files, or single rows where there is but one file.
    """
    groups = rows["file"].to_numpy()[sure]
    if len(set(groups)) == 1:
        groups = np.arange(len(sure))
    for _, test in GroupKFold(min(FOLDS, len(set(groups)))).split(groups, groups=groups):
        yield np.setdiff1d(np.arange(len(rows)), sure[test]), sure[test]


def _each_fitted(
    seen: Seen, targets: Targets, learn: Sequence[Ints], *, workers: int
) -> Iterator[tuple[Ints, Floats, Scores, Scores]]:
    """`_fit_rows` of each, in order; in processes where there are several workers."""
    if workers < 2:
        yield from (_fit_rows(seen, targets, rows) for rows in learn)
        return
    spawn = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_end_with_parent) as pool:
        for future in [pool.submit(_fit_rows, seen, targets, rows) for rows in learn]:
            yield future.result()


def _end_with_parent() -> None:
    """See that this process ends when its parent does, however that ends."""

    def _watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=_watch, daemon=True).start()


def _fit_rows(seen: Seen, targets: Targets, learn: Ints) -> tuple[Ints, Floats, Scores, Scores]:
    """What some rows teach: the features known, their idf, weights and offsets of all outputs."""
    buckets, idf = seen.vocabulary(learn)
    return buckets, idf, *_fit(seen.matrix(buckets, idf)[learn], targets.at(learn))


def _fit(matrix: csr_matrix, targets: Targets) -> tuple[Scores, Scores]:
    """Weights (features × outputs) and offsets of all outputs, in the order Reader takes them."""
    urgent, even = targets.urgent, _even(targets.urgent)
    fitted = [
        _several(matrix, targets.area, len(AREAS), strength=AREA_STRENGTH),
        _beside(matrix, targets),
        _several(matrix, targets.sentiment, len(TONES), strength=TONE_STRENGTH),
        _several(matrix, targets.intent, len(AIMS), strength=AIM_STRENGTH),
        _one(matrix, urgent, even, strength=URGENT_STRENGTH),
    ]
    weights, offsets = np.hstack([f[0] for f in fitted]), np.concatenate([f[1] for f in fitted])
    at = np.cumsum([0, len(AREAS), len(AREAS), len(TONES), len(AIMS)])
    counts = csr_matrix(matrix.maximum(0))
    weights[:, : at[1]] += AREA_BAYES * _bayes(counts, targets.area, len(AREAS))
    weights[:, at[2] : at[3]] += TONE_BAYES * _bayes(counts, targets.sentiment, len(TONES))
    weights[:, -1] += URGENT_BAYES * _bayes(counts, urgent.astype(np.int64), 2)[:, 1]
    return weights, offsets


def _beside(matrix: csr_matrix, targets: Targets) -> tuple[Scores, Scores]:
    """One machine an area for its being a secondary one, taught by comments whose first area it is not."""
    weights, offsets = np.zeros((matrix.shape[1], len(AREAS))), np.full(len(AREAS), -FAR)
    for i in range(len(AREAS)):
        rows = np.flatnonzero(targets.area != i)
        named = targets.named[rows, i]
        if named.any():
            found = _one(matrix[rows], named, _even(named), strength=BESIDE_STRENGTH)
            weights[:, [i]], offsets[[i]] = found
    return weights, offsets


def _bayes(counts: csr_matrix, codes: Ints, size: int) -> Scores:
    """Weights of complementary naive Bayes, its scores spread by 1: it knows rare words better."""
    found = np.zeros((counts.shape[1], size))
    if len(set(codes.tolist())) > 1:
        bayes = ComplementNB(alpha=BAYES_SMOOTHING).fit(counts, codes)
        spoken = bayes.feature_log_prob_.T
        found[:, bayes.classes_] = spoken - spoken.mean(axis=1, keepdims=True)
    return np.asarray(found / (np.std(counts @ found) or 1.0))


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
    scale = telling(matrix, hit)
    scaled = csr_matrix((matrix.data * scale[matrix.indices], matrix.indices, matrix.indptr), matrix.shape)
    machine = LinearSVC(C=strength, tol=NEAR, random_state=0).fit(scaled, hit, sample_weight=weight)
    return machine.coef_.T * scale[:, None], machine.intercept_


def telling(matrix: csr_matrix, hit: Flags) -> Scores:
    """What each feature is multiplied by before a machine learns: 1 and how well it alone tells `hit`.

    That is the size of its log-count ratio as in S. Wang and C. Manning, Baselines and Bigrams, ACL 2012; a
    feature that tells may so weigh more at the same strength. Rows keep a mean square of 1.
    """
    yes = np.asarray(hit @ matrix, dtype=np.float64)
    no = np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel() - yes
    yes, no = np.maximum(yes, 0) + TELLING_SMOOTHING, np.maximum(no, 0) + TELLING_SMOOTHING
    scale = 1 + np.abs(np.log(yes / yes.sum()) - np.log(no / no.sum()))
    squares = np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel()
    return np.asarray(scale / np.sqrt((squares @ scale**2 or 1.0) / len(hit)))


def main(arguments: Sequence[str]) -> None:
    """Train and store the classifier of the current data; a line on stdout for each step done."""
    labelled, lexicon, cache = map(Path, arguments[:3])
    if GENTLY in arguments[3:] and hasattr(os, "nice"):
        os.nice(10)
    reader = train(labelled, lexicon, advance=lambda n: print(n, flush=True), workers=WORKERS)
    cache.mkdir(parents=True, exist_ok=True)
    reader.save(cache / f"{reader.version}.npz")
    tidy(cache)


if __name__ == "__main__":
    main(sys.argv[1:])

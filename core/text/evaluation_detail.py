"""What lies behind an evaluation: intervals, confusions, calibration, risk against coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.text.evaluation import BINS
from core.text.reading import Reading

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TIMES, SEED = 1_000, 20_261
# With fewer hands than this, hands cannot stand for all hands: single comments are drawn instead.
LEAST_HANDS = 8
# The shares of comments the machine keeps, the others being left to a person.
COVERAGES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)


class Interval(NamedTuple):
    """A 95 % percentile interval; None where a figure was undefined in more than half of the draws."""

    low: float | None
    high: float | None


class Bin(NamedTuple):
    """Comments whose probability lies from `low` to `high`: how many, mean probability, share right."""

    low: float
    high: float
    n: int
    probability: float
    right: float


class Kept(NamedTuple):
    """With the surest `coverage` of comments kept by the machine: the share of them that is right."""

    coverage: float
    accuracy: float


@dataclass(frozen=True)
class Intervals:
    """Bootstrap intervals of accuracy, macro-F1 and of each area's precision, recall and F1."""

    accuracy: Interval
    macro_f1: Interval
    areas: dict[str, dict[str, Interval]]
    by_hand: bool


def confusion(truth: Sequence[str], said: Sequence[str]) -> tuple[list[str], Ints]:
    """The codes that occur, in order, and how often each (row) was read as each (column)."""
    codes = sorted({*truth, *said})
    place = {code: i for i, code in enumerate(codes)}
    pairs = np.array([place[a] * len(codes) + place[b] for a, b in zip(truth, said, strict=True)], dtype=int)
    counts = np.bincount(pairs, minlength=len(codes) ** 2)
    return codes, counts.reshape(len(codes), len(codes)).astype(np.int64)


def intervals(
    truth: Sequence[str], said: Sequence[str], hands: Sequence[str], *, times: int = TIMES
) -> Intervals:
    """Seeded bootstrap: whole hands are drawn, for comments of one hand resemble each other.

    With fewer than LEAST_HANDS hands single comments are drawn: too narrow for what other hands write.
    Reference: Davison & Hinkley (1997), Bootstrap Methods, 3.8 (clusters).
    """
    codes, _ = confusion(truth, said)
    by_hand = len(set(hands)) >= LEAST_HANDS
    groups = list(hands) if by_hand else [str(i) for i in range(len(truth))]
    tables = _tables(truth, said, groups, codes)
    random = np.random.default_rng(SEED)
    draws = random.multinomial(len(tables), np.full(len(tables), 1 / len(tables)), size=times)
    drawn = np.einsum("dg,gij->dij", draws.astype(float), tables.astype(float), optimize=True)
    hits, of, named = np.einsum("dii->di", drawn), drawn.sum(axis=2), drawn.sum(axis=1)
    f1 = _over(2 * hits, of + named)
    per_area = {"precision": _over(hits, named), "recall": _over(hits, of), "f1": f1}
    return Intervals(
        accuracy=_interval(_over(hits.sum(axis=1), drawn.sum(axis=(1, 2)))),
        macro_f1=_interval(np.nanmean(f1, axis=1)),
        areas={
            code: {name: _interval(values[:, i]) for name, values in per_area.items()}
            for i, code in enumerate(codes)
        },
        by_hand=by_hand,
    )


def _tables(truth: Sequence[str], said: Sequence[str], groups: Sequence[str], codes: Sequence[str]) -> Ints:
    """groups × codes × codes: each group's confusion table."""
    place, size = {code: i for i, code in enumerate(codes)}, len(codes)
    _, group = np.unique(np.array(groups), return_inverse=True)
    a, b = (np.array([place[code] for code in each], dtype=np.int64) for each in (truth, said))
    flat = np.bincount(group * size * size + a * size + b, minlength=(group.max() + 1) * size * size)
    return flat.reshape(-1, size, size).astype(np.int64)


def _over(a: Floats, b: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(b > 0, a / b, np.nan)


def _interval(values: Floats) -> Interval:
    if np.isnan(values).mean() > 0.5:
        return Interval(None, None)
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return Interval(float(low), float(high))


def calibration(sure: Floats, right: npt.NDArray[np.bool_]) -> list[Bin]:
    """The bins of `core.text.evaluation.calibration_error` that hold a comment."""
    of = np.minimum((sure * BINS).astype(int), BINS - 1)
    return [
        Bin(i / BINS, (i + 1) / BINS, int(at.sum()), float(sure[at].mean()), float(right[at].mean()))
        for i in range(BINS)
        if (at := of == i).any()
    ]


def risk_coverage(sure: Floats, right: npt.NDArray[np.bool_]) -> list[Kept]:
    """How right the machine is when the least sure are left to a person (ties: later rows are left)."""
    order = np.argsort(-sure, kind="stable")
    found = []
    for coverage in COVERAGES:
        kept = order[: round(coverage * len(order))]
        if len(kept):
            found.append(Kept(coverage, float(right[kept].mean())))
    return found


@dataclass(frozen=True)
class Detail:
    """All of it, of one set of labelled comments."""

    intervals: Intervals
    codes: list[str]
    confusion: list[list[int]]
    calibration: list[Bin]
    risk_coverage: list[Kept]


def detail(labels: pd.DataFrame, readings: Sequence[Reading]) -> Detail:
    """Of rows of `core.text.labelled.usable` and their readings; the column `file` names the hand."""
    truth, said = list(labels["area_primary"]), [reading.area for reading in readings]
    right = np.array([a == b for a, b in zip(truth, said, strict=True)], dtype=bool)
    sure = np.array([reading.probability for reading in readings], dtype=float)
    hands = list(labels["file"]) if "file" in labels else ["one"] * len(truth)
    codes, table = confusion(truth, said)
    return Detail(
        intervals=intervals(truth, said, hands),
        codes=codes,
        confusion=table.tolist(),
        calibration=calibration(sure, right),
        risk_coverage=risk_coverage(sure, right),
    )


def told(found: Detail) -> dict[str, Any]:
    """The same as plain data for JSON: rows of bins and of coverages by name, intervals as [low, high]."""
    bounds = found.intervals
    return {
        "intervals": {
            "accuracy": list(bounds.accuracy),
            "macro_f1": list(bounds.macro_f1),
            "areas": {code: {k: list(v) for k, v in each.items()} for code, each in bounds.areas.items()},
            "by_hand": bounds.by_hand,
        },
        "codes": found.codes,
        "confusion": found.confusion,
        "calibration": [each._asdict() for each in found.calibration],
        "risk_coverage": [each._asdict() for each in found.risk_coverage],
    }

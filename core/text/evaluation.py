"""How well comments were read: readings beside labels, as figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.text.reading import Reading

# The share of comments a person looks at first: those the classifier is least sure of.
SET_ASIDE = 0.2
BINS = 10


@dataclass(frozen=True)
class OfArea:
    """How well one area was recognised; None where nothing was said of it or nothing is of it."""

    n: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class Evaluation:
    """Figures of one set of labelled comments; shares from 0 to 1, None where there is nothing to divide by.

    `top_2`: the label is among the two likeliest areas. `ece`: by how much probabilities differ from shares
    right, over ten bins. `risk`: the share wrong when the SET_ASIDE least sure are left to a person.
    """

    n: int
    accuracy: float | None
    macro_f1: float | None
    top_2: float | None
    secondary_micro_f1: float | None
    sentiment_macro_f1: float | None
    intent_macro_f1: float | None
    urgent_recall: float | None
    urgent_precision: float | None
    ece: float | None
    risk: float | None
    abstained: float | None
    areas: dict[str, OfArea]


def evaluate(
    labels: pd.DataFrame, readings: Sequence[Reading], likeliest: Sequence[Sequence[str]]
) -> Evaluation:
    """Compare rows of `core.text.labelled.usable` with their readings and their likeliest areas."""
    truth, said = list(labels["area_primary"]), [reading.area for reading in readings]
    right = np.array([a == b for a, b in zip(truth, said, strict=True)], dtype=bool)
    sure = np.array([reading.probability for reading in readings], dtype=float)
    urgent = labels["urgent"].to_numpy(dtype=bool)
    rung = np.array([reading.urgent for reading in readings], dtype=bool)
    among = [area in two[:2] for area, two in zip(truth, likeliest, strict=True)]
    return Evaluation(
        n=len(truth),
        accuracy=_mean(right),
        macro_f1=macro_f1(truth, said),
        top_2=_mean(np.array(among)),
        secondary_micro_f1=_micro_f1(labels["areas_secondary"], readings),
        sentiment_macro_f1=macro_f1(list(labels["sentiment"]), [r.sentiment for r in readings]),
        intent_macro_f1=macro_f1(list(labels["intent"]), [r.intent for r in readings]),
        urgent_recall=_mean(rung[urgent]),
        urgent_precision=_mean(urgent[rung]),
        ece=calibration_error(sure, right),
        risk=risk(sure, right),
        abstained=_mean(np.array([reading.abstained for reading in readings])),
        areas=of_areas(truth, said),
    )


def of_areas(truth: Sequence[str], said: Sequence[str]) -> dict[str, OfArea]:
    """Precision, recall and F1 of each code that occurs in either, in alphabetical order."""
    found = {}
    for code in sorted({*truth, *said}):
        n, named = truth.count(code), said.count(code)
        hits = sum(a == b == code for a, b in zip(truth, said, strict=True))
        found[code] = OfArea(
            n=n,
            precision=hits / named if named else None,
            recall=hits / n if n else None,
            f1=2 * hits / (n + named),
        )
    return found


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float | None:
    """The mean F1 over the codes that occur among the labels or the readings."""
    scores = [area.f1 for area in of_areas(truth, said).values() if area.f1 is not None]
    return _mean(np.array(scores))


def _micro_f1(secondary: Iterable[str], readings: Sequence[Reading]) -> float | None:
    """F1 over all secondary areas of all comments together."""
    wanted = [{area for area in areas.split(";") if area} for areas in secondary]
    hits = sum(len(a & set(reading.areas)) for a, reading in zip(wanted, readings, strict=True))
    both = sum(map(len, wanted)) + sum(len(reading.areas) for reading in readings)
    return 2 * hits / both if both else None


def calibration_error(sure: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float | None:
    """Expected calibration error: |mean probability − share right| over ten equal bins, weighted by size."""
    if not len(sure):
        return None
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=sure - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(sure))


def risk(sure: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float | None:
    """The share wrong among what is left when the SET_ASIDE least sure are taken out (ties: later rows)."""
    kept = np.argsort(-sure, kind="stable")[: len(sure) - round(SET_ASIDE * len(sure))]
    return _mean(~right[kept])


def _mean(values: npt.NDArray[np.generic]) -> float | None:
    return float(values.astype(float).mean()) if len(values) else None

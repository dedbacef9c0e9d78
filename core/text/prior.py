"""A classifier of the lexicon alone: what a portal reads with before anybody has labelled a comment."""

from __future__ import annotations

import numpy as np

from core.text.features import Floats, Ints
from core.text.lexicon import LEXICON_SCALE, Lexicon
from core.text.reader import DANGER_SCORE, Learned, Reader, Settled
from core.text.secondary import KNOWN
from models.taxonomy import AREA_LABELS, INTENTS, SENTIMENTS

AREAS, TONES, AIMS = tuple(AREA_LABELS), tuple(SENTIMENTS), tuple(INTENTS)
# One word of an area against none of another: right in about three of five comments.
ONE_WORD, TEMPERATURE = 1.0, 0.25
NEVER = -9.0


def of_lexicon(lexicon: Lexicon, version: str) -> Reader:
    """Areas by their words; without any a comment is `other` and abstained. Nothing is said of its tone."""
    settled = Settled(version, AREAS, TONES, AIMS, lexicon.words, TEMPERATURE, 0.4, 1.0, DANGER_SCORE)
    weights = np.zeros((len(lexicon.areas), settled.outputs), dtype=np.float32)
    for row, area in enumerate(lexicon.areas):
        weights[row, AREAS.index(area)] = ONE_WORD / LEXICON_SCALE
    offsets = np.zeros(settled.outputs, dtype=np.float32)
    offsets[AREAS.index("other")] = 0.01
    offsets[2 * len(AREAS) + TONES.index("neu")] = offsets[-1 - len(AIMS) + AIMS.index("none")] = 1
    besides = np.hstack([np.zeros((len(AREAS), KNOWN)), np.full((len(AREAS), len(AREAS)), NEVER)])
    return Reader(settled, Learned.of(_no_features(), weights, offsets, besides))


def _no_features() -> tuple[Ints, Floats]:
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)

"""Reading comments with a trained classifier: numpy and a table of weights, no scikit-learn."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.text.danger import dangers_of
from core.text.explain import Spoke, explain
from core.text.features import Floats, Ints, Whole, columns_of, hashed, summed, weighed
from core.text.lexicon import Lexicon, lexicon_part
from core.text.normal import normalised
from core.text.reading import Reading
from core.text.secondary import KNOWN, beside, chances, named, without

# Texts read together.
CHUNK = 2_000
# Weights are kept as whole numbers up to this.
LARGEST_WHOLE = np.iinfo(np.int16).max
# What words of danger add to the detector's score.
DANGER_SCORE = 0.3
# Of a text in another language next to nothing is known, however sure the rest looks.
FEWEST_KNOWN = 0.15
# A text without a letter or a digit says nothing of any area: that is no guess.
NO_WORDS = Reading("other", (), 1.0, "neu", "none", urgent=False, abstained=False)

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Raw scores of texts, their lexicon features, and which share of each text's features is known."""

    scores: Scores
    words: Floats
    known: Scores


@dataclass(frozen=True)
class Settled:
    """What training settled besides weights: names of the outputs, calibration and thresholds."""

    version: str
    areas: tuple[str, ...]
    sentiments: tuple[str, ...]
    intents: tuple[str, ...]
    lexicon: dict[str, tuple[str, ...]]
    temperature: float
    abstain_below: float
    secondary_from: float
    urgent_from: float

    @property
    def outputs(self) -> int:
        """How many scores a text gets: areas, secondary areas, sentiments, intents, urgent."""
        return 2 * len(self.areas) + len(self.sentiments) + len(self.intents) + 1


@dataclass(frozen=True)
class Learned:
    """What training learned, as arrays.

    `buckets` are the hashed features known, ascending, `idf` their inverse document frequencies. `weights`,
    to be multiplied by `scale`, has a row for each of them, then for each area of the lexicon; its columns,
    like `scale` and `offsets`, are areas, secondary areas, sentiments, intents, urgent. `beside` is what
    `core.text.secondary.chances` takes.
    """

    buckets: Ints
    idf: Floats
    weights: Whole
    scale: Floats
    offsets: Floats
    beside: Scores

    @classmethod
    def of(
        cls, features: tuple[Ints, Floats], weights: Scores | Floats, offsets: Scores | Floats, beside: Scores
    ) -> Learned:
        """Keep weights rounded to a 65 000th of their output's range: half the memory, the same readings."""
        largest = np.abs(weights).max(axis=0, initial=0)
        scale = np.where(largest > 0, largest, 1) / LARGEST_WHOLE
        whole = np.round(weights / scale).astype(np.int16)
        return cls(*features, whole, scale.astype(np.float32), offsets.astype(np.float32), beside)


class Reader:
    """A classifier ready to read; raises ValueError when its parts do not fit each other."""

    def __init__(self, settled: Settled, learned: Learned) -> None:
        self.settled, self.learned = settled, learned
        self.lexicon = Lexicon(settled.lexicon)
        rows, areas = len(learned.buckets) + len(self.lexicon.areas), len(settled.areas)
        if (
            len(learned.idf) != len(learned.buckets)
            or learned.weights.shape != (rows, settled.outputs)
            or learned.offsets.shape != (settled.outputs,)
            or learned.scale.shape != (settled.outputs,)
            or learned.beside.shape != (areas, KNOWN + areas)
        ):
            raise ValueError("weights, features and outputs do not fit each other")
        self.column = columns_of(learned.buckets)
        self._by_word = learned.weights[len(learned.idf) :] * learned.scale

    @property
    def version(self) -> str:
        """Name of this version: a digest of the data it learned from and of the way it learns."""
        return self.settled.version

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order; any text at all can be read."""
        found: list[Reading] = []
        for start in range(0, len(texts), CHUNK):
            part = texts[start : start + CHUNK]
            plain = normalised(part)
            found += self._readings(part, plain, self._seen(plain))
        return found

    def explain(self, text: str) -> list[Spoke]:
        """The words that decided a comment's area: all its words, the weightiest first."""
        return sorted(explain(self, text), key=lambda spoke: -spoke.weight)

    def likeliest(self, texts: Sequence[str], n: int = 2) -> list[tuple[str, ...]]:
        """The n likeliest areas of each text, likeliest first: what a reviewer is offered."""
        areas, found = self.settled.areas, list[tuple[str, ...]]()
        for start in range(0, len(texts), CHUNK):
            scores = self.scores(normalised(texts[start : start + CHUNK]))
            order = np.argsort(-scores[:, : len(areas)], axis=1, kind="stable")[:, :n]
            found += [tuple(areas[a] for a in row) for row in order.tolist()]
        return found

    def scores(self, plain: Sequence[str]) -> Scores:
        """Raw scores of normalised texts, shape (texts, outputs)."""
        return self._seen(plain).scores

    def _seen(self, plain: Sequence[str]) -> _Seen:
        learned, features = self.learned, hashed(plain)
        place, value, start, length = weighed(features, self.column, learned.idf)
        words = lexicon_part(self.lexicon, plain)
        scores = summed(learned.weights, place, value, start) / length[:, None] * learned.scale
        scores += words @ self._by_word + learned.offsets
        known = np.diff(start) / np.maximum(features.n, 1)
        # Without a feature learned there is nothing to be known but the lexicon's words.
        return _Seen(scores.astype(float), words, known if len(learned.idf) else words.max(axis=1) > 0)

    def _readings(self, texts: Sequence[str], plain: Sequence[str], seen: _Seen) -> list[Reading]:
        settled = self.settled
        sizes = (len(settled.areas), len(settled.areas), len(settled.sentiments), len(settled.intents))
        area, also, sentiment, intent, urgent = np.split(seen.scores, np.cumsum(sizes), axis=1)
        probability, best = softmax(area / settled.temperature), area.argmax(axis=1)
        behind = without(probability, best)
        second, sure = behind.argmax(axis=1), probability.max(axis=1)
        columns = (
            _of(settled.areas, best),
            self._secondary(area, also, seen.words),
            sure.round(4).tolist(),
            _of(settled.sentiments, sentiment.argmax(axis=1)),
            _of(settled.intents, intent.argmax(axis=1)),
            self._urgent(texts, urgent[:, 0]).tolist(),
            ((sure < settled.abstain_below) | (seen.known < FEWEST_KNOWN)).tolist(),
            _of(settled.areas, second),
            behind.max(axis=1).round(4).tolist(),
        )
        read = map(Reading._make, zip(*columns, strict=True))
        return [
            reading if any(map(str.isalnum, text)) else NO_WORDS
            for reading, text in zip(read, plain, strict=True)
        ]

    def _urgent(self, texts: Sequence[str], score: Scores) -> npt.NDArray[np.bool_]:
        """Words of danger tip the balance; they are looked for only where they can."""
        said = score >= self.settled.urgent_from
        near = np.flatnonzero(~said & (score + DANGER_SCORE >= self.settled.urgent_from))
        said[near] = [bool(kinds) for kinds in dangers_of([texts[i] for i in near.tolist()])]
        return said

    def _secondary(self, area: Scores, also: Scores, words: Floats) -> list[tuple[str, ...]]:
        settled, best = self.settled, area.argmax(axis=1).tolist()
        known = beside(area, also, words, settled.temperature)
        chance = chances(known, best, self.learned.beside, other=settled.areas.index("other"))
        found = named(chance, settled.secondary_from)
        return [tuple(settled.areas[a] for a in each) if each else () for each in found]

    def save(self, path: Path) -> None:
        """Write to a file of this process's own, then rename: nobody ever sees half a classifier."""
        half = path.with_name(f".{path.stem}.{os.getpid()}.half.npz")
        np.savez(
            half,
            settled=np.frombuffer(json.dumps(asdict(self.settled)).encode(), dtype=np.uint8),
            buckets=self.learned.buckets.astype(np.int32),
            idf=self.learned.idf,
            weights=self.learned.weights,
            scale=self.learned.scale,
            offsets=self.learned.offsets,
            beside=self.learned.beside,
        )
        half.replace(path)

    @classmethod
    def load(cls, path: Path) -> Reader:
        """Read what `save` wrote; raises OSError when it cannot be opened, ValueError when it is torn."""
        try:
            with np.load(path, allow_pickle=False) as kept:
                plain: dict[str, Any] = json.loads(kept["settled"].tobytes())
                lists = {key: tuple(plain[key]) for key in ("areas", "sentiments", "intents")}
                lexicon = {area: tuple(words) for area, words in plain["lexicon"].items()}
                settled = Settled(**(plain | lists | {"lexicon": lexicon}))
                buckets, names = (
                    kept["buckets"].astype(np.int64),
                    ("idf", "weights", "scale", "offsets", "beside"),
                )
                return cls(settled, Learned(buckets, *(kept[name] for name in names)))
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError, TypeError) as error:
            raise ValueError(f"{path.name} is torn") from error


def _of(names: Sequence[str], places: npt.NDArray[np.int64]) -> list[str]:
    return [names[place] for place in places.tolist()]


def softmax(scores: Scores) -> Scores:
    """Scores as probabilities, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))

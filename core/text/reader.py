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

from core.text.danger import dangers
from core.text.features import BUCKETS, Floats, Ints, count, damped, normalise
from core.text.lexicon import Lexicon
from core.text.reading import Reading

CHUNK = 512
MOST_SECONDARY = 2
# What a lexicon word weighs beside a text's unit-length row of character and word features.
LEXICON_SCALE = 0.05
# The detector denies a danger firmly below this score: then even words of danger do not count.
FIRM_DENIAL = -0.6
# Of a text in another language next to nothing is known, however sure the rest looks.
FEWEST_KNOWN = 0.15
# A text without a letter or a digit says nothing of any area: that is no guess.
NO_WORDS = Reading("other", (), 1.0, "neu", "none", urgent=False, abstained=False)

Scores = npt.NDArray[np.float64]


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
    secondary_slope: float
    secondary_offset: float
    secondary_from: float
    urgent_from: float

    @property
    def outputs(self) -> int:
        """How many scores a text gets: areas, secondary areas, sentiments, intents, urgent."""
        return 2 * len(self.areas) + len(self.sentiments) + len(self.intents) + 1


class Reader:
    """A classifier ready to read.

    `buckets` are the hashed features it knows, ascending, `idf` their inverse document frequencies. `weights`
    has a row for each of them and then for each area of the lexicon; its columns, like `offsets`, are areas,
    secondary areas, sentiments, intents, urgent. Raises ValueError when these do not fit each other.
    """

    def __init__(
        self, settled: Settled, buckets: Ints, idf: Floats, weights: Floats, offsets: Floats
    ) -> None:
        self.settled = settled
        self._lexicon = Lexicon(settled.lexicon)
        features = len(buckets) + len(self._lexicon.areas)
        fitting = len(idf) == len(buckets) and weights.shape == (features, settled.outputs)
        if not fitting or offsets.shape != (settled.outputs,):
            raise ValueError("weights, features and outputs do not fit each other")
        self._buckets, self._idf, self._weights, self._offsets = buckets, idf, weights, offsets
        self._column = np.full(BUCKETS, -1, dtype=np.int32)
        self._column[buckets] = np.arange(len(buckets))

    @property
    def version(self) -> str:
        """Name of this version: a digest of the data it learned from and of the way it learns."""
        return self.settled.version

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order; any text at all can be read."""
        found: list[Reading] = []
        for start in range(0, len(texts), CHUNK):
            part = texts[start : start + CHUNK]
            plain = [normalise(text) for text in part]
            found += self._readings(part, plain, *self._scores(plain))
        return found

    def likeliest(self, texts: Sequence[str], n: int = 2) -> list[tuple[str, ...]]:
        """The n likeliest areas of each text, likeliest first: what a reviewer is offered."""
        areas, found = self.settled.areas, list[tuple[str, ...]]()
        for start in range(0, len(texts), CHUNK):
            scores, _ = self._scores([normalise(text) for text in texts[start : start + CHUNK]])
            order = np.argsort(-scores[:, : len(areas)], axis=1, kind="stable")[:, :n]
            found += [tuple(areas[a] for a in row) for row in order.tolist()]
        return found

    def _scores(self, plain: Sequence[str]) -> tuple[Scores, Scores]:
        """Raw scores of normalised texts, shape (texts, outputs), and which share of each text is known."""
        counted = count(plain)
        place, value, row = damped(counted, self._column, self._idf)
        scores = np.zeros((len(plain), self.settled.outputs))
        if len(place):
            starts = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
            scores[row[starts]] = np.add.reduceat(self._weights[place] * value[:, None], starts, axis=0)
        words = lexicon_part(self._lexicon, plain)
        known = np.bincount(row, minlength=len(plain)) / np.maximum(np.diff(counted.start), 1)
        return scores + words @ self._weights[len(self._idf) :] + self._offsets, known

    def _readings(
        self, texts: Sequence[str], plain: Sequence[str], scores: Scores, known: Scores
    ) -> list[Reading]:
        settled = self.settled
        sizes = (len(settled.areas), len(settled.areas), len(settled.sentiments), len(settled.intents))
        area, also, sentiment, intent, urgent = np.split(scores, np.cumsum(sizes), axis=1)
        probability = softmax(area / settled.temperature)
        best, sure = area.argmax(axis=1).tolist(), probability.max(axis=1).tolist()
        behind = probability.copy()
        behind[np.arange(len(best)), best] = -1
        second, next_sure = behind.argmax(axis=1).tolist(), behind.max(axis=1).tolist()
        tone, aim = sentiment.argmax(axis=1).tolist(), intent.argmax(axis=1).tolist()
        beside = self._secondary(also, best)
        return [
            Reading(
                area=settled.areas[best[i]],
                areas=beside[i],
                probability=round(sure[i], 4),
                sentiment=settled.sentiments[tone[i]],
                intent=settled.intents[aim[i]],
                urgent=self._urgent(text, float(urgent[i, 0])),
                abstained=sure[i] < settled.abstain_below or bool(known[i] < FEWEST_KNOWN),
                second=settled.areas[second[i]],
                second_probability=round(next_sure[i], 4),
            )
            if any(map(str.isalnum, plain[i]))
            else NO_WORDS
            for i, text in enumerate(texts)
        ]

    def _urgent(self, text: str, score: float) -> bool:
        """Words of danger count when the detector does not firmly deny: a missed danger costs more."""
        return score >= self.settled.urgent_from or (score > FIRM_DENIAL and bool(dangers(text)))

    def _secondary(self, scores: Scores, best: Sequence[int]) -> list[tuple[str, ...]]:
        """Up to two areas beside the best of each text, likeliest first; `other` never stands beside one."""
        settled, rows = self.settled, np.arange(len(scores))
        other = settled.areas.index("other")
        chance = 1 / (1 + np.exp(-(settled.secondary_slope * scores + settled.secondary_offset)))
        chance[rows, best] = chance[:, other] = 0
        chance[np.asarray(best, dtype=np.int64) == other] = 0
        found: list[tuple[str, ...]] = [()] * len(scores)
        for i in np.flatnonzero(chance.max(axis=1, initial=0) >= settled.secondary_from).tolist():
            likeliest = np.argsort(-chance[i], kind="stable")[:MOST_SECONDARY]
            found[i] = tuple(settled.areas[a] for a in likeliest if chance[i, a] >= settled.secondary_from)
        return found

    def save(self, path: Path) -> None:
        """Write to a file of this process's own, then rename: nobody ever sees half a classifier."""
        half = path.with_name(f".{path.stem}.{os.getpid()}.half.npz")
        np.savez(
            half,
            settled=np.frombuffer(json.dumps(asdict(self.settled)).encode(), dtype=np.uint8),
            buckets=self._buckets.astype(np.int32),
            idf=self._idf.astype(np.float32),
            weights=self._weights.astype(np.float32),
            offsets=self._offsets.astype(np.float32),
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
                buckets = kept["buckets"].astype(np.int64)
                return cls(settled, buckets, kept["idf"], kept["weights"], kept["offsets"])
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError, TypeError) as error:
            raise ValueError(f"{path.name} is torn") from error


def lexicon_part(lexicon: Lexicon, plain: Sequence[str]) -> Floats:
    """The lexicon's features of normalised texts, damped and scaled; shape (texts, areas)."""
    return np.asarray(np.log1p(lexicon.counts(plain)) * LEXICON_SCALE, dtype=np.float32)


def softmax(scores: Scores) -> Scores:
    """Scores as probabilities, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))

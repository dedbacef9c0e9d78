"""What is learned from: labels and features of labelled comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix, diags, hstack

from core.text.danger import dangers_of
from core.text.features import BUCKETS, NOTHING, Floats, Ints, hashed
from core.text.lexicon import Lexicon, lexicon_part
from core.text.normal import normalised
from models.taxonomy import AREA_LABELS, INTENTS, SENTIMENTS

AREAS, TONES, AIMS = tuple(AREA_LABELS), tuple(SENTIMENTS), tuple(INTENTS)
SMALLEST_DOCUMENTS = 3

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Targets:
    """What is to be learned, one row a comment."""

    area: Ints
    named: Flags
    sentiment: Ints
    intent: Ints
    urgent: Flags

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Targets:
        """The targets of labelled rows; `named` says for each area whether it is the first or a secondary."""
        pairs = zip(rows["area_primary"], rows["areas_secondary"], strict=True)
        said = [{first, *second.split(";")} for first, second in pairs]
        codes = [
            np.array([names.index(value) for value in rows[column]], dtype=np.int64)
            for column, names in (("area_primary", AREAS), ("sentiment", TONES), ("intent", AIMS))
        ]
        named = np.array([[area in areas for area in AREAS] for areas in said])
        return cls(codes[0], named, codes[1], codes[2], rows["urgent"].to_numpy(dtype=bool))

    def at(self, rows: Ints) -> Targets:
        """The targets of some of the rows."""
        return Targets(*(each[rows] for each in astuple(self)))


@dataclass(frozen=True)
class Seen:
    """What is seen in the texts learned from: features, lexicon features, words of danger.

    `counts` says how often each text has the feature of each bucket, shape (texts, BUCKETS).
    """

    counts: csr_matrix
    words: Floats
    danger: Flags

    @classmethod
    def of(cls, texts: Sequence[str], lexicon: Lexicon) -> Seen:
        """See texts."""
        plain = normalised(texts)
        features = hashed(plain)
        row = np.repeat(np.arange(len(plain)), np.diff(features.start))
        said = np.flatnonzero(features.bucket != NOTHING)
        once, shape = np.ones(len(said), dtype=np.float32), (len(plain), BUCKETS)
        return cls(
            # Where a feature stands twice its ones are added up.
            csr_matrix((once, (row[said], features.bucket[said])), shape),
            lexicon_part(lexicon, plain),
            np.array([bool(kinds) for kinds in dangers_of(texts)], dtype=bool),
        )

    def vocabulary(self, learn: Ints) -> tuple[Ints, Floats]:
        """Features in enough of the texts learned from: their buckets, ascending, and their idf."""
        documents = np.bincount(self.counts[learn].indices, minlength=BUCKETS)
        buckets = np.flatnonzero(documents >= SMALLEST_DOCUMENTS)
        idf = np.log((1 + len(learn)) / (1 + documents[buckets])) + 1
        return buckets.astype(np.int64), idf.astype(np.float32)

    def matrix(self, buckets: Ints, idf: Floats) -> csr_matrix:
        """All texts' features: hashed ones as `core.text.features.weighed` has them, then the lexicon's."""
        counts = self.counts[:, buckets]
        squares = counts @ (idf * idf)
        squares[squares == 0] = 1
        return csr_matrix(hstack([diags(1 / np.sqrt(squares)) @ counts @ diags(idf), csr_matrix(self.words)]))

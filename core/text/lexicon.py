"""Words known before anybody labelled a comment (data/lexicon): which service area they speak for."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.text.beginnings import Beginnings
from core.text.normal import PART, normalise

Floats = npt.NDArray[np.float32]

# What a word weighs beside a text's row of hashed features, whose length is 1.
LEXICON_SCALE = 0.05


class Lexicon:
    """Counts each area's words; `areas` is the order of the columns.

    A word has two characters at least: a text is searched by the first two of each place.
    """

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self.words = {area: tuple(map(normalise, words[area])) for area in words}
        self.areas = tuple(words)
        self._beginning: dict[str, list[tuple[str, int]]] = defaultdict(list)
        spoken = [(word, i) for i, area in enumerate(self.areas) for word in self.words[area]]
        for word, i in sorted(spoken, key=lambda known: -len(known[0])):
            if len(word) < 2:
                raise ValueError(f"areas.toml: a word needs two characters at least: {word}")
            self._beginning[word[:2]].append((word, i))
        self._begins = Beginnings(self._beginning)

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Read the folder's `areas.toml`: for each area its words, parted by blanks.

        Raises OSError or ValueError (no such table, a word of one character).
        """
        areas = tomllib.loads((folder / "areas.toml").read_text(encoding="utf8"))
        return cls({area: words.split() for area, words in areas.items()})

    def counts(self, plain: Sequence[str]) -> Floats:
        """How often each area's words occur in normalised texts, shape (texts, areas)."""
        width = len(self.areas)
        said = chain.from_iterable(self.places(PART.join(plain)))
        begin, _, area = np.fromiter(said, dtype=np.int64).reshape(-1, 3).T
        row = np.searchsorted(np.cumsum([len(text) + 1 for text in plain]), begin, side="right")
        cells = np.bincount(row * width + area, minlength=len(plain) * width)
        return cells.reshape(len(plain), width).astype(np.float32)

    def places(self, text: str) -> list[tuple[int, int, int]]:
        """(begin, size, column of its area) of each word in a normalised text, or in several joined by PART.

        Where words overlap the one that begins first counts, of those the longest.
        """
        known, found, at = self._beginning, list[tuple[int, int, int]](), 0
        # Most places begin no word: they are passed over without a look at the text.
        for begin in self._begins.places(text):
            for word, area in known.get(text[begin : begin + 2], ()) if begin >= at else ():
                if text.startswith(word, begin):
                    found.append((begin, len(word), area))
                    at = begin + len(word)
                    break
        return found


def lexicon_part(lexicon: Lexicon, plain: Sequence[str]) -> Floats:
    """The lexicon's features of normalised texts, damped and scaled; shape (texts, areas)."""
    return np.asarray(np.log1p(lexicon.counts(plain)) * LEXICON_SCALE, dtype=np.float32)

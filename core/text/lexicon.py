"""The words that speak for a service area (data/lexicon/areas.toml), counted in texts."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.text.features import normalise

Floats = npt.NDArray[np.float32]


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

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Read `areas.toml` in the folder: for each area its words, parted by blanks.

        Raises OSError or ValueError (no such table, a word of one character).
        """
        areas = tomllib.loads((folder / "areas.toml").read_text(encoding="utf8"))
        return cls({area: words.split() for area, words in areas.items()})

    def counts(self, plain: Sequence[str]) -> Floats:
        """How often each area's words occur in normalised texts, shape (texts, areas).

        Where words overlap the one that begins first counts, of those the longest.
        """
        found = np.zeros((len(plain), len(self.areas)), dtype=np.float32)
        for row, text in enumerate(plain):
            at = 0
            while at < len(text) - 1:
                at += self._count(text, at, found[row])
        return found

    def _count(self, text: str, at: int, found: Floats) -> int:
        """Count the word that begins at a place; how far to go on."""
        for word, area in self._beginning.get(text[at : at + 2], ()):
            if text.startswith(word, at):
                found[area] += 1
                return len(word)
        return 1

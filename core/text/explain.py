"""Why a comment was read as it was: the words that spoke for its area, and how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.text.features import KINDS, REACH, WORD, Hashed, Ints, Spelt, weighed
from core.text.lexicon import LEXICON_SCALE
from core.text.normal import normalise

if TYPE_CHECKING:
    from core.text.reader import Reader

Scores = npt.NDArray[np.float64]
Toward = Callable[[Any], Scores]


@dataclass(frozen=True, slots=True)
class Spoke:
    """A word of a comment and its share in its area's lead over the next; below 0 it spoke against."""

    word: str
    weight: float


def explain(reader: Reader, text: str) -> list[Spoke]:
    """All words of a comment in its order, blanks left out.

    The classifier is linear, so the shares are exact: with the areas' offsets they make the lead.
    """
    plain = normalise(text)
    if not plain:
        return []
    spelt, toward = Spelt.of([plain]), _toward(reader, plain)
    sign = _of_hashed(reader, spelt, toward) + _of_lexicon(reader, plain, toward)
    return [
        Spoke(plain[a - 1 : a - 1 + n], float(sign[a : a + n].sum()))
        for a, n in zip(spelt.begin.tolist(), spelt.size.tolist(), strict=True)
        if plain[a - 1 : a - 1 + n].strip() and 0 < a <= len(plain)
    ]


def _toward(reader: Reader, plain: str) -> Toward:
    """What the features at some rows weigh for the likeliest area less what they weigh for the next."""
    names, weights, scale = reader.settled.areas, reader.learned.weights, reader.learned.scale
    first, next_ = (names.index(area) for area in reader.likeliest([plain])[0])
    # Of a few rows only: all of them are some hundred thousand.
    return lambda rows: np.asarray(
        weights[rows, first] * scale[first] - weights[rows, next_] * scale[next_], dtype=float
    )


def _of_hashed(reader: Reader, spelt: Spelt, toward: Toward) -> Scores:
    features = Hashed.of(spelt)
    place, value, _, length = weighed(features, reader.column, reader.learned.idf)
    known = np.flatnonzero(reader.column[features.bucket] >= 0)
    gain = value * toward(place) / length[0]
    begin, kind = np.divmod(known, KINDS)
    found, size = np.zeros(len(spelt.signs)), np.array(REACH)[kind]
    is_word = kind == WORD
    size[is_word] = spelt.size[np.searchsorted(spelt.begin, begin[is_word])]
    _spread(found, begin, size, gain)
    return found


def _of_lexicon(reader: Reader, plain: str, toward: Toward) -> Scores:
    found, places = np.zeros(len(plain) + 2), reader.lexicon.places(plain)
    row = len(reader.learned.idf)
    for area in {area for _, _, area in places}:
        said = np.array([(begin + 1, size) for begin, size, of in places if of == area], dtype=np.int64)
        gain = np.log1p(len(said)) * LEXICON_SCALE * float(toward(row + area)) / len(said)
        _spread(found, said[:, 0], said[:, 1], np.full(len(said), gain))
    return found


def _spread(found: Scores, begin: Ints, size: Ints, gain: Scores) -> None:
    """Give what a run of signs is worth to its signs in equal parts, none to the edges of the text."""
    last = len(found) - 2
    first, end = np.maximum(begin, 1), np.minimum(begin + size - 1, last)
    for offset in range(int(size.max(initial=0))):
        on = first + offset <= end
        np.add.at(found, first[on] + offset, gain[on] / (end - first + 1)[on])

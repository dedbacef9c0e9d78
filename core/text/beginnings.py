"""What a pattern's matches can begin with: most places of most texts are passed over without trying any.

Python tries every branch of a pattern at every place; sorted by their first two characters only those are
tried that can match there, a tenth of the time for hundreds of branches and the same answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import numpy as np
import numpy.typing as npt

from core.text.normal import PART

Signs = npt.NDArray[np.uint32]
# What a match begins with: up to two characters, and whether it may end there, so that what follows decides.
_Start = tuple[str, bool]
_NOTHING: _Start = ("", True)
_ANYTHING: _Start = ("", False)
_KNOWN = 2
_CELLS = np.uint32(1 << 16)


class Beginnings:
    """Finds the places of a text where one of some beginnings (one or two characters each) stands."""

    def __init__(self, beginnings: Iterable[str]) -> None:
        self._alone, self._pairs = np.zeros(_CELLS, dtype=bool), np.zeros(_CELLS, dtype=bool)
        for beginning in beginnings:
            signs = _signs(beginning)
            if len(beginning) == _KNOWN:
                self._pairs[_paired(signs)] = True
            else:
                self._alone[signs % _CELLS] = True

    def places(self, text: str) -> list[int]:
        """All places where one stands, ascending, and a few others: what is there must be looked at."""
        signs = _signs(text + PART)
        found = self._alone[signs[:-1] % _CELLS] | self._pairs[_paired(signs)]
        places: list[int] = np.flatnonzero(found).tolist()
        return places


class Patterns:
    """Many patterns as one; raises ValueError for one that can begin with anything, or match nothing."""

    def __init__(self, sources: Iterable[str]) -> None:
        found: dict[str, list[str]] = defaultdict(list)
        for source in sources:
            for beginning in beginnings(source):
                found[beginning].append(f"(?:{source})")
        alone = {beginning: each for beginning, each in found.items() if len(beginning) < _KNOWN}
        # Where two characters stand, what begins with the first of them alone is tried with it.
        tried = {beginning: alone.get(beginning[:-1], []) + each for beginning, each in found.items()}
        self._tried = {beginning: re.compile("|".join(each)) for beginning, each in tried.items()}
        self._places, self._first = Beginnings(found), {beginning[0] for beginning in found}

    def match(self, texts: Sequence[str]) -> list[bool]:
        """Whether any of the patterns matches somewhere in each text."""
        if len(texts) == 1:  # to find the places would cost more than to try them all
            text, first = texts[0], self._first
            return [any(self._stands(text, at) for at, sign in enumerate(text) if sign in first)]
        found = [False] * len(texts)
        end = np.cumsum([len(text) + 1 for text in texts])
        place = np.array(self._places.places(PART.join(texts)), dtype=np.int64)
        row = np.searchsorted(end, place, side="right")
        begin = np.concatenate([[0], end])[row]
        for i, at in zip(row.tolist(), (place - begin).tolist(), strict=True):
            found[i] = found[i] or self._stands(texts[i], at)
        return found

    def _stands(self, text: str, at: int) -> bool:
        pattern = self._tried.get(text[at : at + _KNOWN]) or self._tried.get(text[at : at + 1])
        return pattern is not None and pattern.match(text, at) is not None


def beginnings(source: str) -> set[str]:
    """One or two characters each match of the pattern begins with one of; ValueError as `Patterns` raises."""
    found = _starts(_parser.parse(source))
    if _NOTHING in found:
        raise ValueError(f"this pattern can match nothing at all: {source}")
    if _ANYTHING in found:
        raise ValueError(f"this pattern can begin with any character: {source}")
    texts = {text for text, _ in found}
    return {text for text in texts if text[:-1] not in texts}


def _starts(parts: Iterable[tuple[Any, Any]]) -> set[_Start]:
    """What a match of a parsed sequence can begin with."""
    found = {_NOTHING}
    for kind, given in parts:
        found = _then(found, _starts_of(str(kind), given))
    return found


def _then(found: set[_Start], more: set[_Start]) -> set[_Start]:
    """What the one and then the other can begin with."""
    longer = {(text + rest, ends) for text, open_ in found if open_ for rest, ends in more}
    known = {(text[:_KNOWN], ends and len(text) < _KNOWN) for text, ends in longer}
    return {start for start in found if not start[1]} | known


def _starts_of(kind: str, given: Any) -> set[_Start]:
    if kind == "LITERAL":
        return {(chr(given), True)}
    if kind == "IN" and all(str(one) in ("LITERAL", "RANGE") for one, _ in given):
        ends = (what if isinstance(what, tuple) else (what, what) for _, what in given)
        return {(chr(code), True) for first, last in ends for code in range(first, last + 1)}
    if kind == "BRANCH":
        return set().union(*map(_starts, given[1]))
    if kind == "SUBPATTERN":
        return _starts(given[-1])
    if kind == "MAX_REPEAT":
        least, most, repeated = given
        each, found, now = _starts(repeated), set[_Start](), {_NOTHING}
        for times in range(min(most, least + _KNOWN) + 1):
            found |= now if times >= least else set()
            now = _then(now, each)
        return found
    # Looks take nothing; of anything else the beginning is not known.
    return {_NOTHING} if kind in ("ASSERT", "ASSERT_NOT", "AT") else {_ANYTHING}


def _paired(signs: Signs) -> Signs:
    """A number below _CELLS for each two signs that follow each other; different ones may share it."""
    return (signs[:-1] * np.uint32(1103) + signs[1:]) % _CELLS


def _signs(text: str) -> Signs:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)

"""What one response adds to the tally: pairs (question, choice), with `*` for "asked"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from core.questionnaires.schema import Definition
from models.tally import ASKED

# A pair is one string, question + SEPARATOR + choice: a string keeps its hash, so counting millions of
# them costs half of what tuples cost.
SEPARATOR = "\x1f"
# The pseudo-question of areas: a person who ticked any item of an area counts once for it.
ANY = "any"
# Combinations of choices recur; beyond this many they are made anew instead of kept.
MOST_KEPT = 200_000


def pair(question: str, choice: object) -> str:
    """The pair of one question and one choice."""
    return f"{question}{SEPARATOR}{choice}"


RESPONSE = pair(ASKED, ASKED)


class Part:
    """The pairs one answer adds. The same answer is the same object: counting parts hashes one thing, not all
    the pairs in it."""

    __slots__ = ("pairs",)

    def __init__(self, *pairs: str) -> None:
        self.pairs = pairs


RESPONSE_PART = Part(RESPONSE)
Areas = tuple[str, ...]


class _Counter:
    """A definition compiled for counting; the part of an answer is made once and kept."""

    def __init__(self, definition: Definition) -> None:
        counted = [q for q in definition.questions if q.counted]
        needs = [q for q in counted if q.kind == "multiple" and q.eligible]
        one = [q.code for q in counted if q.kind in ("single", "scale")]
        one += [row.code for q in counted if q.kind == "matrix" for row in q.rows]
        # Whether a counted question takes several choices.
        self.several = dict.fromkeys(one, False)
        self.several |= {q.code: True for q in counted if q.kind in ("multiple", "rank")}
        self.needs = {q.code for q in needs}
        self.area = {(q.code, c.code): c.area for q in needs for c in q.choices if c.area}
        self.kept: dict[tuple[str, Any], tuple[Part, Areas]] = {}

    def make(self, key: tuple[str, Any]) -> tuple[Part, Areas]:
        """The part of one answer, (code, choice or choices), and the areas it touches."""
        code, value = key
        values = value if self.several[code] else (value,)
        areas = {self.area[code, one] for one in values if (code, one) in self.area}
        part = Part(pair(code, ASKED), *(pair(code, one) for one in values))
        return self._keep(key, (part, tuple(sorted(pair(ANY, area) for area in areas))))

    def any_area(self, areas: Areas) -> Part:
        """The part of the areas a response touches, each once."""
        found = self.kept.get((ANY, areas)) or self._keep(
            (ANY, areas), (Part(pair(ANY, ASKED), *dict.fromkeys(areas)), ())
        )
        return found[0]

    def _keep(self, key: tuple[str, Any], made: tuple[Part, Areas]) -> tuple[Part, Areas]:
        if len(self.kept) < MOST_KEPT:
            self.kept[key] = made
        return made


@lru_cache(maxsize=16)
def _counter(definition: Definition) -> _Counter:
    return _Counter(definition)


def parts(definition: Definition, answers: Mapping[str, Any]) -> list[Part]:
    """What one response adds to the tally, each pair in one part and at most once; see `contributions`."""
    counter = _counter(definition)
    several, kept = counter.several, counter.kept
    found = [RESPONSE_PART]
    areas: Areas = ()
    needs_asked = False
    for code, value in answers.items():
        many = several.get(code)
        if many is None:
            continue
        key = (code, tuple(value) if many else value)
        part, touched = kept.get(key) or counter.make(key)
        found.append(part)
        if many and code in counter.needs:
            needs_asked, areas = True, areas + touched
    if needs_asked:
        found.append(counter.any_area(areas))
    return found


def contributions(definition: Definition, answers: Mapping[str, Any]) -> list[str]:
    """The pairs one response adds, each at most once.

    (`*`, `*`) counts the response; (question, `*`) that it was answered; (question, choice) each choice;
    (`any`, area) each area of which a need item was ticked. What other members of the household need is
    counted under its own question and never under `any`.
    """
    return [each for part in parts(definition, answers) for each in part.pairs]

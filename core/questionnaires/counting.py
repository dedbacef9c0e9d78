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


class _Counter:
    """A definition compiled for counting; the pairs of an answer are made once and kept."""

    def __init__(self, definition: Definition) -> None:
        counted = [q for q in definition.questions if q.counted]
        needs = [q for q in counted if q.kind == "multiple" and q.eligible]
        self.several = {q.code for q in counted if q.kind in ("multiple", "rank")}
        self.one = {q.code for q in counted if q.kind in ("single", "scale")}
        self.one |= {row.code for q in counted if q.kind == "matrix" for row in q.rows}
        self.needs = {q.code for q in needs}
        self.area = {(q.code, c.code): c.area for q in needs for c in q.choices if c.area}
        self.kept: dict[tuple[str, Any], tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def of(self, code: str, values: tuple[Any, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The pairs of one answer and the areas it touches."""
        found = self.kept.get((code, values))
        if found is None:
            areas = {self.area[code, value] for value in values if (code, value) in self.area}
            pairs = (pair(code, ASKED), *(pair(code, value) for value in values))
            found = pairs, tuple(sorted(pair(ANY, area) for area in areas))
            if len(self.kept) < MOST_KEPT:
                self.kept[code, values] = found
        return found


@lru_cache(maxsize=16)
def _counter(definition: Definition) -> _Counter:
    return _Counter(definition)


def contributions(definition: Definition, answers: Mapping[str, Any]) -> list[str]:
    """The pairs one response adds, each at most once.

    (`*`, `*`) counts the response; (question, `*`) that it was answered; (question, choice) each choice;
    (`any`, area) each area of which a need item was ticked. What other members of the household need is
    counted under its own question and never under `any`.
    """
    counter = _counter(definition)
    pairs = [RESPONSE]
    areas: tuple[str, ...] = ()
    needs_asked = False
    for code, value in answers.items():
        if code in counter.one:
            pairs += counter.of(code, (value,))[0]
        elif code in counter.several:
            added, touched = counter.of(code, tuple(value))
            pairs += added
            if code in counter.needs:
                needs_asked, areas = True, areas + touched
    if needs_asked:
        pairs.append(pair(ANY, ASKED))
        pairs += dict.fromkeys(areas)
    return pairs

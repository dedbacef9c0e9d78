"""What the demo's synthetic people answer, in the planted shares of data/seed/answers.yaml."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from core.actions.demo_people import Person
from core.actions.seed_draw import Floats, one_each, ranked, several
from core.questionnaires.logic import is_asked, piped_choices
from core.questionnaires.schema import Definition, Question

FIVE = (1, 2, 3, 4, 5)
NO_ANSWER = 8
# How much of a rating is the person's disposition, beside chance.
DISPOSED = 1.2
Sheet = dict[str, Any]


class Filling:
    """Fills the sheets of all persons, question by question in the questionnaire's order."""

    def __init__(
        self,
        rng: np.random.Generator,
        plan: Mapping[str, Any],
        definition: Definition,
        people: Sequence[Person],
    ) -> None:
        self._rng, self._definition, self._people = rng, definition, people
        self._several = {**plan["needs_items"], **plan["several"]}
        self._single, self._rating = plan["single"], {**plan["rating"], "overall": plan["overall"]}
        self._content = rng.standard_normal(len(people))
        self.sheets: list[Sheet] = [_start(person) for person in people]

    def fill(self) -> list[Sheet]:
        """The answers of each person; `grid` still holds codes."""
        for question in self._definition.questions:
            asked = [i for i in range(len(self._people)) if self._is_asked(question, i)]
            if question.piped_from:
                self._most_urgent(question, asked)
            elif question.kind == "matrix":
                for row in question.rows:
                    self._rate(row.code, asked)
            elif question.code == "overall":
                for part, shares in self._parts(self._rating["overall"], asked):
                    self._put(question.code, part, ranked(self._mood(part), shares))
            elif question.code in self._several:
                self._tick(question, asked)
            elif question.code in self._single:
                for part, shares in self._parts(self._single[question.code], asked):
                    self._put(question.code, part, one_each(self._rng, len(part), shares))
        return self.sheets

    def _is_asked(self, question: Question, i: int) -> bool:
        on_form = question.short or not self._people[i].short
        return on_form and is_asked(self._definition, question, self.sheets[i])

    def _parts(
        self, spec: Mapping[str, Any], asked: Sequence[int]
    ) -> Iterator[tuple[list[int], dict[Any, float]]]:
        """Those asked, in the parts that share a plan: by grid, by age class or all together."""
        key: Callable[[Person], str] = {
            "grid": lambda person: person.grid,
            "class": lambda person: person.age_class,
            "all": lambda _: "",
        }[spec["by"]]
        parts: dict[str, list[int]] = defaultdict(list)
        for i in asked:
            parts[key(self._people[i])].append(i)
        for name in sorted(parts):
            yield parts[name], shares_of(spec, name)

    def _tick(self, question: Question, asked: Sequence[int]) -> None:
        spec = self._several[question.code]
        alone = [choice.code for choice in question.choices if choice.exclusive]
        for part, shares in self._parts(spec, asked):
            ages = [self._people[i].age for i in part]
            taken = several(
                self._rng,
                shares,
                n=len(part),
                most=question.most or len(question.choices),
                alone=alone,
                lean=_leaning(spec.get("lean", {}), ages),
            )
            if question.required:  # in a part of two or three the rounded shares may not go round
                likeliest = max((code for code in shares if code not in alone), key=lambda c: shares[c])
                taken = [codes or [likeliest] for codes in taken]
            self._put(question.code, part, taken)

    def _most_urgent(self, question: Question, asked: Sequence[int]) -> None:
        for i in asked:
            offered = piped_choices(self._definition, question, self.sheets[i])
            self.sheets[i][question.code] = offered[int(self._rng.integers(len(offered)))].code

    def _rate(self, code: str, asked: Sequence[int]) -> None:
        *shares, unsure = self._rating[code]
        order = self._rng.permutation(len(asked))
        k = round(unsure * len(asked))
        without, rated = [asked[j] for j in order[:k]], [asked[j] for j in order[k:]]
        self._put(code, without, [NO_ANSWER] * k)
        mood = self._mood(rated) if code.startswith("sat") else self._rng.standard_normal(len(rated))
        self._put(code, rated, ranked(mood, dict(zip(FIVE, shares, strict=True))))

    def _mood(self, part: Sequence[int]) -> Floats:
        found: Floats = DISPOSED * self._content[list(part)] + self._rng.standard_normal(len(part))
        return found

    def _put(self, code: str, part: Sequence[int], values: Sequence[Any]) -> None:
        for i, value in zip(part, values, strict=True):
            if value != []:
                self.sheets[i][code] = value


def shares_of(spec: Mapping[str, Any], part: str) -> dict[Any, float]:
    """The planted shares of one part (a grid's code, an age class): the general ones with its own on top.

    Where the part lists all codes (the shares of a single choice), these are the whole.
    """
    return {**spec["share"], **(spec.get("grids") or spec.get("classes") or {}).get(part, {})}


def _start(person: Person) -> Sheet:
    sheet: Sheet = {"consent": 1, "who": person.who, "sex": person.sex, "age": person.age}
    if person.who == 3:
        sheet["guardian"] = 1
    return sheet


def _leaning(lean: Mapping[Any, Mapping[int, float]], ages: Sequence[int]) -> Callable[[Any], Floats]:
    return lambda code: np.array([lean.get(code, {}).get(age, 1.0) for age in ages])

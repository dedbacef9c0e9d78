"""A questionnaire as steps of plain pages: no step needs an answer given on the same step.

Without a script a page cannot change while it is filled in, so a section is cut after a question that a
later one of it depends on. 长辈版 asks one thing a step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from itertools import groupby
from typing import Any

from core.questionnaires.conditions import parse
from core.questionnaires.logic import conditions, keys_of
from core.questionnaires.schema import Definition, Question, Section
from core.questionnaires.screens import screens


def steps(
    definition: Definition, answers: Mapping[str, Any], *, key: str, further: bool = False, one: bool = False
) -> list[Section]:
    """The steps for this person, in order. `key` is the sheet's; `one` asks a single thing a step."""
    cut = _singly if one else partial(_together, definition)
    return [
        section.model_copy(update={"questions": questions})
        for section in screens(definition, answers, further=further, key=key)
        for questions in cut(section.questions)
    ]


def step_keys(section: Section) -> tuple[str, ...]:
    """The codes the answers of a step are kept under; the first of them is the step's name."""
    return tuple(key for question in section.questions for key in keys_of(question))


def step_at(found: list[Section], name: str) -> int | None:
    """The place of the step that asks `name`; None when nothing of that name is asked."""
    return next((i for i, section in enumerate(found) if name in step_keys(section)), None)


def _together(definition: Definition, questions: tuple[Question, ...]) -> Iterator[tuple[Question, ...]]:
    """The questions that may stand on one step, whatever has been answered so far."""
    for _, found in groupby(questions, key=lambda question: _group(definition)[question.code]):
        yield tuple(found)


def _singly(questions: tuple[Question, ...]) -> Iterator[tuple[Question, ...]]:
    for question in questions:
        if question.rows:
            yield from ((question.model_copy(update={"rows": (row,)}),) for row in question.rows)
        else:
            yield (question,)


@lru_cache(maxsize=16)
def _group(definition: Definition) -> dict[str, int]:
    """The step each question belongs to, numbered: a new one begins after a question a later one needs."""
    found: dict[str, int] = {}
    number = 0
    for section in definition.sections:
        number += 1
        codes = [question.code for question in section.questions]
        begin = 0
        for place, code in enumerate(codes):
            needed = _depends_on(definition)[code]
            last = max((i for i in range(begin, place) if codes[i] in needed), default=None)
            if last is not None:
                number, begin = number + 1, last + 1
                found |= dict.fromkeys(codes[begin:place], number)
            found[code] = number
    return found


@lru_cache(maxsize=16)
def _depends_on(definition: Definition) -> dict[str, frozenset[str]]:
    """The questions whose answers decide whether a question is asked, or what it offers."""
    found = {}
    for question in definition.questions:
        codes = set(question.piped_from)
        if condition := conditions(definition).get(question.code):
            codes |= condition.names
        for choice in question.choices:
            if choice.only:
                codes |= parse(choice.only).names
        found[question.code] = frozenset(codes)
    return found

"""One questionnaire cut into screens, for either door: the short form first, further questions if wanted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import Any

from core.questionnaires.answers import check
from core.questionnaires.logic import is_asked, prune
from core.questionnaires.schema import Definition, Question, Section


@lru_cache(maxsize=32)
def _parts(definition: Definition, further: bool) -> tuple[Section, ...]:
    """The sections with their short (●) or their further questions; without any ● all are short."""
    marked = any(question.short for question in definition.questions)
    cut = []
    for section in definition.sections:
        wanted = tuple(q for q in section.questions if (not q.short if further else q.short) or not marked)
        if wanted and (marked or not further):
            cut.append(section.model_copy(update={"questions": wanted}))
    return tuple(cut)


def has_further(definition: Definition) -> bool:
    """Whether the questionnaire has questions beyond the short form."""
    return bool(_parts(definition, True))


def screens(
    definition: Definition, answers: Mapping[str, Any], *, further: bool = False, key: str = ""
) -> list[Section]:
    """The screens for this person, in order; each holds only the questions that are asked.

    A screen all of whose questions are skipped is left out. With `further`, the screens beyond the short
    form follow it. `key` is the sheet's: it decides which rows of a matrix with `draw` this person is asked.
    """
    sections = _parts(definition, False) + (_parts(definition, True) if further else ())
    kept = prune(definition, answers)  # an answer given on a path since left must open no question
    asked = [
        (s, tuple(drawn(q, key) for q in s.questions if is_asked(definition, q, kept))) for s in sections
    ]
    return [s.model_copy(update={"questions": questions}) for s, questions in asked if questions]


def drawn(question: Question, key: str) -> Question:
    """The question with the rows this person is asked; always the same ones for one sheet.

    Rows are drawn by their place, so two matrices over the same rows ask about the same things.
    """
    if not key or not 0 < question.draw < len(question.rows):
        return question
    places = Random(key).sample(range(len(question.rows)), question.draw)
    return question.model_copy(update={"rows": tuple(question.rows[i] for i in sorted(places))})


def problems_on(definition: Definition, section: Section, answers: Mapping[str, Any]) -> dict[str, str]:
    """Question code → sentence, for what is wrong on one screen; empty when one may go on."""
    here = {question.code for question in section.questions}
    found = check(definition, answers).problems
    return {problem.question: problem.sentence() for problem in found if problem.question in here}

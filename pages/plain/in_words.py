"""A stored sheet in words: each question that was answered, with the labels of what was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from core.questionnaires.logic import piped_choices
from core.questionnaires.schema import Choice, Definition, Question
from core.words import say
from pages.parts.questions import Places


class Told(NamedTuple):
    """One question and its answer, as the author reads them."""

    question: str
    answer: str


def in_words(
    definition: Definition, answers: Mapping[str, Any], texts: Sequence[str], *, places: Places
) -> list[Told]:
    """Every answer of a sheet in words. `texts` answer the open questions, in their order.

    A code that the questionnaire does not know (any more) is shown as it is: nothing is kept back.
    """
    left = iter(texts)
    found: list[Told] = []
    for question in definition.questions:
        if question.kind == "text":
            found += [Told(question.text, written) for written in [next(left, "")] if written]
        else:
            found += _told(definition, question, answers, places)
    return found


def _told(
    definition: Definition, question: Question, answers: Mapping[str, Any], places: Places
) -> Iterator[Told]:
    for row in question.rows:
        if row.code in answers:
            asked = say("door.receipt.answers.row", question=question.text, row=row.label)
            yield Told(asked, _labels(question.choices, answers[row.code]))
    given, other = answers.get(question.code), answers.get(f"{question.code}_other")
    if given is None and not other:
        return
    if question.kind == "place":
        words = _place(given or {}, places)
    elif question.kind == "number":
        words = str(given)
    else:
        piped = bool(question.piped_from)
        words = _labels(piped_choices(definition, question, answers) if piped else question.choices, given)
    if other:
        words = say("door.receipt.answers.other", label=words, written=other)
    yield Told(question.text, words)


def _labels(choices: Sequence[Choice], given: Any) -> str:
    known = {choice.code: choice.label for choice in choices}
    taken = given if isinstance(given, list) else [given]
    return say("resident.receipt.and").join(known.get(code, str(code)) for code in taken)


def _place(given: Mapping[str, int], places: Places) -> str:
    grid, building = given.get("grid") or 0, given.get("building") or 0
    names = [dict(places.grids).get(grid, ""), dict(places.buildings.get(grid, [])).get(building, "")]
    return " ".join(filter(None, names)) or say("door.step.where_unknown")

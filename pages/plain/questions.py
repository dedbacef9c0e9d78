"""One question on a plain page: what the template draws, and what a form's fields say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.questionnaires.answers import CHILD
from core.questionnaires.logic import keys_of, offered
from core.questionnaires.schema import Choice, Definition, Question
from core.redaction import clean
from core.words import say
from pages.plain.visit import MOST_VALUE, Form

# Anything longer can be no code of a choice or a place.
MOST_CODE = 40
UNKNOWN = "0"
# In full-width signs, at 360 pixels and the letters of the ordinary pages.
PAIR_WIDTH = 5.5


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: its code as the form sends it, its words, whether it is taken or takes an addition."""

    value: str
    label: str
    taken: bool
    other: bool = False
    guardian: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """One question, or one row of a matrix, as the template draws it."""

    name: str
    kind: str
    legend: str
    hint: str
    note: str
    problem: str
    options: tuple[Option, ...] = ()
    value: str = ""
    other: str = ""
    guardian: bool = False
    ranks: tuple[tuple[str, str], ...] = ()
    ordered: bool = False
    consent: bool = False

    @property
    def pairs(self) -> bool:
        """Whether the choices' words are short enough to stand two a row on a phone."""
        widths = [sum(1 if ord(c) > 0x2E7F else 0.5 for c in option.label) for option in self.options]
        return (
            len(widths) > 2
            and not self.ordered
            and max(widths) <= PAIR_WIDTH
            and not any(o.other for o in self.options)
        )


def draw(
    definition: Definition,
    question: Question,
    answers: Mapping[str, Any],
    checked: Mapping[str, Any],
    *,
    problem: str,
) -> list[Drawn]:
    """The question as its parts: one for each row of a matrix, else one.

    `answers` are as given and are shown; `checked` are those in order, and decide what is offered.
    """
    if question.kind == "matrix":
        return _rows(question, answers, problem)
    given = answers.get(question.code)
    kinds = {"multiple": "several", "single": "one", "scale": "one", "consent": "one"}
    choices = offered(definition, question, checked)
    return [
        Drawn(
            name=question.code,
            kind=kinds.get(question.kind, question.kind),
            legend=question.text,
            hint=question.hint or _how_many(question),
            note=question.note,
            problem=problem,
            options=_options(choices, given, guards=question.code == "who"),
            value=_value(question, given),
            other=str(answers.get(f"{question.code}_other") or ""),
            guardian=bool(answers.get("guardian")),
            ranks=_ranks(question, given),
            ordered=question.kind == "scale",
            consent=question.kind == "consent",
        )
    ]


def _rows(question: Question, answers: Mapping[str, Any], problem: str) -> list[Drawn]:
    """A row is a question of its own; the matrix' words stand above the first."""
    found = []
    for place, row in enumerate(question.rows):
        hint, note, wrong = (question.text, question.note, problem) if place == 0 else ("", "", "")
        options = _options(question.choices, answers.get(row.code))
        found.append(Drawn(row.code, "one", row.label, hint, note, wrong, options, ordered=True))
    return found


def _options(choices: Sequence[Choice], given: Any, *, guards: bool = False) -> tuple[Option, ...]:
    taken = {str(each) for each in (given if isinstance(given, list) else [given]) if each is not None}
    return tuple(
        Option(str(c.code), c.label, str(c.code) in taken, c.other, guards and c.code == CHILD)
        for c in choices
    )


def _how_many(question: Question) -> str:
    if question.kind == "rank":
        return say("resident.step.rank", n=question.most or len(question.choices))
    if question.kind == "multiple":
        return say("resident.step.most", n=question.most) if question.most else say("resident.step.any")
    return "" if question.required else say("resident.step.optional")


def _value(question: Question, given: Any) -> str:
    """What stands in a field: the text, the number, or the place as `b12` or `g3`."""
    if question.kind == "place":
        place = given if isinstance(given, Mapping) else {}
        if place.get("building"):
            return f"b{place['building']}"
        return f"g{place['grid']}" if place.get("grid") else UNKNOWN if given is not None else ""
    return "" if given is None or isinstance(given, list) else str(given)


def _ranks(question: Question, given: Any) -> tuple[tuple[str, str], ...]:
    """The fields of a ranking: (label, code chosen)."""
    if question.kind != "rank":
        return ()
    chosen = [str(each) for each in given] if isinstance(given, list) else []
    places = question.most or len(question.choices)
    return tuple(
        (say("door.step.rank", n=place + 1), chosen[place] if place < len(chosen) else "")
        for place in range(places)
    )


def read(questions: Sequence[Question], form: Form, buildings: Mapping[int, int]) -> dict[str, Any]:
    """The answers of a step as its fields give them; None where nothing was answered.

    `buildings` gives each building's grid. Nothing is checked here but what could not be kept at all.
    """
    found: dict[str, Any] = {}
    for question in questions:
        for key in keys_of(question):
            found[key] = _read_one(question, key, form, buildings)
        other = f"{question.code}_other"
        if other in form:
            found[other] = _words(form[other])
        if question.code == "who":
            found["guardian"] = 1 if form.get("guardian") else None
    return found


def _read_one(question: Question, key: str, form: Form, buildings: Mapping[int, int]) -> Any:
    given = form.get(key, [])
    if question.kind in ("multiple", "rank"):
        return [each[:MOST_CODE] for each in dict.fromkeys(given) if each] or None
    if question.kind == "place":
        return read_place(given, buildings)
    if question.kind in ("text", "number"):
        return _words(given) or None
    return given[0][:MOST_CODE] if given and given[0] else None


def _words(given: Sequence[str]) -> str:
    return clean(given[0][:MOST_VALUE]) if given else ""


def read_place(given: Sequence[str], buildings: Mapping[int, int]) -> dict[str, int] | None:
    """`b12` a building, `g3` a grid, `0` not known; anything else is kept as a grid nobody has."""
    if not given or not given[0]:
        return None
    kind, number = given[0][:1], given[0][1:MOST_CODE]
    id_ = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    if kind == "b":
        return {"grid": buildings.get(id_, 0), "building": id_}
    return {"grid": id_, "building": 0} if kind == "g" else {"grid": 0, "building": 0}

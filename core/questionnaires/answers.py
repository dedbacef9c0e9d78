"""Checking what a form, a file or a phone sends, against the questionnaire; all problems at once.

This is on the path of every saved response, so each question is compiled once into a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from core.errors import Invalid
from core.questionnaires.logic import conditions, form_questions, piped_choices
from core.questionnaires.schema import Definition, Question
from core.redaction import clean, redact
from core.words import say

MOST_OTHER_CHARACTERS = 60
# A household's answer is quick when it takes less than this, and less than two seconds an item.
QUICK_SECONDS, QUICK_SECONDS_PER_ITEM = 60, 2
STRAIGHT_ROWS, BLANK_SHARE = 8, 0.4


class Problem(NamedTuple):
    """What is wrong at one question: `rule` is the key of the sentence, `fields` fill it in."""

    question: str
    rule: str
    fields: tuple[tuple[str, object], ...] = ()

    def sentence(self) -> str:
        """The sentence to show next to the question."""
        return say(f"questionnaire.problem.{self.rule}", **dict(self.fields))


@dataclass(frozen=True, slots=True)
class CheckedAnswers:
    """`answers` in their stored form (codes as the definition has them), and every problem found."""

    answers: dict[str, Any]
    problems: tuple[Problem, ...]


class AnswerError(Invalid):
    """Answers that can't be stored; `problems` says why, question by question."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(say("questionnaire.problems", n=len(problems)))
        self.problems = problems


class _Wrong(Exception):
    """One rule broken, raised inside a checker and collected by `check`."""

    def __init__(self, rule: str, **fields: object) -> None:
        super().__init__(rule)
        self.rule, self.fields = rule, tuple(fields.items())


Checker = Callable[[Any, Mapping[str, Any]], Any]


class _Compiled(NamedTuple):
    question: Question
    keys: tuple[str, ...]
    relevant: Callable[[Mapping[str, Any]], Any] | None
    check: Checker


def check(definition: Definition, answers: Mapping[str, object], *, short: bool = False) -> CheckedAnswers:
    """Check answers (code → value, as a door hands them over) against the short or the full form.

    Answers to questions that are not asked are dropped. Values: single, scale and consent a code;
    multiple and rank a list of codes; matrix one code under each row's code; place a mapping with
    `grid` and `building` ids (0 or absent: unknown); written additions under CODE_other.
    """
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    for compiled in _compile(definition, short):
        if compiled.relevant is not None and not compiled.relevant(kept):
            continue
        for key in compiled.keys:
            value = answers.get(key)
            try:
                if value is None or value == "" or value == []:
                    if compiled.question.required:
                        raise _Wrong("required")
                    continue
                kept[key] = compiled.check(value, kept)
            except _Wrong as wrong:
                problems.append(Problem(compiled.question.code, wrong.rule, wrong.fields))
        _keep_other(compiled.question, answers, kept)
    problems += _minors(answers, kept)
    return CheckedAnswers(kept, tuple(problems))


@lru_cache(maxsize=32)
def _compile(definition: Definition, short: bool) -> tuple[_Compiled, ...]:
    found = []
    for question in form_questions(definition, short):
        keys = tuple(row.code for row in question.rows) or (question.code,)
        condition = conditions(definition).get(question.code)
        relevant = condition.test if condition else None
        if question.piped_from:
            relevant = _pipe_is_filled(definition, question)
        found.append(_Compiled(question, keys, relevant, _checker(definition, question)))
    return tuple(found)


def _pipe_is_filled(definition: Definition, question: Question) -> Callable[[Mapping[str, Any]], Any]:
    return lambda kept: piped_choices(definition, question, kept)


def _checker(definition: Definition, question: Question) -> Checker:
    if question.piped_from:
        return _piped(definition, question)
    made = {
        "consent": _consent,
        "single": _one,
        "scale": _one,
        "matrix": _one,
        "multiple": _several,
        "rank": _several,
        "text": _text,
        "number": _number,
        "place": _place,
    }
    return made[question.kind](question)


def _codes(question: Question) -> dict[Any, Any]:
    """Every way a choice's code may arrive (3, "3") → the code itself."""
    return {form: c.code for c in question.choices for form in (c.code, str(c.code))}


def _one(question: Question) -> Checker:
    codes = _codes(question)
    limited = _limited(question)

    def one(value: Any, kept: Mapping[str, Any]) -> Any:
        try:
            code = codes[value]
        except (KeyError, TypeError):
            raise _Wrong("unknown_choice") from None
        if limited and code in limited and not limited[code](kept):
            raise _Wrong("choice_not_offered")
        return code

    return one


def _limited(question: Question) -> dict[Any, Callable[[Mapping[str, Any]], Any]]:
    from core.questionnaires.conditions import parse

    return {c.code: parse(c.only).test for c in question.choices if c.only}


def _consent(question: Question) -> Checker:
    one = _one(question)

    def consent(value: Any, kept: Mapping[str, Any]) -> Any:
        code = one(value, kept)
        if question.required and code != question.choices[0].code:
            raise _Wrong("consent_needed")
        return code

    return consent


def _several(question: Question) -> Checker:
    codes = _codes(question)
    exclusive = {c.code for c in question.choices if c.exclusive}

    def several(value: Any, _kept: Mapping[str, Any]) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise _Wrong("unknown_choice")
        try:
            taken = list(dict.fromkeys([codes[v] for v in value]))
        except (KeyError, TypeError):
            raise _Wrong("unknown_choice") from None
        if len(taken) > 1 and not exclusive.isdisjoint(taken):
            raise _Wrong("exclusive")
        if question.most is not None and len(taken) > question.most:
            raise _Wrong("too_many", most=question.most)
        if len(taken) < question.least and exclusive.isdisjoint(taken):
            raise _Wrong("too_few", least=question.least)
        return taken

    return several


def _piped(definition: Definition, question: Question) -> Checker:
    def piped(value: Any, kept: Mapping[str, Any]) -> Any:
        for choice in piped_choices(definition, question, kept):
            if value in (choice.code, str(choice.code)):
                return choice.code
        raise _Wrong("not_among_chosen")

    return piped


def _text(question: Question) -> Checker:
    most = question.most or 200

    def text(value: Any, _kept: Mapping[str, Any]) -> str:
        if not isinstance(value, str):
            raise _Wrong("not_text")
        words = clean(value)
        if len(words) > most:
            raise _Wrong("too_long", n=f"{len(words):,}", most=most)
        if question.required and not words:
            raise _Wrong("required")
        return words

    return text


def _number(question: Question) -> Checker:
    least, most = question.least, question.most

    def number(value: Any, _kept: Mapping[str, Any]) -> int:
        try:
            found = int(value)
        except (TypeError, ValueError, OverflowError):
            raise _Wrong("not_a_number") from None
        if isinstance(value, float) and value != found:
            raise _Wrong("not_a_number")
        if found < least or (most is not None and found > most):
            raise _Wrong("out_of_range", least=least, most=most)
        return found

    return number


def _place(_question: Question) -> Checker:
    def place(value: Any, _kept: Mapping[str, Any]) -> dict[str, int]:
        if not isinstance(value, Mapping):
            raise _Wrong("unknown_choice")
        try:
            found = {key: int(value[key]) for key in ("grid", "building") if value.get(key)}
        except (TypeError, ValueError, OverflowError):
            raise _Wrong("unknown_choice") from None
        if any(not 0 < id_ < 2**31 for id_ in found.values()):
            raise _Wrong("unknown_choice")
        return found

    return place


def _keep_other(question: Question, answers: Mapping[str, object], kept: dict[str, Any]) -> None:
    """Keep the written addition to a chosen "other", cleaned and redacted; an unasked one is dropped."""
    written = answers.get(f"{question.code}_other")
    if not isinstance(written, str) or question.code not in kept:
        return
    taken = kept[question.code]
    chosen = taken if isinstance(taken, list) else (taken,)
    if any(code in question.by_code and question.by_code[code].other for code in chosen):
        words = redact(clean(written))[:MOST_OTHER_CHARACTERS]
        if words:
            kept[f"{question.code}_other"] = words


def _minors(answers: Mapping[str, object], kept: dict[str, Any]) -> list[Problem]:
    """A child under 14 is answered for by a guardian who says so; nobody else is under 14."""
    if kept.get("who") != 3:
        return []
    if answers.get("guardian") not in (True, 1, "1", "true", "on"):
        return [Problem("who", "guardian_needed")]
    kept["guardian"] = 1
    return []


def quality_flags(
    definition: Definition, answers: Mapping[str, Any], *, seconds: int | None = None, short: bool = False
) -> tuple[str, ...]:
    """Flags of a checked response; it is kept whatever they say. Thresholds: DOMAIN 2.4."""
    flags = []
    items = len(answers)
    if seconds is not None and seconds < max(QUICK_SECONDS, QUICK_SECONDS_PER_ITEM * items):
        flags.append("quick")
    for rows in _long_matrices(definition):
        given = [answers.get(row) for row in rows]
        if None not in given and len(set(given)) == 1:
            flags.append("straight")
            break
    asked = sum(len(c.keys) for c in _compile(definition, short) if c.relevant is None or c.relevant(answers))
    if asked and (asked - items) / asked > BLANK_SHARE:
        flags.append("blank")
    return tuple(flags)


@lru_cache(maxsize=16)
def _long_matrices(definition: Definition) -> tuple[tuple[str, ...], ...]:
    rows = (tuple(row.code for row in q.rows) for q in definition.questions if q.kind == "matrix")
    return tuple(codes for codes in rows if len(codes) >= STRAIGHT_ROWS)

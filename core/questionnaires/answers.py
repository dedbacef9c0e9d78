"""Checking what a form, a file or a phone sends, against the questionnaire; all problems at once.

This is on the path of every saved response, so each question is compiled once into a function.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from core.errors import Invalid
from core.questionnaires.checkers import Checker, Wrong, checker, plain_codes
from core.questionnaires.conditions import Test
from core.questionnaires.logic import asked_test, form_questions, keys_of
from core.questionnaires.schema import Code, Definition, Question
from core.redaction import clean, redact
from core.words import say

MOST_OTHER_CHARACTERS = 60
# `who` = 3: the answers are about a child under 14, given by its guardian.
CHILD = 3


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


class _Asked(NamedTuple):
    """One question as `check` goes through it; all that can be known beforehand is worked out once.

    `plain`: code as sent → as stored, where being among them is the whole rule, else empty. `other`: the key
    of a written addition, and the choices that take one; None for a place, which takes one until it is known.
    """

    code: str
    keys: tuple[str, ...]
    test: Test | None
    required: bool
    plain: Mapping[Any, Code]
    rule: Checker
    other: tuple[str, frozenset[Code] | None] | None


def check(definition: Definition, answers: Mapping[str, object], *, short: bool = False) -> CheckedAnswers:
    """Check answers (code → value, as a door hands them over) against the short or the full form.

    Answers to questions that are not asked are dropped. Values: single, scale and consent a code;
    multiple and rank a list of codes; matrix one code under each row's code; place a mapping with
    `grid` and `building` ids (0 or absent: unknown); written additions under CODE_other, of a place while its
    building is unknown. Checking what
    was kept once more keeps the same.
    """
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    given = answers.get
    for code, keys, test, required, plain, rule, other in _compile(definition, short):
        if test is not None and not test(kept):
            continue
        for key in keys:
            value: Any = given(key)
            if value is None and not required:
                continue
            # Most answers end here. True is 1 to a dict: it goes the long way and is refused there.
            if plain and value is not True and value is not False:
                try:
                    kept[key] = plain[value]
                    continue
                except (KeyError, TypeError):
                    pass
            if wrong := _take(key, value, kept, rule=rule, required=required):
                problems.append(Problem(code, wrong.rule, wrong.fields))
        if other is not None:
            _keep_other(code, other, answers, kept)
    problems += _minors(answers, kept)
    return CheckedAnswers(kept, tuple(problems))


@lru_cache(maxsize=32)
def _compile(definition: Definition, short: bool) -> tuple[_Asked, ...]:
    return tuple(
        _Asked(
            code=question.code,
            keys=keys_of(question),
            test=asked_test(definition, question),
            required=question.required,
            plain=plain_codes(question),
            rule=checker(definition, question),
            other=_other(question),
        )
        for question in form_questions(definition, short)
    )


def _other(question: Question) -> tuple[str, frozenset[Code] | None] | None:
    if question.kind == "place":
        return f"{question.code}_other", None
    taking = frozenset(choice.code for choice in question.choices if choice.other)
    return (f"{question.code}_other", taking) if taking else None


def _blank(value: object) -> bool:
    return value is None or value in ("", [], {})


def _take(key: str, value: Any, kept: dict[str, Any], *, rule: Checker, required: bool) -> Wrong | None:
    """Keep one answer if it is in order, else say what is wrong; none is wrong where one is required."""
    try:
        found = rule(value, kept) if value or not _blank(value) else None
    except Wrong as wrong:
        return wrong
    if found or not _blank(found):
        kept[key] = found
        return None
    return Wrong("required") if required else None


def _keep_other(
    code: str, other: tuple[str, frozenset[Code] | None], answers: Mapping[str, object], kept: dict[str, Any]
) -> None:
    """Keep the written addition to a chosen "other", cleaned and redacted; an unasked one is dropped.

    At a place the words stand in for a building that was not chosen.
    """
    key, taking = other
    written = answers.get(key)
    if isinstance(written, str) and _takes_words(kept.get(code), taking) and (words := addition(written)):
        kept[key] = words


def _takes_words(taken: Any, taking: frozenset[Code] | None) -> bool:
    if taking is None:
        return not (taken and taken.get("building"))
    return taken is not None and not taking.isdisjoint(taken if isinstance(taken, list) else (taken,))


def addition(written: str) -> str:
    """A written addition as it is kept: cleaned, redacted, at most MOST_OTHER_CHARACTERS."""
    return _hidden(_hidden(clean(written))[:MOST_OTHER_CHARACTERS]).strip()


def _hidden(words: str) -> str:
    """Redacted until nothing more is found: hiding or cutting one number may lay bare the next."""
    while (shown := redact(words)) != words:
        words = shown
    return words


def _minors(answers: Mapping[str, object], kept: dict[str, Any]) -> list[Problem]:
    """A child under 14 is answered for by a guardian who says so; nobody else is under 14."""
    if kept.get("who") != CHILD:
        return []
    if answers.get("guardian") not in (True, 1, "1", "true", "on"):
        return [Problem("who", "guardian_needed")]
    kept["guardian"] = 1
    return []

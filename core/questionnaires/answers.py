"""Checking what a form, a file or a phone sends, against the questionnaire; all problems at once.

This is on the path of every saved response, so each question is compiled once into a function.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from core.errors import Invalid
from core.questionnaires.checkers import Checker, Wrong, checker
from core.questionnaires.conditions import Test
from core.questionnaires.logic import asked_test, form_questions, keys_of
from core.questionnaires.schema import Definition, Question
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


class _Compiled(NamedTuple):
    question: Question
    keys: tuple[str, ...]
    asked: Test | None
    check: Checker


def check(definition: Definition, answers: Mapping[str, object], *, short: bool = False) -> CheckedAnswers:
    """Check answers (code → value, as a door hands them over) against the short or the full form.

    Answers to questions that are not asked are dropped. Values: single, scale and consent a code;
    multiple and rank a list of codes; matrix one code under each row's code; place a mapping with
    `grid` and `building` ids (0 or absent: unknown); written additions under CODE_other. Checking what
    was kept once more keeps the same.
    """
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    for compiled in _compile(definition, short):
        if compiled.asked is None or compiled.asked(kept):
            problems += _take(compiled, answers, kept)
            _keep_other(compiled.question, answers, kept)
    problems += _minors(answers, kept)
    return CheckedAnswers(kept, tuple(problems))


@lru_cache(maxsize=32)
def _compile(definition: Definition, short: bool) -> tuple[_Compiled, ...]:
    return tuple(
        _Compiled(q, keys_of(q), asked_test(definition, q), checker(definition, q))
        for q in form_questions(definition, short)
    )


def _blank(value: object) -> bool:
    return value is None or value in ("", [], {})


def _take(compiled: _Compiled, answers: Mapping[str, object], kept: dict[str, Any]) -> Iterator[Problem]:
    """Keep the answers of one question that are in order; what is wrong with the others."""
    for key in compiled.keys:
        value = answers.get(key)
        try:
            found = None if _blank(value) else compiled.check(value, kept)
            if not _blank(found):
                kept[key] = found
            elif compiled.question.required:
                raise Wrong("required")
        except Wrong as wrong:
            yield Problem(compiled.question.code, wrong.rule, wrong.fields)


def _keep_other(question: Question, answers: Mapping[str, object], kept: dict[str, Any]) -> None:
    """Keep the written addition to a chosen "other", cleaned and redacted; an unasked one is dropped."""
    written = answers.get(f"{question.code}_other")
    if not isinstance(written, str) or question.code not in kept:
        return
    taken = kept[question.code]
    chosen = taken if isinstance(taken, list) else (taken,)
    if any(code in question.by_code and question.by_code[code].other for code in chosen):
        words = _hidden(_hidden(clean(written))[:MOST_OTHER_CHARACTERS]).strip()
        if words:
            kept[f"{question.code}_other"] = words


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

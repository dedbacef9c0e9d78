"""Form logic that both doors share: which questions are asked, what they offer, who is meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

from core.questionnaires.conditions import Condition, Test, parse
from core.questionnaires.schema import Choice, Definition, Question
from models.taxonomy import AGE_BANDS, UNKNOWN_AGE, UNKNOWN_SEX

Answers = Mapping[str, Any]
# Where a question is piped from: code → the choices that go on.
_Pipe = tuple[tuple[str, Mapping[Any, Choice]], ...]
_SEVERAL = (list, tuple)


class Strata(NamedTuple):
    """The target person's strata; `grid` and `building` are ids, 0 when not known."""

    who: int
    grid: int
    building: int
    age_band: int
    sex: int
    groups: tuple[str, ...]


@lru_cache(maxsize=16)
def conditions(definition: Definition) -> dict[str, Condition]:
    """The parsed conditions of a definition, by question code."""
    return {q.code: parse(q.relevant) for q in definition.questions if q.relevant}


@lru_cache(maxsize=32)
def form_questions(definition: Definition, short: bool) -> tuple[Question, ...]:
    """The questions of the short form, or all."""
    return tuple(q for q in definition.questions if q.short or not short)


def keys_of(question: Question) -> tuple[str, ...]:
    """The codes a question's answers are kept under: its rows' codes, or its own."""
    return tuple(row.code for row in question.rows) or (question.code,)


def asked_test(definition: Definition, question: Question) -> Test | None:
    """The test over earlier answers that says whether a question is asked; None: always."""
    condition = conditions(definition).get(question.code)
    relevant = condition.test if condition else None
    if not question.piped_from:
        return relevant
    piped = piped_test(definition, question)
    if relevant is None:
        return piped
    return lambda answers: relevant(answers) and piped(answers)


def is_asked(definition: Definition, question: Question, answers: Answers) -> bool:
    """Whether a question is relevant, given the answers before it."""
    test = asked_test(definition, question)
    return test is None or bool(test(answers))


def piped_choices(definition: Definition, question: Question, answers: Answers) -> list[Choice]:
    """The choices taken at the questions this one is piped from (exclusive "none" ones left out)."""
    return _taken(_pipes(definition)[question.code], answers)


def piped_test(definition: Definition, question: Question) -> Callable[[Answers], list[Choice]]:
    """`piped_choices` of one question as a function of the answers alone, for checking many sheets."""
    return partial(_taken, _pipes(definition)[question.code])


@lru_cache(maxsize=16)
def _pipes(definition: Definition) -> dict[str, _Pipe]:
    """The questions each question is piped from, with the choices that go on to it."""
    return {
        question.code: tuple(
            (code, {c.code: c for c in definition.by_code[code].choices if not c.exclusive})
            for code in question.piped_from
        )
        for question in definition.questions
    }


def _taken(pipe: _Pipe, answers: Answers) -> list[Choice]:
    found = []
    for code, choices in pipe:
        taken = answers.get(code)
        if isinstance(taken, _SEVERAL):
            found += [choices[c] for c in taken if c in choices]
    return found


def offered(definition: Definition, question: Question, answers: Answers) -> list[Choice]:
    """The choices to show for a question."""
    if question.piped_from:
        return piped_choices(definition, question, answers)
    return [c for c in question.choices if not c.only or parse(c.only).test(answers)]


def prune(definition: Definition, answers: Answers, *, short: bool = False) -> dict[str, Any]:
    """The answers without those to questions that are no longer asked."""
    kept: dict[str, Any] = {}
    for question in form_questions(definition, short):
        codes = (*keys_of(question), f"{question.code}_other")
        given = {code: answers[code] for code in codes if code in answers}
        if given and is_asked(definition, question, kept):
            kept |= given
    if "guardian" in answers:
        kept["guardian"] = answers["guardian"]
    return kept


def strata(definition: Definition, answers: Answers) -> Strata:
    """The strata of the target person, from checked answers; the place question holds grid and building."""
    place = answers.get("grid") or {}
    age = answers.get("age")
    age_band = age if isinstance(age, int) and 1 <= age <= len(AGE_BANDS) else UNKNOWN_AGE
    sex = answers.get("sex")
    return Strata(
        who=answers.get("who") or 1,
        grid=place.get("grid") or 0,
        building=place.get("building") or 0,
        age_band=age_band,
        sex=sex if sex in (1, 2) else UNKNOWN_SEX,
        groups=_groups(definition, answers, age_band),
    )


@lru_cache(maxsize=16)
def _group_questions(definition: Definition) -> tuple[tuple[str, dict[Any, str]], ...]:
    found = []
    for question in definition.questions:
        groups = {c.code: c.group for c in question.choices if c.group}
        if groups:
            found.append((question.code, groups))
    return tuple(found)


def _groups(definition: Definition, answers: Answers, age_band: int) -> tuple[str, ...]:
    """Age-derived groups, and those the person ticked."""
    groups = []
    if 1 <= age_band <= 3:
        groups.append("age0_17")
    if age_band >= 7:
        groups.append("age60")
    if age_band == 9:
        groups.append("age80")
    for code, by_choice in _group_questions(definition):
        taken = answers.get(code)
        for choice in taken if isinstance(taken, list) else (taken,):
            if choice in by_choice:
                groups.append(by_choice[choice])
    return tuple(groups)

"""Form logic that both doors share: which questions are asked, what they offer, who is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.questionnaires.conditions import Condition, parse
from core.questionnaires.schema import Choice, Definition, Question, Section
from models.taxonomy import AGE_BANDS, UNKNOWN_AGE, UNKNOWN_SEX

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Strata:
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


def is_asked(definition: Definition, question: Question, answers: Answers) -> bool:
    """Whether a question is relevant, given the answers before it."""
    if question.piped_from:
        return bool(piped_choices(definition, question, answers))
    condition = conditions(definition).get(question.code)
    return condition is None or bool(condition.test(answers))


def visible(definition: Definition, answers: Answers, *, short: bool) -> list[Question]:
    """The questions asked of this person, in order."""
    return [q for q in form_questions(definition, short) if is_asked(definition, q, answers)]


def steps(definition: Definition, *, short: bool) -> list[Section]:
    """The screens of a form: sections with the questions of this form; empty ones left out."""
    wanted = set(q.code for q in form_questions(definition, short))
    kept = [
        section.model_copy(update={"questions": tuple(q for q in section.questions if q.code in wanted)})
        for section in definition.sections
    ]
    return [section for section in kept if section.questions]


def piped_choices(definition: Definition, question: Question, answers: Answers) -> list[Choice]:
    """The choices taken at the questions this one is piped from (exclusive "none" ones left out)."""
    found = []
    for code in question.piped_from:
        taken = answers.get(code)
        if isinstance(taken, Sequence) and not isinstance(taken, str):
            offered = definition.by_code[code].by_code
            found += [offered[c] for c in taken if c in offered and not offered[c].exclusive]
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
        codes = [row.code for row in question.rows] if question.kind == "matrix" else [question.code]
        given = {code: answers[code] for code in (*codes, f"{question.code}_other") if code in answers}
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

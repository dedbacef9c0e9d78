"""Taking up a sheet that was begun elsewhere: its answers as either door reads them, and who fills it in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.questionnaires.schema import Code, Definition, Question

# Whose need it is: 1 is the person who answers (core.questionnaires.logic.strata).
MYSELF = "1"
DIGITS = re.compile(r"[0-9]{1,9}")


def as_stored(definition: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a form's fields gave (texts, mostly) as it is stored: codes as the definition has them.

    Nothing is checked: too many choices stay too many, and a text too long stays whole, for their author to
    mend. What can be no answer at all is left out.
    """
    found: dict[str, Any] = {}
    for question in definition.questions:
        for key in tuple(row.code for row in question.rows) or (question.code,):
            value = _one(definition, question, answers.get(key))
            if value is not None:
                found[key] = value
        other = f"{question.code}_other"
        if isinstance(answers.get(other), str):
            found[other] = answers[other]
    if answers.get("guardian"):
        found["guardian"] = 1
    return found


def _one(definition: Definition, question: Question, given: Any) -> Any:
    if question.kind == "text":
        return given if isinstance(given, str) else None
    if question.kind == "number":
        return int(given) if DIGITS.fullmatch(str(given)) else None
    if question.kind == "place":
        return _place(given)
    codes = _codes(definition, question)
    if question.kind in ("multiple", "rank"):
        several = given if isinstance(given, list) else []
        return [codes[str(each)] for each in several if str(each) in codes] or None
    return codes.get(str(given)) if isinstance(given, int | str) else None


def _codes(definition: Definition, question: Question) -> dict[str, Code]:
    """The codes a question may be answered with, by how a form sends them."""
    sources = [question, *(definition.by_code[code] for code in question.piped_from)]
    return {str(choice.code): choice.code for source in sources for choice in source.choices}


def _place(given: Any) -> dict[str, int] | None:
    if not isinstance(given, Mapping):
        return None
    ids = {name: given.get(name) or 0 for name in ("grid", "building")}
    return ids if all(isinstance(id_, int) for id_ in ids.values()) else None


def filled_in_by(collector: str, answers: Mapping[str, Any]) -> str:
    """Who filled it in (a key of taxonomy.COLLECTORS): family, where "oneself" answers for somebody else."""
    for_another = str(answers.get("who") or MYSELF) != MYSELF
    return "family" if collector == "self" and for_another else collector


def is_alone(mode: str, collector: str) -> bool:
    """Whether a resident fills it in alone: such a sheet may be begun at one door and sent at the other."""
    return mode in ("plain", "screen") and collector in ("self", "family")

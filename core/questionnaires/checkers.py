"""One question's rule as a function: value → the value as stored, or Wrong. Made once for each question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from core.questionnaires.conditions import Test, parse
from core.questionnaires.logic import piped_test
from core.questionnaires.schema import MOST_TEXT, Choice, Code, Definition, Question
from core.redaction import clean

Checker = Callable[[Any, Mapping[str, Any]], Any]

_SEVERAL = (list, tuple)
# A whole number as people type it, full-width digits included; ids stay below the database's integer.
_WHOLE = re.compile(r"\s*[+-]?\d{1,12}\s*")
MOST_ID = 2**31


class Wrong(Exception):
    """One rule broken at one question: `rule` is the key of the sentence, `fields` fill it in."""

    def __init__(self, rule: str, **fields: object) -> None:
        super().__init__(rule)
        self.rule, self.fields = rule, tuple(fields.items())


def checker(definition: Definition, question: Question) -> Checker:
    """The rule of a question: `check(value, earlier answers)` gives the stored form or raises Wrong."""
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


def plain_codes(question: Question) -> Mapping[Any, Code]:
    """Every way a choice may arrive → its code, where being one of them is the whole rule; else nothing."""
    ruled = question.piped_from or question.kind not in ("consent", "single", "scale", "matrix")
    consent = question.kind == "consent" and question.required
    if ruled or consent or any(choice.only or choice.code == "" for choice in question.choices):
        return {}
    return _forms(question.choices)


def _forms(choices: tuple[Choice, ...] | list[Choice]) -> dict[Any, Any]:
    """Every way a choice's code may arrive (3, "3") → the code itself."""
    return {form: c.code for c in choices for form in (c.code, str(c.code))}


def _known(forms: Mapping[Any, Any], value: Any, rule: str = "unknown_choice") -> Any:
    if isinstance(value, bool):  # True is 1 to a dict, but nobody ticks choice 1 by saying "yes"
        raise Wrong(rule)
    try:
        return forms[value]
    except (KeyError, TypeError):
        raise Wrong(rule) from None


def _limits(question: Question) -> dict[Any, Test]:
    return {c.code: parse(c.only).test for c in question.choices if c.only}


def _one(question: Question) -> Checker:
    forms, limits = _forms(question.choices), _limits(question)

    def _check(value: Any, kept: Mapping[str, Any]) -> Any:
        code = _known(forms, value)
        if code in limits and not limits[code](kept):
            raise Wrong("choice_not_offered")
        return code

    return _check


def _consent(question: Question) -> Checker:
    one = _one(question)

    def _check(value: Any, kept: Mapping[str, Any]) -> Any:
        code = one(value, kept)
        if question.required and code != question.choices[0].code:
            raise Wrong("consent_needed")
        return code

    return _check


def _several(question: Question) -> Checker:
    forms, limits = _forms(question.choices), _limits(question)
    exclusive = {c.code for c in question.choices if c.exclusive}
    least, most = question.least, question.most

    def _check(value: Any, kept: Mapping[str, Any]) -> list[Any]:
        if not isinstance(value, _SEVERAL):
            raise Wrong("unknown_choice")
        try:  # as in _known, for all of them at once
            taken = [forms[None if each is True or each is False else each] for each in value]
        except (KeyError, TypeError):
            raise Wrong("unknown_choice") from None
        if len(taken) > len(set(taken)):
            taken = list(dict.fromkeys(taken))
        if limits and not all(limits[code](kept) for code in taken if code in limits):
            raise Wrong("choice_not_offered")
        alone = not exclusive.isdisjoint(taken)
        if alone and len(taken) > 1:
            raise Wrong("exclusive")
        if most is not None and len(taken) > most:
            raise Wrong("too_many", most=most)
        if 0 < len(taken) < least and not alone:
            raise Wrong("too_few", least=least)
        return taken

    return _check


def _piped(definition: Definition, question: Question) -> Checker:
    piped = piped_test(definition, question)

    def _check(value: Any, kept: Mapping[str, Any]) -> Any:
        for choice in () if isinstance(value, bool) else piped(kept):
            if value == choice.code or value == str(choice.code):
                return choice.code
        raise Wrong("not_among_chosen")

    return _check


def _text(question: Question) -> Checker:
    most = question.most or MOST_TEXT

    def _check(value: Any, _kept: Mapping[str, Any]) -> str:
        if not isinstance(value, str):
            raise Wrong("not_text")
        words = clean(value)
        if len(words) > most:
            raise Wrong("too_long", n=f"{len(words):,}", most=most)
        return words

    return _check


def _whole(value: Any) -> int:
    """A whole number however it was sent; raises ValueError for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise ValueError


def _number(question: Question) -> Checker:
    least, most = question.least, question.most

    def _check(value: Any, _kept: Mapping[str, Any]) -> int:
        try:
            found = _whole(value)
        except ValueError:
            raise Wrong("not_a_number") from None
        if most is None and found < least:
            raise Wrong("too_small", least=least)
        if most is not None and not least <= found <= most:
            raise Wrong("out_of_range", least=least, most=most)
        return found

    return _check


def _place(_question: Question) -> Checker:
    def _check(value: Any, _kept: Mapping[str, Any]) -> dict[str, int]:
        if not isinstance(value, (dict, Mapping)):  # a dict is told by itself much faster
            raise Wrong("unknown_choice")
        try:
            ids = {key: _whole(value[key]) for key in ("grid", "building") if value.get(key)}
        except ValueError:
            raise Wrong("unknown_choice") from None
        if any(not 0 <= id_ < MOST_ID for id_ in ids.values()):
            raise Wrong("unknown_choice")
        return {key: id_ for key, id_ in ids.items() if id_}

    return _check

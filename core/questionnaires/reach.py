"""What a questionnaire's conditions let through, found by trying every earlier answer they can see.

Domains are small (the choices offered, combinations of a multiple question as large as the conditions
mention it, numbers beside those written in a condition). Beyond MOST_WAYS combinations nothing is decided,
and nothing is said: a rule here never accuses on a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import Any

from core.questionnaires.conditions import Test, parse
from core.questionnaires.logic import asked_test, is_asked, keys_of, offered
from core.questionnaires.schema import Choice, Definition, Question
from models.taxonomy import AGE_BANDS

MOST_WAYS = 20_000
Answers = dict[str, Any]
Offender = tuple[str, str]


def unreachable(definition: Definition) -> Iterator[Offender]:
    """A question nobody can ever be asked is a slip in its condition."""
    for question in definition.questions:
        test = asked_test(definition, question)
        if test is not None and _never(definition, question, test):
            yield question.code, question.relevant or "、".join(question.piped_from)


def never_offered(definition: Definition) -> Iterator[Offender]:
    """A choice whose `only` can't hold is missing for everybody it was written for."""
    for question in definition.questions:
        for choice in question.choices:
            if choice.only and _never(definition, question, _offers(definition, question, choice)):
                yield question.code, f"{choice.code}（{choice.only}）"


def dead_end(definition: Definition) -> Iterator[Offender]:
    """A required question that offers somebody no choice can't be answered, and the form not be sent."""
    for question in definition.questions:
        if question.required and any(choice.only for choice in question.choices):
            for kept in islice(_ways(definition, question) or (), MOST_WAYS):
                if is_asked(definition, question, kept) and not offered(definition, question, kept):
                    yield question.code, "、".join(f"{key}={value}" for key, value in kept.items())
                    break


def eligible_differs(definition: Definition) -> Iterator[Offender]:
    """Who is asked a need must be whom it is projected to: shares times another group are wrong persons."""
    if "age" not in definition.by_code:
        return
    for question in definition.questions:
        if question.eligible is None:
            continue
        first, last = question.eligible.age_from, question.eligible.age_to
        meant = {band.code for band in AGE_BANDS if first <= band.first and band.last <= last}
        touched = {band.code for band in AGE_BANDS if first <= band.last and band.first <= last}
        asked = _bands_asked(definition, question)
        if asked is not None and not meant == touched == asked:
            yield question.code, f"{first}–{last}"


def _bands_asked(definition: Definition, question: Question) -> set[int] | None:
    ways = list(islice(_ways(definition, question, also=("age",)) or (), MOST_WAYS))
    if not ways or len(ways) == MOST_WAYS:
        return None
    return {kept["age"] for kept in ways if kept.get("age") and is_asked(definition, question, kept)}


def _offers(definition: Definition, question: Question, choice: Choice) -> Test:
    asked, only = asked_test(definition, question), parse(choice.only).test
    return lambda kept: bool((asked is None or asked(kept)) and only(kept))


def _never(definition: Definition, question: Question, holds: Test) -> bool:
    """Whether a test over the earlier answers holds in no case at all; False when that is not decided."""
    ways = _ways(definition, question)
    if ways is None:
        return False
    tried = 0
    for kept in islice(ways, MOST_WAYS):
        if holds(kept):
            return False
        tried += 1
    return tried < MOST_WAYS


def sources_of(question: Question) -> Iterator[str]:
    """The conditions written at a question: its own, and those of its choices."""
    yield from filter(None, (question.relevant, *(choice.only for choice in question.choices)))


def names_in(question: Question) -> set[str]:
    """The codes a question's conditions and pipe refer to."""
    found = set(question.piped_from)
    return found.union(*(parse(source).names for source in sources_of(question)))


def owners(definition: Definition) -> dict[str, tuple[int, Question]]:
    """Each code that can be referred to → the place of its question in the order, and the question."""
    return {key: (i, q) for i, q in enumerate(definition.questions) for key in {*keys_of(q), q.code}}


def _ways(
    definition: Definition, question: Question, *, also: Sequence[str] = ()
) -> Iterator[Answers] | None:
    """All combinations of the earlier answers a question depends on; None where a reference is wrong."""
    known = owners(definition)
    needed: set[str] = set()
    waiting = [*names_in(question), *also]
    at = known[question.code][0]
    while waiting:
        name = waiting.pop()
        if name not in known or known[name][0] >= at:
            return None
        if name not in needed:
            needed.add(name)
            waiting += names_in(known[name][1])
    order = sorted(needed, key=lambda name: known[name][0])
    return _fill(definition, [(key, known[key][1]) for key in order], {})


def _fill(definition: Definition, order: Sequence[tuple[str, Question]], kept: Answers) -> Iterator[Answers]:
    if not order:
        yield kept
        return
    (key, question), *rest = order
    for value in _values(definition, question, kept):
        yield from _fill(definition, rest, kept if value is None else {**kept, key: value})


def _values(definition: Definition, question: Question, kept: Answers) -> Iterator[Any]:
    """What may stand as the answer of a question, given those before; None: nothing."""
    if not is_asked(definition, question, kept):
        yield None
        return
    if question.kind in ("multiple", "rank"):
        yield from _combinations(definition, question, kept)
    elif question.kind == "number":
        yield from _numbers(definition, question)
    elif question.kind == "text":
        yield from ("x", *re.findall(r"['\"]([^'\"]*)['\"]", _all_sources(definition)))
    elif question.kind == "place":
        yield {"grid": 1}
    else:
        codes = [choice.code for choice in offered(definition, question, kept)]
        yield from codes[:1] if question.kind == "consent" and question.required else codes
    if not question.required:
        yield None


def _combinations(definition: Definition, question: Question, kept: Mapping[str, Any]) -> Iterator[list[Any]]:
    choices = offered(definition, question, kept)
    yield from ([choice.code] for choice in choices if choice.exclusive)
    mentioned = len(re.findall(rf"\b{question.code}\b", _all_sources(definition)))
    largest = min(question.most or len(choices), max(mentioned, question.least, 1))
    for size in range(max(question.least, 1), largest + 1):
        yield from map(list, combinations([c.code for c in choices if not c.exclusive], size))


def _numbers(definition: Definition, question: Question) -> Iterator[int]:
    written = {int(n) for n in re.findall(r"-?\d+", _all_sources(definition))} | {question.least}
    beside = {n + step for n in written for step in (-1, 0, 1)}
    ends = question.least, question.most if question.most is not None else max(beside)
    yield from sorted(n for n in beside | {ends[1]} if ends[0] <= n <= ends[1])


def _all_sources(definition: Definition) -> str:
    return " ; ".join(source for question in definition.questions for source in sources_of(question))

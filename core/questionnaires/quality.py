"""Quality flags of a response. It is kept whatever they say: figures can be read with and without it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from core.questionnaires.conditions import Test
from core.questionnaires.logic import asked_test, form_questions, keys_of, piped_choices
from core.questionnaires.schema import NO_RATING, Code, Definition, Question

# A sheet is quick when it took less than this, or less than two seconds an item.
QUICK_SECONDS, QUICK_SECONDS_PER_ITEM = 60, 2
STRAIGHT_ROWS, BLANK_SHARE = 8, 0.4


class _Watched(NamedTuple):
    """What of a form the flags look at."""

    items: tuple[tuple[tuple[str, ...], Test | None], ...]
    matrices: tuple[tuple[str, ...], ...]
    exclusive: tuple[tuple[str, frozenset[Code]], ...]
    piped: tuple[Question, ...]


def quality_flags(
    definition: Definition, answers: Mapping[str, Any], *, seconds: int | None = None, short: bool = False
) -> tuple[str, ...]:
    """The flags of a response (thresholds: DOMAIN 2.4), from its answers as they are stored.

    quick: less than max(60 s, 2 s an answered item). straight: eight or more rows of a matrix rated, all
    alike. blank: more than 40 % of the items asked have no answer. exclusive: "none" ticked beside others.
    not_chosen: the most urgent item is not among those ticked. Open texts are optional, and stored apart:
    they are no items here.
    """
    watched = _watch(definition, short)
    asked = [key for keys, test in watched.items if test is None or test(answers) for key in keys]
    answered = sum(key in answers for key in asked)
    found = {
        "quick": seconds is not None and seconds < max(QUICK_SECONDS, QUICK_SECONDS_PER_ITEM * answered),
        "straight": any(_is_straight(rows, answers) for rows in watched.matrices),
        "blank": len(asked) - answered > BLANK_SHARE * len(asked),
        "exclusive": any(_conflicts(answers.get(code), alone) for code, alone in watched.exclusive),
        "not_chosen": any(_is_not_chosen(definition, question, answers) for question in watched.piped),
    }
    return tuple(flag for flag, holds in found.items() if holds)


@lru_cache(maxsize=32)
def _watch(definition: Definition, short: bool) -> _Watched:
    questions = form_questions(definition, short)
    alone = ((q.code, frozenset(c.code for c in q.choices if c.exclusive)) for q in questions)
    return _Watched(
        items=tuple((keys_of(q), asked_test(definition, q)) for q in questions if q.kind != "text"),
        matrices=tuple(keys_of(q) for q in questions if len(q.rows) >= STRAIGHT_ROWS),
        exclusive=tuple((code, codes) for code, codes in alone if codes),
        piped=tuple(q for q in questions if q.piped_from),
    )


def _is_straight(rows: tuple[str, ...], answers: Mapping[str, Any]) -> bool:
    """ "Never had to do with it" is no rating: who says so ten times has answered, not clicked through."""
    given = [answers[row] for row in rows if row in answers and answers[row] != NO_RATING]
    return len(given) >= STRAIGHT_ROWS and len(set(given)) == 1


def _conflicts(taken: Any, alone: frozenset[Code]) -> bool:
    return isinstance(taken, list) and len(taken) > 1 and not alone.isdisjoint(taken)


def _is_not_chosen(definition: Definition, question: Question, answers: Mapping[str, Any]) -> bool:
    if question.code not in answers:
        return False
    chosen = (choice.code for choice in piped_choices(definition, question, answers))
    return answers[question.code] not in chosen

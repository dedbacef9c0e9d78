"""Quality flags of a response. It is kept whatever they say: figures can be read with and without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from core.questionnaires.conditions import Test
from core.questionnaires.logic import asked_test, form_questions, keys_of, piped_test
from core.questionnaires.schema import NO_RATING, Choice, Code, Definition

# A sheet is quick when it took less than this, or less than two seconds an item.
QUICK_SECONDS, QUICK_SECONDS_PER_ITEM = 60, 2
STRAIGHT_ROWS, BLANK_SHARE = 8, 0.4
_NO_RATINGS = frozenset((NO_RATING, None))

Keys = tuple[str, ...]
Piped = Callable[[Mapping[str, Any]], list[Choice]]


class _Watched(NamedTuple):
    """What of a form the flags look at: items always asked, asked when a test holds, or drawn."""

    always: frozenset[str]
    sometimes: tuple[tuple[Keys, Test], ...]
    drawn: tuple[tuple[Keys, int], ...]
    matrices: tuple[Keys, ...]
    exclusive: tuple[tuple[str, frozenset[Code]], ...]
    piped: tuple[tuple[str, Piped], ...]


def quality_flags(
    definition: Definition, answers: Mapping[str, Any], *, seconds: int | None = None, short: bool = False
) -> tuple[str, ...]:
    """The flags of a response (thresholds: DOMAIN 2.4), from its answers as they are stored.

    quick: less than max(60 s, 2 s an answered item). straight: eight or more rows of a matrix rated, all
    alike. blank: more than 40 % of the items asked have no answer. exclusive: "none" ticked beside others.
    not_chosen: the most urgent item is not among those ticked. Open texts are optional, and stored apart:
    they are no items here. Of a matrix with drawn rows as many items were asked as are drawn.
    """
    watched = _watch(definition, short)
    asked, answered = len(watched.always), len(watched.always.intersection(answers))
    for keys, test in watched.sometimes:
        if test(answers):
            asked += len(keys)
            answered += sum(map(answers.__contains__, keys))
    missing = asked - answered
    for keys, n in watched.drawn:
        given = sum(map(answers.__contains__, keys))
        asked, answered, missing = asked + n, answered + given, missing + max(n - given, 0)
    found = {
        "quick": seconds is not None and seconds < max(QUICK_SECONDS, QUICK_SECONDS_PER_ITEM * answered),
        "straight": _is_straight(watched.matrices, answers),
        "blank": missing > BLANK_SHARE * asked,
        "exclusive": _conflicts(watched.exclusive, answers),
        "not_chosen": _is_not_chosen(watched.piped, answers),
    }
    return tuple(flag for flag, holds in found.items() if holds)


@lru_cache(maxsize=32)
def _watch(definition: Definition, short: bool) -> _Watched:
    questions = form_questions(definition, short)
    whole = [q for q in questions if q.kind != "text" and not q.draw]
    items = [(keys_of(q), asked_test(definition, q)) for q in whole]
    alone = ((q.code, frozenset(c.code for c in q.choices if c.exclusive)) for q in questions)
    return _Watched(
        always=frozenset(key for keys, test in items if test is None for key in keys),
        sometimes=tuple((keys, test) for keys, test in items if test is not None),
        drawn=tuple((keys_of(q), min(q.draw, len(q.rows))) for q in questions if q.draw),
        matrices=tuple(keys_of(q) for q in questions if len(q.rows) >= STRAIGHT_ROWS),
        exclusive=tuple((code, codes) for code, codes in alone if codes),
        piped=tuple((q.code, piped_test(definition, q)) for q in questions if q.piped_from),
    )


def _is_straight(matrices: Iterable[Keys], answers: Mapping[str, Any]) -> bool:
    """ "Never had to do with it" is no rating: who says so ten times has answered, not clicked through."""
    for rows in matrices:
        given = list(map(answers.get, rows))
        ratings = set(given) - _NO_RATINGS
        if len(ratings) == 1 and given.count(ratings.pop()) >= STRAIGHT_ROWS:
            return True
    return False


def _conflicts(exclusive: Iterable[tuple[str, frozenset[Code]]], answers: Mapping[str, Any]) -> bool:
    for code, alone in exclusive:
        taken = answers.get(code)
        if isinstance(taken, list) and len(taken) > 1 and not alone.isdisjoint(taken):
            return True
    return False


def _is_not_chosen(piped: Iterable[tuple[str, Piped]], answers: Mapping[str, Any]) -> bool:
    for code, choices in piped:
        if code in answers and answers[code] not in [choice.code for choice in choices(answers)]:
            return True
    return False

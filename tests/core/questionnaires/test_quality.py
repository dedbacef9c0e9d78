"""Quality flags at their boundaries (DOMAIN 2.4)."""

from __future__ import annotations

from typing import Any

import pytest

from core.questionnaires.answers import check
from core.questionnaires.logic import keys_of
from core.questionnaires.quality import quality_flags
from core.questionnaires.schema import Definition

SHORT = {"consent": 1, "who": 1, "grid": {"grid": 3}, "sex": 2, "age": 8, "need_elder": ["E1"],
         "need_cult": ["K1"], "top1": "E1", "hh_need": ["H0"], "used": [0], "slot": [1], "channel": [1],
         "overall": 4}  # fmt: skip
SAT = [f"sat_{i}" for i in range(1, 11)]


def _flags(definition: Definition, answers: dict[str, Any], seconds: int = 900, short: bool = False) -> Any:
    return quality_flags(definition, answers, seconds=seconds, short=short)


@pytest.mark.parametrize(("seconds", "flags"), [(0, ("quick",)), (59, ("quick",)), (60, ()), (None, ())])
def test_less_than_a_minute_is_quick(needs: Definition, seconds: Any, flags: tuple[str, ...]) -> None:
    assert _flags(needs, SHORT, seconds, short=True) == flags


@pytest.mark.parametrize(("seconds", "is_quick"), [(79, True), (80, False)])
def test_two_seconds_an_answered_item_are_needed(make: Any, seconds: int, is_quick: bool) -> None:
    """40 items: 2 × 40 = 80 s. What is written behind "other" is no item."""
    items = [{"code": f"q{i}", "choices": [{"code": 1, "label": "是", "other": True}]} for i in range(40)]
    answers: dict[str, Any] = {f"q{i}": 1 for i in range(40)} | {"q1_other": "x", "guardian": 1}
    assert ("quick" in _flags(make(*items), answers, seconds)) is is_quick


@pytest.mark.parametrize(
    ("rated", "is_straight"),
    [
        (dict.fromkeys(SAT, 4), True),
        (dict.fromkeys(SAT[:8], 4), True),
        (dict.fromkeys(SAT[:7], 4), False),
        (dict.fromkeys(SAT, 4) | {"sat_10": 5}, False),
        (dict.fromkeys(SAT, 8), False),
        (dict.fromkeys(SAT, 3) | {"sat_1": 8, "sat_2": 8}, True),
        (dict.fromkeys(SAT, 3) | {"sat_1": 8, "sat_2": 8, "sat_3": 8}, False),
    ],
    ids=[
        "ten alike",
        "eight alike",
        "seven",
        "one differs",
        "had nothing to do with it",
        "eight rated",
        "seven rated",
    ],
)
def test_eight_ratings_of_a_matrix_that_are_all_alike_are_straight(
    needs: Definition, rated: dict[str, int], is_straight: bool
) -> None:
    assert ("straight" in _flags(needs, SHORT | rated)) is is_straight


def test_a_matrix_of_seven_rows_is_never_straight(make: Any) -> None:
    rows = [{"code": f"r{i}", "label": f"{i}"} for i in range(7)]
    definition = make({"code": "m", "kind": "matrix", "choices": 5, "rows": rows})
    assert _flags(definition, {row["code"]: 3 for row in rows}) == ()


@pytest.mark.parametrize(("answered", "is_blank"), [(5, True), (6, False), (10, False)])
def test_more_than_40_percent_without_an_answer_is_blank(make: Any, answered: int, is_blank: bool) -> None:
    items = [{"code": f"q{i}", "choices": 2} for i in range(10)]
    definition = make(*items, {"code": "open", "kind": "text"})
    assert ("blank" in _flags(definition, {f"q{i}": 1 for i in range(answered)})) is is_blank


def test_what_was_not_asked_is_not_blank(make: Any) -> None:
    items = [{"code": f"q{i}", "choices": 2, "relevant": "first == 2"} for i in range(9)]
    definition = make({"code": "first", "choices": 2}, *items)
    assert _flags(definition, {"first": 1}) == ()
    assert _flags(definition, {"first": 2}) == ("blank",)


def test_a_short_form_is_measured_by_its_own_items(needs: Definition) -> None:
    assert _flags(needs, SHORT, short=True) == ()
    assert _flags(needs, SHORT) == ("blank",)


def test_none_beside_others_and_an_urgent_item_not_ticked_are_flagged(needs: Definition) -> None:
    assert _flags(needs, SHORT | {"need_cult": ["K0", "K1"]}, short=True) == ("exclusive",)
    assert _flags(needs, SHORT | {"top1": "E9"}, short=True) == ("not_chosen",)


def test_checked_answers_never_contradict_themselves(needs: Definition) -> None:
    kept = check(needs, SHORT | {"need_cult": ["K0", "K1"], "top1": "E9"}, short=True).answers
    assert "need_cult" not in kept and "top1" not in kept
    assert not {"exclusive", "not_chosen"} & set(_flags(needs, kept, short=True))


def test_a_full_sheet_has_no_flags(needs: Definition) -> None:
    keys = [key for q in needs.questions for key in keys_of(q)]
    full = dict.fromkeys(keys, 1) | SHORT | {"status_consent": 2, "imp_1": 2, "sat_1": 2}
    assert _flags(needs, full) == ()


@pytest.mark.parametrize(("rated", "is_blank"), [(0, True), (2, True), (3, False), (5, False), (10, False)])
def test_of_a_drawn_matrix_only_the_drawn_rows_can_be_blank(make: Any, rated: int, is_blank: bool) -> None:
    """Five of ten are asked: two answers leave 60 % blank, three 40 %, which is not more than 40 %."""
    rows = [{"code": f"r{i}", "label": str(i)} for i in range(10)]
    levels = [{"code": i, "label": label} for i, label in enumerate(("不满意", "一般", "满意"), 1)]
    matrix = {"code": "m", "kind": "matrix", "text": "m", "draw": 5, "rows": rows, "choices": levels}
    definition = make(sections=[{"id": "a", "title": "a", "questions": [matrix]}])
    given = {f"r{i}": 1 + i % 3 for i in range(rated)}
    assert ("blank" in _flags(definition, given)) is is_blank

"""Steps of plain pages: nothing on a step depends on an answer of the same step."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from core.questionnaires.load import load_shipped, shipped
from core.questionnaires.schema import Definition
from core.questionnaires.screens import drawn
from core.questionnaires.steps import _depends_on, step_at, step_keys, steps

KEY = "0123456789abcdef0123456789abcdef"
CHILD: dict[str, Any] = {"consent": 1, "who": 3, "age": 2, "status_consent": 1, "used": [0]}


def names(answers: dict[str, Any], **how: bool) -> list[tuple[str, ...]]:
    return [step_keys(found) for found in steps(load_shipped("needs-v1"), answers, key=KEY, **how)]


def test_who_comes_before_the_ages_it_decides() -> None:
    assert names(CHILD)[:3] == [("consent",), ("who",), ("grid", "sex", "age", "tenure")]


def test_the_most_urgent_one_comes_after_what_it_is_chosen_from() -> None:
    before = names(CHILD)
    after = names(CHILD | {"need_child": ["C1"]})
    assert ("need_child", "need_cult") in before and ("top1", "hh_need") in after
    assert ("hh_need",) in before


@pytest.mark.parametrize("definition", shipped(), ids=lambda d: d.code)
@pytest.mark.parametrize("further", [False, True])
def test_no_step_needs_an_answer_given_on_it(definition: Definition, further: bool) -> None:
    for step in steps(definition, CHILD | {"need_cult": ["K1"]}, key=KEY, further=further):
        codes = {question.code for question in step.questions}
        assert not any(_depends_on(definition)[code] & codes for code in codes)


def test_the_elder_form_asks_one_thing_a_step_and_the_same_things() -> None:
    answers = CHILD | {"need_cult": ["K1"]}
    singly = names(answers, further=True, one=True)
    assert all(len(step) == 1 for step in singly)
    assert list(chain(*singly)) == list(chain(*names(answers, further=True)))


def test_five_of_ten_rows_are_drawn_the_same_for_importance_and_satisfaction() -> None:
    definition = load_shipped("needs-v1")
    importance, satisfaction = (drawn(definition.by_code[code], KEY) for code in ("imp", "sat"))
    assert len(importance.rows) == 5
    assert [row.code[4:] for row in importance.rows] == [row.code[4:] for row in satisfaction.rows]
    assert drawn(definition.by_code["imp"], KEY) == importance


def test_over_many_sheets_each_row_is_drawn_about_half_the_time() -> None:
    question = load_shipped("needs-v1").by_code["imp"]
    counts = dict.fromkeys((row.code for row in question.rows), 0)
    for number in range(2000):
        for row in drawn(question, f"{number:032x}").rows:
            counts[row.code] += 1
    # Binomial(2000, 1/2) has a standard deviation of 22.4: five of them either way.
    assert all(888 <= n <= 1112 for n in counts.values()), counts


def test_a_step_is_found_by_any_name_on_it() -> None:
    found = steps(load_shipped("needs-v1"), CHILD, key=KEY)
    assert step_at(found, "sex") == 2
    assert step_at(found, "nothing") is None

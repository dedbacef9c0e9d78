"""Who is meant, what is asked and offered: the counting rules of DOMAIN 2.3."""

from __future__ import annotations

from typing import Any

import pytest

from core.questionnaires.logic import (
    form_questions,
    is_asked,
    keys_of,
    offered,
    piped_choices,
    prune,
    strata,
)
from core.questionnaires.schema import Definition
from models.taxonomy import AGE_BANDS


def _asked(definition: Definition, *, short: bool, **answers: Any) -> set[str]:
    return {q.code for q in form_questions(definition, short) if is_asked(definition, q, answers)}


@pytest.mark.parametrize("band", [band.code for band in AGE_BANDS])
def test_children_and_elders_are_asked_their_own_needs_culture_and_the_rest_everybody(
    needs: Definition, band: int
) -> None:
    asked = _asked(needs, short=False, who=3 if band < 3 else 1, age=band)
    assert ("need_child" in asked, "need_elder" in asked) == (band <= 3, band >= 7)
    assert {"need_cult", "need_gen", "hh_need"} <= asked


def test_without_an_age_no_question_of_an_age_is_asked(needs: Definition) -> None:
    assert not {"need_child", "need_elder"} & _asked(needs, short=True)


def test_bands_of_a_child_are_offered_for_a_child_only(needs: Definition) -> None:
    age = needs.by_code["age"]
    assert [c.code for c in offered(needs, age, {"who": 3})] == [1, 2]
    for who in (1, 2, 4):
        assert [c.code for c in offered(needs, age, {"who": who})] == [3, 4, 5, 6, 7, 8, 9]


def test_health_and_hardship_are_asked_after_their_own_consent_only(needs: Definition) -> None:
    status = needs.by_code["status"]
    assert is_asked(needs, status, {"status_consent": 1})
    assert not is_asked(needs, status, {"status_consent": 2}) and not is_asked(needs, status, {})


def test_barriers_are_asked_of_those_who_used_nothing(needs: Definition) -> None:
    barrier = needs.by_code["barrier"]
    assert is_asked(needs, barrier, {"used": [0]})
    assert not is_asked(needs, barrier, {"used": [1, 3]}) and not is_asked(needs, barrier, {})


def test_the_short_form_holds_the_marked_items(needs: Definition) -> None:
    short = [question.code for question in form_questions(needs, True)]
    assert short == ["consent", "who", "grid", "sex", "age", "tenure", "need_child", "need_elder",
                     "need_cult", "top1", "hh_need", "used", "slot", "channel", "overall",
                     "open"]  # fmt: skip
    assert form_questions(needs, False) == needs.questions


def test_the_most_urgent_item_is_one_of_those_ticked(needs: Definition) -> None:
    top1 = needs.by_code["top1"]
    ticked = {"need_elder": ["E1", "E5"], "need_cult": ["K0"]}
    assert [choice.code for choice in piped_choices(needs, top1, ticked)] == ["E1", "E5"]
    assert offered(needs, top1, ticked) == piped_choices(needs, top1, ticked)


@pytest.mark.parametrize("taken", [{}, {"need_cult": ["K0"]}, {"need_cult": "K1"}, {"need_cult": ["Z"]}])
def test_where_nothing_was_ticked_the_most_urgent_is_not_asked(needs: Definition, taken: Any) -> None:
    assert not is_asked(needs, needs.by_code["top1"], taken)


def test_a_pipe_and_a_condition_hold_together(make: Any) -> None:
    definition = make(
        {"code": "a", "kind": "multiple", "choices": 3},
        {"code": "b", "choices": 2},
        {"code": "c", "piped_from": ["a"], "relevant": "b == 1"},
    )
    last = definition.by_code["c"]
    assert is_asked(definition, last, {"a": [1], "b": 1})
    assert not is_asked(definition, last, {"a": [1], "b": 2})
    assert not is_asked(definition, last, {"b": 1})


def test_a_matrix_is_kept_under_its_rows_anything_else_under_its_code(needs: Definition) -> None:
    assert keys_of(needs.by_code["sat"])[0] == "sat_1" and keys_of(needs.by_code["who"]) == ("who",)


def test_answers_on_a_path_since_left_are_dropped_with_what_hung_on_them(needs: Definition) -> None:
    given = {"who": 1, "age": 5, "need_elder": ["E1"], "need_elder_other": "x", "need_cult": ["K1"],
             "top1": "E1", "used": [1], "barrier": [1], "sat_1": 4, "guardian": 1, "junk": 2}  # fmt: skip
    kept = prune(needs, given)
    assert kept == {
        "who": 1,
        "age": 5,
        "need_cult": ["K1"],
        "top1": "E1",
        "used": [1],
        "sat_1": 4,
        "guardian": 1,
    }
    assert "sat_1" not in prune(needs, given, short=True)


def test_the_strata_are_those_of_the_person_whose_need_it_is(needs: Definition) -> None:
    """A daughter of 40 answers for her mother of 82: grid, age and sex are the mother's."""
    person = strata(needs, {"who": 2, "grid": {"grid": 3, "building": 21}, "age": 9, "sex": 2})
    assert (person.who, person.grid, person.building, person.age_band, person.sex) == (2, 3, 21, 9, 2)
    assert person.groups == ("age60", "age80")


def test_what_is_not_known_stays_unknown(needs: Definition) -> None:
    person = strata(needs, {"sex": 9})
    assert (person.who, person.grid, person.building, person.age_band, person.sex) == (1, 0, 0, 0, 9)
    assert person.groups == ()


@pytest.mark.parametrize(
    ("band", "groups"),
    [
        (1, ("age0_17",)),
        (3, ("age0_17",)),
        (4, ()),
        (6, ()),
        (7, ("age60",)),
        (8, ("age60",)),
        (9, ("age60", "age80")),
    ],
)
def test_the_age_puts_a_person_in_its_groups(needs: Definition, band: int, groups: tuple[str, ...]) -> None:
    assert strata(needs, {"age": band}).groups == groups


def test_what_is_ticked_at_home_adds_its_groups_none_and_refusing_add_nothing(needs: Definition) -> None:
    assert strata(needs, {"age": 8, "status": [2, 5]}).groups == ("age60", "alone", "low_income")
    assert strata(needs, {"age": 5, "status": [0]}).groups == ()
    assert strata(needs, {"age": 5, "status": [-7]}).groups == ()


@pytest.mark.parametrize(("age", "band"), [(0, 0), (10, 0), ("8", 0), (None, 0), (1, 1), (9, 9)])
def test_a_band_that_is_none_is_unknown(needs: Definition, age: Any, band: int) -> None:
    assert strata(needs, {"age": age}).age_band == band

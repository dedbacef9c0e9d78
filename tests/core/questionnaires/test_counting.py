"""What a response adds to the tally: worked examples, written out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from core.questionnaires.counting import SEPARATOR, contributions
from core.questionnaires.schema import Definition


def _pairs(definition: Definition, answers: dict[str, Any]) -> list[str]:
    """The pairs as "question choice", in alphabetical order."""
    return sorted(pair.replace(SEPARATOR, " ") for pair in contributions(definition, answers))


def test_a_response_by_itself_is_counted(needs: Definition) -> None:
    assert _pairs(needs, {}) == ["* *"]


def test_an_elders_sheet_is_counted_item_by_item(needs: Definition) -> None:
    given = {"consent": 1, "who": 1, "grid": {"grid": 3}, "sex": 2, "age": 8, "need_elder": ["E1", "E5"],
             "need_cult": ["K1"], "top1": "E1", "used": [0], "overall": 4, "open": "饭"}  # fmt: skip
    assert _pairs(needs, given) == [
        "* *",
        "age *", "age 8",
        "any *", "any culture", "any elderly",
        "need_cult *", "need_cult K1",
        "need_elder *", "need_elder E1", "need_elder E5",
        "overall *", "overall 4",
        "sex *", "sex 2",
        "top1 *", "top1 E1",
        "used *", "used 0",
        "who *", "who 1",
    ]  # fmt: skip


def test_several_items_of_one_area_are_one_person_of_the_area(needs: Definition) -> None:
    """G5 is health, G7 and G9 are both facilities."""
    found = _pairs(needs, {"need_gen": ["G5", "G7", "G9"]})
    assert [pair for pair in found if pair.startswith("any")] == ["any *", "any facilities", "any health"]


def test_who_needs_nothing_is_in_the_base_of_the_areas(needs: Definition) -> None:
    assert _pairs(needs, {"need_cult": ["K0"]}) == ["* *", "any *", "need_cult *", "need_cult K0"]


def test_other_in_general_has_no_area_other_of_an_area_has(needs: Definition) -> None:
    assert "any *" in _pairs(needs, {"need_gen": ["G99"]})
    assert not any(
        pair.startswith("any ") and pair != "any *" for pair in _pairs(needs, {"need_gen": ["G99"]})
    )
    assert "any elderly" in _pairs(needs, {"need_elder": ["E99"]})


def test_what_others_at_home_need_is_counted_apart_and_under_no_area(needs: Definition) -> None:
    found = _pairs(needs, {"hh_need": ["E1", "C1"]})
    assert found == ["* *", "hh_need *", "hh_need C1", "hh_need E1"]
    both = _pairs(needs, {"need_cult": ["K1"], "hh_need": ["E1"]})
    assert [pair for pair in both if pair.startswith("any")] == ["any *", "any culture"]


def test_nothing_to_do_with_it_is_8_and_not_the_middle(needs: Definition) -> None:
    assert _pairs(needs, {"sat_1": 8, "sat_2": 3}) == ["* *", "sat_1 *", "sat_1 8", "sat_2 *", "sat_2 3"]


def test_no_answer_is_not_in_the_base(needs: Definition) -> None:
    assert "sat_2 *" not in _pairs(needs, {"sat_1": 4})


@pytest.mark.parametrize(
    "answers",
    [
        {"consent": 1},
        {"status_consent": 1},
        {"open": "x"},
        {"grid": {"grid": 1}},
        {"guardian": 1},
        {"need_cult_other": "x"},
        {"no_such": 1},
    ],
)
def test_consents_places_and_words_are_not_counted(needs: Definition, answers: dict[str, Any]) -> None:
    assert _pairs(needs, answers) == ["* *"]


def test_refusing_is_a_choice_of_its_own(needs: Definition) -> None:
    assert _pairs(needs, {"status": [-7]}) == ["* *", "status *", "status -7"]


def test_no_pair_is_added_twice_and_the_second_time_is_like_the_first(needs: Definition) -> None:
    given = {"need_child": ["C1", "C2"], "need_cult": ["K1", "K2"], "need_gen": ["G6", "G7"], "used": [1, 2]}
    first, second = contributions(needs, given), contributions(needs, given)
    assert first == second and len(set(first)) == len(first)


def test_an_area_asked_in_two_questions_counts_a_person_once(make: Any) -> None:
    item = {"code": 1, "label": "a", "area": "culture"}
    need = {"kind": "multiple", "choices": [item], "eligible": {}}
    definition = make({"code": "a", **need}, {"code": "b", **need})
    assert [p for p in _pairs(definition, {"a": [1], "b": [1]}) if "any" in p] == ["any *", "any culture"]


def test_what_is_not_to_be_counted_is_not(make: Any) -> None:
    assert _pairs(make({"code": "a", "choices": 2, "counted": False}), {"a": 1}) == ["* *"]


def test_ranks_are_counted_like_ticks(make: Any) -> None:
    definition = make({"code": "r", "kind": "rank", "choices": 3})
    assert _pairs(definition, {"r": [3, 1]}) == ["* *", "r *", "r 1", "r 3"]


def test_feedback_is_counted_without_areas(feedback: Definition) -> None:
    assert _pairs(feedback, {"gain": 5, "again": 1, "suggest": "x"}) == [
        "* *",
        "again *",
        "again 1",
        "gain *",
        "gain 5",
    ]

"""A sheet taken up at the other door: no answer is lost, nothing that is no answer gets in."""

from __future__ import annotations

from typing import Any

import pytest

from core.questionnaires.answers import check
from core.questionnaires.load import load_shipped
from core.questionnaires.resume import as_stored, filled_in_by, is_alone

ASKED = load_shipped("needs-v1")
# As a plain form's fields give them: texts and lists of texts.
FIELDS: dict[str, Any] = {
    "consent": "1",
    "who": "3",
    "guardian": 1,
    "grid": {"grid": 3, "building": 12},
    "grid_other": "南门小卖部旁边",
    "sex": "9",
    "age": "2",
    "need_child": ["C1", "C2"],
    "need_cult": ["K1", "K9"],
    "top1": "C1",
    "used": ["0"],
    "imp_1": "4",
    "open": "放学没人管",
}
STORED: dict[str, Any] = {
    "consent": 1,
    "who": 3,
    "guardian": 1,
    "grid": {"grid": 3, "building": 12},
    "grid_other": "南门小卖部旁边",
    "sex": 9,
    "age": 2,
    "need_child": ["C1", "C2"],
    "need_cult": ["K1"],
    "top1": "C1",
    "used": [0],
    "imp_1": 4,
    "open": "放学没人管",
}


def test_what_fields_give_becomes_what_is_stored() -> None:
    codes = {choice.code for choice in ASKED.by_code["need_cult"].choices}
    assert "K9" not in codes and {"K1"} <= codes
    assert as_stored(ASKED, FIELDS) == STORED


def test_what_is_stored_stays_as_it_is() -> None:
    assert as_stored(ASKED, STORED) == STORED


def test_what_check_would_refuse_is_kept_for_its_author_to_mend() -> None:
    most = ASKED.by_code["need_cult"].most
    assert most == 3
    too_many = ["K1", "K2", "K3", "K4"]
    given = {"consent": "1", "who": "1", "need_cult": too_many, "open": "路灯。" * 100}
    assert {"need_cult", "open"} <= {problem.question for problem in check(ASKED, given).problems}
    found = as_stored(ASKED, given)
    assert found["need_cult"] == too_many and found["open"] == "路灯。" * 100


@pytest.mark.parametrize(
    "given",
    [
        {"who": ["1"]},
        {"who": {"a": 1}},
        {"who": "99"},
        {"need_cult": "K1"},
        {"need_cult": [["K1"]]},
        {"need_cult": []},
        {"grid": "b1"},
        {"grid": {"grid": "x"}},
        {"open": 5},
        {"open_other": "x", "nothing": "1"},
        {"grid_other": 7},
        {"top1": "X1"},
    ],
)
def test_what_can_be_no_answer_is_left_out(given: dict[str, Any]) -> None:
    assert {k: v for k, v in as_stored(ASKED, given).items() if k != "open_other"} == {}


def test_an_unknown_place_is_one_too() -> None:
    assert as_stored(ASKED, {"grid": {"grid": 0}}) == {"grid": {"grid": 0, "building": 0}}


def test_who_answers_for_another_is_family_unless_somebody_helps() -> None:
    assert [filled_in_by("self", given) for given in ({}, {"who": "1"}, {"who": 1})] == ["self"] * 3
    assert [filled_in_by("self", {"who": who}) for who in ("2", 3, "4")] == ["family"] * 3
    helped = ["worker", "kiosk", "phone", "paper"]
    assert [filled_in_by(kind, {"who": 2}) for kind in helped] == helped


def test_only_a_residents_own_sheet_changes_doors() -> None:
    assert is_alone("plain", "self") and is_alone("screen", "family")
    helped = [("kiosk", "kiosk"), ("plain", "worker"), ("phone", "phone"), ("paper", "paper")]
    assert not any(is_alone(*other) for other in [*helped, ("change", "self")])

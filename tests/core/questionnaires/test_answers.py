"""What is taken and what is refused, kind by kind; and that no input whatever is more than a problem."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.questionnaires.answers import MOST_OTHER_CHARACTERS, AnswerError, check
from core.questionnaires.load import load_shipped
from core.questionnaires.schema import Definition
from core.redaction import HIDDEN

NEEDS = load_shipped("needs-v1")


def _sheet(**changes: Any) -> dict[str, Any]:
    """A complete short form of a woman of 70–79."""
    given = {"consent": 1, "who": 1, "grid": {"grid": 3, "building": 21}, "sex": 2, "age": 8,
             "need_elder": ["E1", "E5"], "need_cult": ["K1"], "top1": "E1", "used": [0]}  # fmt: skip
    return {code: value for code, value in (given | changes).items() if value is not None}


def _rules(definition: Definition, answers: dict[str, Any], *, short: bool = False) -> list[tuple[str, str]]:
    return [(p.question, p.rule) for p in check(definition, answers, short=short).problems]


@pytest.mark.parametrize("short", [True, False])
def test_a_sheet_in_order_is_kept_as_it_is(needs: Definition, short: bool) -> None:
    checked = check(needs, _sheet(), short=short)
    assert checked.problems == () and checked.answers == _sheet()


def test_codes_as_a_file_or_a_form_sends_them_are_kept_as_the_definition_has_them(needs: Definition) -> None:
    sent = _sheet(consent="1", who="1", sex="2", age="8", used=("0",), status_consent="1", status=["-7"])
    sent["grid"] = {"grid": "3", "building": "21"}
    checked = check(needs, sent)
    assert checked.problems == ()
    assert checked.answers == _sheet(status_consent=1, status=[-7])


@pytest.mark.parametrize("code", ["consent", "who", "sex", "age", "need_elder", "need_cult", "used"])
@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_a_required_question_without_an_answer_is_told(needs: Definition, code: str, nothing: Any) -> None:
    assert (code, "required") in _rules(needs, {**_sheet(), code: nothing})


def test_every_problem_is_found_at_once_and_none_hides_another(needs: Definition) -> None:
    told = _rules(needs, _sheet(sex=7, need_cult=["K1", "K0"], used=None, overall=6))
    assert told == [("sex", "unknown_choice"), ("need_cult", "exclusive"), ("used", "required"),
                    ("overall", "unknown_choice")]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "value", "rule"),
    [
        ("sex", 3, "unknown_choice"),
        ("sex", True, "unknown_choice"),
        ("sex", [1], "unknown_choice"),
        ("sex", {"1": 1}, "unknown_choice"),
        ("sex", float("nan"), "unknown_choice"),
        ("overall", 0, "unknown_choice"),
        ("overall", 5.5, "unknown_choice"),
        ("overall", 8, "unknown_choice"),
        ("consent", 2, "consent_needed"),
        ("consent", "yes", "unknown_choice"),
        ("need_cult", "K1", "unknown_choice"),
        ("need_cult", {"K1": 1}, "unknown_choice"),
        ("need_cult", ["E1"], "unknown_choice"),
        ("need_cult", [["K1"]], "unknown_choice"),
        ("need_cult", [None], "unknown_choice"),
        ("used", [True], "unknown_choice"),
        ("need_cult", ["K1", "K2", "K3", "K4"], "too_many"),
        ("need_cult", ["K0", "K1"], "exclusive"),
        ("used", [0, 1], "exclusive"),
        ("status", [0, -7], "exclusive"),
        ("top1", "K2", "not_among_chosen"),
        ("top1", "K0", "not_among_chosen"),
        ("top1", ["E1"], "not_among_chosen"),
        ("top1", 1, "not_among_chosen"),
        ("open", 5, "not_text"),
        ("open", ["x"], "not_text"),
        ("open", "长" * 201, "too_long"),
        ("grid", 3, "unknown_choice"),
        ("grid", "3", "unknown_choice"),
        ("grid", {"grid": "x"}, "unknown_choice"),
        ("grid", {"grid": -1}, "unknown_choice"),
        ("grid", {"grid": 2**31}, "unknown_choice"),
        ("grid", {"grid": 1.5}, "unknown_choice"),
        ("grid", {"grid": True}, "unknown_choice"),
        ("grid", {"grid": [3]}, "unknown_choice"),
        ("grid", {"grid": "9" * 5_000}, "unknown_choice"),
    ],
)
def test_what_cannot_be_stored_is_told_and_not_kept(
    needs: Definition, code: str, value: Any, rule: str
) -> None:
    checked = check(needs, _sheet(status_consent=1, **{code: value}))
    assert [(p.question, p.rule) for p in checked.problems] == [(code, rule)]
    assert code not in checked.answers


@pytest.mark.parametrize(
    ("sent", "kept"), [(1, 1), ("3", 3), (True, None), (2, None), ([1], None), (0, None), ("1 ", None)]
)
def test_of_a_pipe_only_what_was_ticked_is_taken_however_it_is_sent(make: Any, sent: Any, kept: Any) -> None:
    definition = make({"code": "a", "kind": "multiple", "choices": 3}, {"code": "b", "piped_from": ["a"]})
    checked = check(definition, {"a": [3, 1], "b": sent})
    assert checked.answers.get("b") == kept
    assert [p.rule for p in checked.problems] == ([] if kept else ["not_among_chosen"])


def test_a_band_of_a_child_is_refused_for_a_grown_up(needs: Definition) -> None:
    """Without an age no need of an age is asked: what hung on it is no longer among those ticked."""
    assert _rules(needs, _sheet(age=1)) == [("age", "choice_not_offered"), ("top1", "not_among_chosen")]


def test_a_row_of_a_matrix_is_checked_by_itself(needs: Definition) -> None:
    checked = check(needs, _sheet(sat_1=5, sat_2=8, sat_3=6, sat_10="1"))
    assert [(p.question, p.rule) for p in checked.problems] == [("sat", "unknown_choice")]
    assert {c: v for c, v in checked.answers.items() if c.startswith("sat")} == {
        "sat_1": 5,
        "sat_2": 8,
        "sat_10": 1,
    }


@pytest.mark.parametrize("value", [True, False, [5], {"1": 5}, "five", float("nan"), 5.5])
def test_a_row_of_a_matrix_takes_its_codes_and_nothing_that_only_equals_one(
    needs: Definition, value: Any
) -> None:
    checked = check(needs, _sheet(sat_1=value))
    assert [(p.question, p.rule) for p in checked.problems] == [("sat", "unknown_choice")]
    assert "sat_1" not in checked.answers


@pytest.mark.parametrize("most", [3, 200])
def test_the_limits_themselves_are_taken(needs: Definition, most: int) -> None:
    given = _sheet(need_cult=["K1", "K2", "K3"]) if most == 3 else _sheet(open="长" * 200)
    assert _rules(needs, given) == []


def test_the_same_choice_twice_is_one(needs: Definition) -> None:
    assert check(needs, _sheet(need_cult=["K1", "K1", "K2", "K1"])).answers["need_cult"] == ["K1", "K2"]


def test_answers_to_what_is_not_asked_are_dropped_without_a_word(needs: Definition) -> None:
    given = _sheet(need_child=["C1"], barrier=[1], status=[2], no_such=3, used=[1])
    checked = check(needs, given)
    assert checked.problems == () and checked.answers == _sheet(used=[1])
    assert "hh" not in check(needs, _sheet(hh=1), short=True).answers


def test_unknown_places_are_no_places(needs: Definition) -> None:
    assert check(needs, _sheet(grid={"grid": 3, "building": 0})).answers["grid"] == {"grid": 3}
    for nowhere in ({"grid": 0}, {"grid": "0"}, {"grid": None}, {"grid": "", "building": ""}):
        checked = check(needs, _sheet(grid=nowhere))
        assert checked.problems == () and "grid" not in checked.answers


def test_a_child_is_answered_for_by_its_guardian_who_says_so(needs: Definition) -> None:
    child = _sheet(who=3, age=2, need_elder=None, need_child=["C1"], top1="C1")
    assert _rules(needs, child) == [("who", "guardian_needed")]
    for said in (True, 1, "1", "true", "on"):
        checked = check(needs, child | {"guardian": said})
        assert checked.problems == () and checked.answers["guardian"] == 1
    assert _rules(needs, child | {"guardian": "no"}) == [("who", "guardian_needed")]
    assert ("age", "choice_not_offered") in _rules(needs, child | {"guardian": 1, "age": 5})


def test_a_guardian_of_nobody_is_dropped(needs: Definition) -> None:
    assert "guardian" not in check(needs, _sheet(guardian=1)).answers


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  合唱队 ", "合唱队"),
        ("打我电话13800000000", f"打我电话{HIDDEN}"),
        ("长" * 90, "长" * MOST_OTHER_CHARACTERS),
        ("a\x00\x1bb", "ab"),
        ("长" * 59 + " 后面", "长" * 59),
        ("长" * 52 + "13800000000", "长" * 52 + HIDDEN),
        ("长" * 45 + "1" * 40, None),
        ("   ", None),
        (5, None),
    ],
)
def test_a_written_other_is_cleaned_hidden_and_cut(needs: Definition, written: Any, kept: str | None) -> None:
    checked = check(needs, _sheet(need_cult=["K99"], top1="E1", need_cult_other=written))
    found = checked.answers.get("need_cult_other")
    assert checked.problems == ()
    if kept is not None or not isinstance(written, str) or not written.strip():
        assert found == kept
    assert not any(digit * 11 in str(found) for digit in "1")


def test_an_other_that_was_not_ticked_is_dropped(needs: Definition) -> None:
    assert "need_cult_other" not in check(needs, _sheet(need_cult_other="合唱队")).answers


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "'; DROP TABLE response;--", "=1+1", "{0.__class__}"]
)
def test_hostile_words_are_words(needs: Definition, hostile: str) -> None:
    assert check(needs, _sheet(open=hostile)).answers["open"] == hostile
    told = check(needs, _sheet(sex=hostile)).problems
    assert hostile not in told[0].sentence()


def test_a_short_form_needs_nothing_of_the_full_one(needs: Definition) -> None:
    assert _rules(needs, _sheet(), short=True) == []


@pytest.fixture(scope="module")
def kinds(make: Any) -> Definition:
    """Numbers, ranks, lower limits and limited choices: kinds needs-v1 does not use."""
    return make(
        {"code": "n", "kind": "number", "least": 1, "most": 20},
        {"code": "m", "kind": "number"},
        {"code": "r", "kind": "rank", "choices": 5, "least": 2, "most": 3},
        {"code": "k", "kind": "multiple", "choices": [
            {"code": 1, "label": "甲", "only": "n > 5"}, {"code": 2, "label": "乙"},
            {"code": 0, "label": "无", "exclusive": True},
        ], "least": 2},
        {"code": "t", "kind": "text", "required": True, "most": 5},
        {"code": "p", "kind": "place", "required": True},
    )  # fmt: skip


KINDS = {"t": "好", "p": {"grid": 1}}


@pytest.mark.parametrize(
    ("code", "value", "kept"),
    [
        ("n", 1, 1),
        ("n", "20", 20),
        ("n", " １２ ", 12),
        ("n", 3.0, 3),
        ("m", 10**6, 10**6),
        ("r", [3, 1], [3, 1]),
        ("r", ["5", "4", "3"], [5, 4, 3]),
        ("k", [0], [0]),
    ],
)
def test_numbers_and_ranks_are_kept_in_order(kinds: Definition, code: str, value: Any, kept: Any) -> None:
    checked = check(kinds, KINDS | {code: value})
    assert checked.problems == () and checked.answers[code] == kept


@pytest.mark.parametrize(
    ("code", "value", "rule", "told"),
    [
        ("n", 0, "out_of_range", "1 到 20"),
        ("n", 21, "out_of_range", "1 到 20"),
        ("m", -1, "too_small", "不小于 0"),
        ("n", "十", "not_a_number", "数字"),
        ("n", "1_0", "not_a_number", "数字"),
        ("n", True, "not_a_number", "数字"),
        ("n", 2.5, "not_a_number", "数字"),
        ("n", float("inf"), "not_a_number", "数字"),
        ("n", float("nan"), "not_a_number", "数字"),
        ("n", "9" * 10_000, "not_a_number", "数字"),
        ("r", [1], "too_few", "至少选 2 项"),
        ("r", [1, 2, 3, 4], "too_many", "最多选 3 项"),
        ("k", [1, 2], "choice_not_offered", "不符"),
        ("t", "  ", "required", "还没有回答"),
        ("t", "一二三四五六", "too_long", "最多 5 字"),
        ("p", {"grid": 0}, "required", "还没有回答"),
    ],
)
def test_limits_are_told_with_their_figures(
    kinds: Definition, code: str, value: Any, rule: str, told: str
) -> None:
    (problem,) = check(kinds, {**KINDS, code: value}).problems
    assert (problem.question, problem.rule) == (code, rule)
    assert told in problem.sentence()


def test_an_error_counts_the_places_and_keeps_them(needs: Definition) -> None:
    error = AnswerError(check(needs, _sheet(sex=7, used=None)).problems)
    assert "2 处" in str(error) and [p.question for p in error.problems] == ["sex", "used"]


_CODES = [key for q in NEEDS.questions for key in (q.code, *(r.code for r in q.rows), f"{q.code}_other")]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 10) | st.integers() | st.floats() | st.text(max_size=80)
    | st.sampled_from(["E1", "K1", "K99", "C0", "G6", "0", "13800000000", "a@b.cn"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["grid", "building"]) | st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
_RIGHT = st.fixed_dictionaries(
    {},
    optional={
        q.code: st.lists(st.sampled_from([c.code for c in q.choices]), max_size=4)
        if q.kind == "multiple"
        else st.sampled_from([c.code for c in q.choices])
        for q in NEEDS.questions
        if q.choices and q.kind != "matrix"
    },
)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*_CODES, "guardian"]) | st.text(max_size=6), _JSON, max_size=12),
    _RIGHT,
    st.booleans(),
)
def test_anything_is_checked_without_an_error_and_checking_again_changes_nothing(
    wild: dict[str, Any], right: dict[str, Any], short: bool
) -> None:
    first = check(NEEDS, right | wild, short=short)
    again = check(NEEDS, first.answers, short=short)
    assert again.answers == first.answers
    assert {p.rule for p in again.problems} <= {"required", "guardian_needed"}
    assert set(first.answers) <= {*_CODES, "guardian"}
    assert all(problem.sentence() for problem in first.problems)

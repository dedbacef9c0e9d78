"""The screens of a form: the short form first, the further questions only if wanted."""

from __future__ import annotations

from typing import Any

from core.questionnaires.schema import Definition
from core.questionnaires.screens import has_further, problems_on, screens


def _codes(definition: Definition, answers: dict[str, Any], *, further: bool = False) -> list[list[str]]:
    return [[q.code for q in s.questions] for s in screens(definition, answers, further=further)]


ELDER = {"consent": 1, "who": 1, "sex": 2, "age": 8, "need_elder": ["E1"], "need_cult": ["K1"]}


def test_the_short_form_of_an_elder(needs: Definition) -> None:
    assert _codes(needs, ELDER) == [
        ["consent"],
        ["who", "grid", "sex", "age", "tenure"],
        ["need_elder", "need_cult", "top1", "hh_need"],
        ["used", "slot", "channel"],
        ["overall", "open"],
    ]


def test_further_questions_follow_the_short_form(needs: Definition) -> None:
    short, full = _codes(needs, ELDER), _codes(needs, ELDER, further=True)
    assert full[: len(short)] == short
    assert full[len(short) :] == [
        ["hh", "yrs", "status_consent"], ["need_gen"], ["imp", "sat"], ["fee", "part"],
    ]  # fmt: skip


def test_what_was_said_on_a_screen_opens_questions(needs: Definition) -> None:
    full = _codes(needs, {**ELDER, "used": [0], "status_consent": 1}, further=True)
    assert ["hh", "yrs", "status_consent", "status"] in full and ["barrier", "fee", "part"] in full


def test_an_answer_on_a_path_since_left_opens_nothing(needs: Definition) -> None:
    """First for a child, with its need; then the age was changed: its need can't be the most urgent."""
    left = {"who": 1, "age": 5, "need_child": ["C1"], "need_cult": ["K0"]}
    assert ["need_cult", "hh_need"] in _codes(needs, left)


def test_a_screen_without_questions_is_left_out(make: Any) -> None:
    sections = [
        {"id": "a", "title": "a", "questions": [{"code": "q", "kind": "text", "text": "q"}]},
        {"id": "b", "title": "b", "questions": [
            {"code": "r", "kind": "text", "text": "r", "relevant": "q == 'x'"},
        ]},
    ]  # fmt: skip
    definition = make(sections=sections)
    assert _codes(definition, {}) == [["q"]] and _codes(definition, {"q": "x"}) == [["q"], ["r"]]


def test_a_questionnaire_without_marks_is_all_short(
    make: Any, needs: Definition, feedback: Definition
) -> None:
    plain = make({"code": "a", "choices": 2}, {"code": "b", "choices": 2})
    assert _codes(plain, {}, further=True) == [["a", "b"]]
    assert (has_further(plain), has_further(feedback), has_further(needs)) == (False, False, True)


def test_problems_are_told_for_the_screen_one_is_on(needs: Definition) -> None:
    notice, person = screens(needs, {})[:2]
    assert problems_on(needs, notice, {}) == {"consent": "这一题还没有回答。"}
    assert set(problems_on(needs, person, {"consent": 1, "who": 1})) == {"sex", "age"}
    assert problems_on(needs, person, {"consent": 1, "who": 1, "sex": 2, "age": 8}) == {}
    assert "监护人" in problems_on(needs, person, {"who": 3, "sex": 1, "age": 2})["who"]

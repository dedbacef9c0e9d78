"""Each rule of the static check, broken once: what is told, and that the sound neighbour is not accused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from core.questionnaires import reach
from core.questionnaires.check import RULES, Fault, check_definition
from core.questionnaires.load import load_shipped, parse, plain
from core.questionnaires.schema import Definition
from core.questionnaires.wording import band
from core.words import sentences

Change = Callable[[dict[str, dict[str, Any]]], object]


def _broken(change: Change) -> list[Fault]:
    """The faults of needs-v1 after `change` of its questions (code → plain data)."""
    data = copy.deepcopy(plain(load_shipped("needs-v1")))
    change({question["code"]: question for section in data["sections"] for question in section["questions"]})
    return check_definition(parse(data))


def _choice(code: str, place: int, /, **changes: Any) -> Change:
    return lambda q: q[code]["choices"][place].update(changes)


def _set(code: str, /, **changes: Any) -> Change:
    return lambda q: q[code].update(changes)


def _labels(code: str, *labels: str) -> Change:
    return _set(code, choices=[{"code": i, "label": label} for i, label in enumerate(labels, 1)])


BROKEN: list[tuple[str, str, str, Change]] = [
    ("unknown_reference", "barrier", "usd", _set("barrier", relevant="0 in usd")),
    ("unknown_reference", "age", "whom", _choice("age", 8, only="whom != 3")),
    ("later_reference", "hh", "used", _set("hh", relevant="0 in used")),
    ("later_reference", "yrs", "yrs", _set("yrs", relevant="yrs == 1")),
    ("beyond_short_form", "slot", "hh", _set("slot", relevant="hh == 1")),
    ("beyond_short_form", "top1", "need_gen", _set("top1", piped_from=["need_cult", "need_gen"])),
    ("beyond_short_form", "channel", "imp_1", _set("channel", relevant="imp_1 == 5")),
    ("code_twice", "fee", "1", _choice("fee", 1, code="1")),
    ("label_twice", "slot", "平日上午", _choice("slot", 1, label="平日上午 ")),
    ("pipe_ambiguous", "top1", "K1", _choice("need_elder", 0, code="K1")),
    ("most_beyond_choices", "need_cult", "10 > 9", _set("need_cult", most=10)),
    ("most_beyond_choices", "channel", "8 > 7", _set("channel", least=8, most=None)),
    ("most_beyond_choices", "channel", "2 < 3", _set("channel", least=3, most=2)),
    ("most_beyond_choices", "channel", "0 < 1", _set("channel", most=0)),
    ("none_missing", "need_gen", "其他方面", lambda q: q["need_gen"]["choices"].pop(9)),
    ("none_missing", "used", "12 个月", _choice("used", 6, exclusive=False)),
    ("exclusive_misplaced", "used", "儿童", _choice("used", 1, exclusive=True)),
    ("exclusive_misplaced", "fee", "免费", _choice("fee", 0, exclusive=True)),
    ("text_too_long", "open", "201 > 200", _set("open", most=201)),
    ("area_unknown", "need_elder", "elders", _choice("need_elder", 0, area="elders")),
    ("area_unknown", "fee", "money", _set("fee", area="money")),
    ("area_missing", "need_elder", "助餐", _choice("need_elder", 0, area="")),
    ("group_unknown", "status", "rich", _choice("status", 0, group="rich")),
    ("sensitive_unguarded", "status", "家中", _set("status", relevant="age >= 4")),
    ("sensitive_unguarded", "status", "家中", _set("status", required=True)),
    ("consent_not_first", "consent", "愿意参加", _set("consent", required=False)),
    ("person_incomplete", "who", "single", _set("who", code="whom")),
    ("person_incomplete", "grid", "place", _set("grid", kind="text")),
    ("person_incomplete", "sex", "3 女", _choice("sex", 1, code=3)),
    ("person_incomplete", "age", "10 80", _choice("age", 8, code=10)),
    ("person_incomplete", "age", "18–33", _choice("age", 3, label="18–33 岁")),
    ("bands_overlap", "age", "18–35 岁 / 35–44 岁", _choice("age", 3, label="18–35 岁")),
    ("bands_overlap", "yrs", "10 年以上", _choice("yrs", 2, label="4–10 年")),
    ("scale_unbalanced", "overall", "基本满意", _labels("overall", "不满意", "基本满意", "非常满意")),
    ("scale_unbalanced", "sat", "很满意", _labels("sat", "不满意", "一般", "满意", "很满意", "非常满意")),
    ("scale_unbalanced", "overall", "非常满意、", _labels("overall", "非常满意", "一般", "不满意")),
    ("scale_unbalanced", "fee", "基本满意", _labels("fee", "不满意", "基本满意", "非常满意")),
    ("unreachable", "barrier", "age == 9 and who == 3", _set("barrier", relevant="age == 9 and who == 3")),
    ("unreachable", "barrier", "9 in used", _set("barrier", relevant="9 in used")),
    ("unreachable", "barrier", "0 in used", _set("barrier", relevant="0 in used and 1 in used")),
    ("unreachable", "yrs", "consent == 2", _set("yrs", relevant="consent == 2")),
    ("never_offered", "age", "9", _choice("age", 8, only="who == 3 and who == 1")),
    ("dead_end", "age", "who=4", lambda q: [c.update(only="who < 3") for c in q["age"]["choices"][2:]]),
    ("eligible_differs", "need_elder", "60–120", _set("need_elder", relevant="age >= 6")),
    ("eligible_differs", "need_child", "0–16", _set("need_child", eligible={"age_to": 16})),
    ("eligible_differs", "need_elder", "58–120", _set("need_elder", eligible={"age_from": 58})),
    ("eligible_differs", "need_cult", "18–120", _set("need_cult", eligible={"age_from": 18})),
    ("code_reserved", "any", "any", _set("fee", code="any")),
    ("code_reserved", "hh_other", "hh_other", _set("fee", code="hh_other")),
    ("code_reserved", "imp", "guardian", lambda q: q["imp"]["rows"][0].update(code="guardian")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "question", "what", "change"), BROKEN, ids=[f"{b[0]}-{b[1]}-{i}" for i, b in enumerate(BROKEN)]
)
def test_a_broken_rule_is_told_with_its_question(rule: str, question: str, what: str, change: Change) -> None:
    found = [fault for fault in _broken(change) if fault.rule == rule]
    assert [fault.question for fault in found[:1]] == [question]
    assert any(what in fault.what for fault in found), found
    assert str(found[0]).startswith(f"{question}：") and found[0].what in str(found[0])


def test_an_empty_section_is_told(make: Any) -> None:
    definition = make(sections=[{"id": "s", "title": "空的", "questions": []}])
    assert check_definition(definition) == [Fault("section_empty", "s", "空的")]


def test_every_rule_is_broken_once_here_and_has_its_sentence() -> None:
    names = {rule.__name__ for rule in RULES}
    assert names == {rule for rule, *_ in BROKEN} | {"section_empty"}
    told = {
        key.removeprefix("questionnaire.check.")
        for key in sentences()
        if key.startswith("questionnaire.check.")
    }
    assert told == names


SOUND: list[Change] = [
    _set("barrier", relevant="age >= 7 and (0 in used or not selected(used, 3))"),
    _set("barrier", relevant="selected(used, 1) and selected(used, 2) and selected(used, 3)"),
    _set("barrier", relevant="imp_1 == 5 and sat_1 == 1"),
    _set("barrier", relevant="grid"),
    _set("yrs", relevant="hh in [1, 2] or hh != 3"),
    _set("yrs", relevant="hh == 8", required=True),
    _labels("overall", "非常不满意", "不满意", "基本满意", "满意", "非常满意"),
    _labels("overall", "不满意", "一般", "满意"),
    _labels("overall", "很差", "较差", "一般", "较好", "很好"),
    _labels("fee", "18 岁以下", "19–30 岁", "31 岁以上"),
    _labels("fee", "不满 18 岁", "18–30 岁", "超过 30 岁"),
    _labels("fee", "1–3 次", "4～6 次", "7 次及以上", "说不清"),
    _set("open", most=None),
]


@pytest.mark.parametrize("change", SOUND)
def test_what_is_sound_is_not_accused(change: Change) -> None:
    assert _broken(change) == []


def test_numbers_and_words_are_tried_as_conditions_write_them(make: Any) -> None:
    n = {"code": "n", "kind": "number", "most": 100}
    asked = {"n > 57": True, "n >= 100": True, "n > 100": False, "n == 57 or n < 0": True, "n < 0": False}
    asked["n > 57 and n < 59"] = True
    for relevant, is_reachable in asked.items():
        rules = [f.rule for f in check_definition(make(n, {"code": "q", "choices": 2, "relevant": relevant}))]
        assert ("unreachable" not in rules) is is_reachable, relevant
    w = {"code": "w", "kind": "text"}
    assert check_definition(make(w, {"code": "q", "choices": 2, "relevant": "w == '有'"})) == []


def test_what_would_take_too_long_to_decide_is_not_accused(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [{"code": f"q{i}", "choices": 9} for i in range(9)]
    never = {"code": "z", "choices": 2, "relevant": " and ".join(f"q{i} == 0" for i in range(9))}
    assert check_definition(make(*many, never)) == []
    monkeypatch.setattr(reach, "MOST_WAYS", 101)
    few = {"code": "z", "choices": 2, "relevant": "q0 == 0 and q1 == 0"}
    assert [fault.rule for fault in check_definition(make(*many, few))] == ["unreachable"]
    monkeypatch.setattr(reach, "MOST_WAYS", 100)
    assert check_definition(make(*many, few)) == []


def test_a_condition_on_what_comes_later_is_told_once_and_not_tried() -> None:
    assert [fault.rule for fault in _broken(_set("hh", relevant="9 in used"))] == ["later_reference"]


def test_a_fault_says_where_and_what_to_do() -> None:
    (fault,) = (f for f in _broken(_set("barrier", relevant="0 in usd")) if f.rule == "unknown_reference")
    assert str(fault) == "barrier：条件或 piped_from 引用了没有的题目 usd。"


INF = float("inf")


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("18–34 岁", (18, 34)),
        ("18岁-34岁", (18, 34)),
        ("18 至 34 岁", (18, 34)),
        ("一次 11–30 元", (11, 30)),
        ("80 岁及以上", (80, INF)),
        ("10 年以上", (10, INF)),
        ("满 18 岁", (18, INF)),
        ("不满 18 岁", (-INF, 17)),
        ("不到 1 年", (-INF, 0)),
        ("超过 30 岁", (31, INF)),
        ("一次 10 元以内", (-INF, 10)),
        ("不超过 10 元", (-INF, 10)),
        ("不少于 5 次", (5, INF)),
        ("60 岁以下", (-INF, 60)),
        ("看是什么内容", None),
        ("2026 年", None),
    ],
)
def test_a_label_names_a_band(label: str, found: tuple[float, float] | None) -> None:
    assert band(label) == found


def test_a_definition_of_another_kind_needs_no_person(feedback: Definition) -> None:
    assert check_definition(feedback) == []

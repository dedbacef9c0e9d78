"""Conditions: what holds, what is refused, and that nothing in them is ever run."""

from __future__ import annotations

import builtins
import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.questionnaires.conditions import MOST_CHARACTERS, MOST_DEPTH, ConditionError, parse

ANSWERS: dict[str, Any] = {"who": 3, "age": 7, "used": [0], "need": ["E1", "E5"], "word": "x"}


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("who == 3", True),
        ("who == 3 and age == 1", False),
        ("who == 1 or age == 7", True),
        ("who == 1 or age == 7 and used == 9", False),  # and binds closer than or
        ("(who == 3 or age == 1) and not who == 4", True),
        ("not who == 3", False),
        ("not not who == 3", True),
        ("age in [1, 2, 3]", False),
        ("age in [6, 7]", True),
        ("age in [6, age]", True),  # not every item is a literal
        ("age in [who, 'x']", False),
        ("(3) == who", True),
        ("3 in [who]", True),
        ("age >= 7", True),
        ("age > 7", False),
        ("age < 8 and age <= 7", True),
        ("age != 7", False),
        ("0 in used", True),
        ("1 in used", False),
        ("selected(need, 'E5')", True),
        ('selected(need, "E9")', False),
        ("selected(who, 3)", True),
        ("'E1' in need and \"x\" == word", True),
        ("who", True),
        ("-7 in used", False),
    ],
)
def test_a_condition_holds_or_not(source: str, holds: bool) -> None:
    assert bool(parse(source).test(ANSWERS)) is holds


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("gone == 3", False),
        ("gone != 3", True),
        ("gone >= 0", False),
        ("gone < 99", False),
        ("0 in gone", False),
        ("gone in [1, 2]", False),
        ("gone == gone2", False),
        ("gone in [gone2]", False),
        ("selected(gone, gone)", False),
        ("not gone", True),
    ],
)
def test_no_answer_differs_from_everything_and_is_smaller_than_nothing(source: str, holds: bool) -> None:
    assert bool(parse(source).test({})) is holds


def test_words_and_lists_do_not_compare_by_size() -> None:
    assert not parse("word > 1").test(ANSWERS) and not parse("used <= 9").test(ANSWERS)


def test_the_names_are_the_questions_it_reads() -> None:
    assert parse("who == 3 and (selected(need, 'E1') or 0 in used)").names == {"who", "need", "used"}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "没有写完"),
        ("who ==", "没有写完"),
        ("who == 3 and", "没有写完"),
        ("(who == 3", "缺少“)”"),
        ("age in [1, 2", "缺少“]”"),
        ("selected(need)", "缺少“,”"),
        ("selected == 1", "缺少“(”"),
        ("who == 3 4", "“4”附近"),
        ("who = 3", "“=”附近"),
        ("who == 1 == 1", "“==”附近"),
        ("and who", "“and”附近"),
        ("'torn", "“'”附近"),
        ("who.__class__", "“.”附近"),
        ("need[0]", "“[”附近"),
        ("len(need)", "“(”附近"),
        ("__import__('os').system('true')", "“.”附近"),
        ("(lambda: 1)()", "“:”附近"),
        ("[x for x in need]", "缺少“]”"),
        ("who + 1", "“+”附近"),
        ("f'{who}'", "附近"),
        ("who; who", "“;”附近"),
        ("who == 3 # 3", "“#”附近"),
    ],
)
def test_what_is_outside_the_grammar_is_told(source: str, told: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(source)
    assert told in str(caught.value)


@pytest.mark.parametrize(("opened", "closed"), [("(", ")"), ("[", "]"), ("not ", "")])
def test_nesting_has_a_limit(opened: str, closed: str) -> None:
    parse(opened * MOST_DEPTH + "who" + closed * MOST_DEPTH)
    with pytest.raises(ConditionError, match="太深"):
        parse(opened * (MOST_DEPTH + 1) + "who" + closed * (MOST_DEPTH + 1))
    with pytest.raises(ConditionError, match="太深"):
        parse("(" * MOST_CHARACTERS)


def test_length_has_a_limit() -> None:
    parse("who" + " " * (MOST_CHARACTERS - 3))
    with pytest.raises(ConditionError, match="太长"):
        parse("who" + " " * (MOST_CHARACTERS - 2))


_PIECES = st.sampled_from(
    [
        "who",
        "need",
        "__class__",
        "__import__",
        "eval",
        "exec",
        "open",
        "selected",
        "lambda",
        "and",
        "or",
        "not",
        "in",
        "==",
        "!=",
        "<",
        ">=",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        ":",
        "'os'",
        '"',
        "'",
        "1",
        "-7",
        "{",
        "}",
        "%s",
        "\\x00",
        "\n",
        "＝",
        "：",
        "if",
        "else",
        "for",
        "True",
        "None",
        "@",
        "**",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=25).map(" ".join)))
def test_a_hostile_condition_is_refused_or_reads_answers_and_runs_nothing(source: str) -> None:
    def _forbidden(*_: object, **__: object) -> None:
        raise AssertionError(f"ran: {source!r}")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("eval", "exec", "compile", "__import__"):
            patch.setattr(builtins, name, _forbidden)
        with contextlib.suppress(ConditionError):
            parse.__wrapped__(source).test({"who": 1, "need": ["E1"]})

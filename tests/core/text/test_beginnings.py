"""The first characters of patterns: sorted by them, the same is found as by searching."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import ROOT
from core.text.beginnings import beginnings, by_beginning, may_match
from core.text.danger import WORDS
from core.text.labelled import read_labelled

KINDS: dict[str, list[str]] = tomllib.loads(WORDS.read_text(encoding="utf8"))["kinds"]
SOURCES = [source for each in KINDS.values() for source in each]
BEGINS = by_beginning(SOURCES)
WHOLE = re.compile("|".join(SOURCES))


@pytest.mark.parametrize(
    ("source", "first"),
    [
        ("着火", "着"),
        ("(?:着|起|失)火", "着起失"),
        ("[晕昏]过去", "晕昏"),
        ("[一-三]天", "一丁丂七丄丅丆万丈三"),
        ("被?(?:埋|钻)", "被埋钻"),
        ("(?:拿|用)?(?:着|了)?刀", "拿用着了刀"),
        ("房?顶?塌了", "房顶塌"),
        ("电梯.{0,6}夹", "电"),
        ("(?!车)娃", "娃"),
        ("(?:一|二){0,2}三", "一二三"),
        ("(?:一|二){1,2}三", "一二"),
        ("(?:啊|)哦", "啊哦"),
    ],
)
def test_a_pattern_begins_with_these_characters(source: str, first: str) -> None:
    assert beginnings(source) == set(first)


@pytest.mark.parametrize("source", [".火", "[^。]火", r"\d火", ".{0,3}火", "(?:.|着)火"])
def test_a_pattern_that_can_begin_with_anything_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="any character"):
        beginnings(source)


@pytest.mark.parametrize("source", ["", "火?", "(?:着火)?", "$"])
def test_a_pattern_that_can_match_nothing_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="nothing at all"):
        beginnings(source)


def test_a_branch_stays_one_pattern_beside_the_others() -> None:
    begins = by_beginning(["没人|无人", "没水"])
    assert set(begins) == {"没", "无"}
    assert [may_match(begins, text) for text in ("没人", "有没水", "无人", "无水", "没")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_of_all_labelled_texts_the_same_are_found_as_by_searching() -> None:
    texts = list(read_labelled(ROOT / "data" / "labelled")["text"])
    found = [text for text in texts if may_match(BEGINS, text)]
    assert len(found) > 100
    assert found == [text for text in texts if WHOLE.search(text)]


_SIGNS = sorted({sign for source in SOURCES for sign in source if sign > "一"})


@given(st.lists(st.sampled_from(_SIGNS) | st.sampled_from("，。！ab$"), max_size=12).map("".join))
def test_of_any_text_made_of_their_signs_the_same_is_found(text: str) -> None:
    assert may_match(BEGINS, text) is bool(WHOLE.search(text))

"""What patterns begin with: sorted by it, the same is found as by searching."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import ROOT
from core.text.beginnings import Patterns, beginnings
from core.text.danger import WORDS
from core.text.labelled import read_labelled

KINDS: dict[str, list[str]] = tomllib.loads(WORDS.read_text(encoding="utf8"))["kinds"]
SOURCES = [source for each in KINDS.values() for source in each]
EVERY = Patterns(SOURCES)
WHOLE = re.compile("|".join(SOURCES))


@pytest.mark.parametrize(
    ("source", "begins"),
    [
        ("着火", "着火"),
        ("火", "火"),
        ("(?:着|起|失)火了", "着火 起火 失火"),
        ("[晕昏]过去", "晕过 昏过"),
        ("[一-三]天", "一天 丁天 丂天 七天 丄天 丅天 丆天 万天 丈天 三天"),
        ("被?(?:埋|钻)", "被埋 被钻 埋 钻"),
        ("(?:拿|用)?(?:着|了)?刀", "拿着 拿了 拿刀 用着 用了 用刀 着刀 了刀 刀"),
        ("房?顶?塌了", "房顶 房塌 顶塌 塌了"),
        ("电梯.{0,6}夹", "电梯"),
        ("电.{0,6}夹", "电"),
        ("(?!车)娃哭", "娃哭"),
        ("(?:一|二){0,2}三", "一一 一二 二一 二二 一三 二三 三"),
        ("(?:一|二){3}三", "一一 一二 二一 二二"),
        ("(?:一|二){1,5}三", "一一 一二 二一 二二 一三 二三"),
        ("(?:啊|)哦", "啊哦 哦"),
    ],
)
def test_a_pattern_begins_with_these_characters(source: str, begins: str) -> None:
    assert beginnings(source) == set(begins.split())


@pytest.mark.parametrize("source", [".火", "[^。]火", r"\d火", ".{0,3}火", "(?:.|着)火"])
def test_a_pattern_that_can_begin_with_anything_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="any character"):
        beginnings(source)


@pytest.mark.parametrize("source", ["", "火?", "(?:着火)?", "$"])
def test_a_pattern_that_can_match_nothing_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="nothing at all"):
        beginnings(source)


def test_a_branch_stays_one_pattern_beside_the_others() -> None:
    every = Patterns(["没人|无人", "没水", "灯"])
    texts = ["没人", "有没水", "无人", "无水", "没", "", "路灯", "水没", "水"]
    assert every.match(texts) == [True, True, True, False, False, False, True, False, False]


def test_of_labelled_texts_the_same_are_found_as_by_searching() -> None:
    texts = list(read_labelled(ROOT / "data" / "labelled")["text"].iloc[::2])
    found = EVERY.match(texts)
    assert sum(found) > 100
    assert found == [bool(WHOLE.search(text)) for text in texts]


_SIGNS = sorted({sign for source in SOURCES for sign in source if sign > "一"})


@given(
    st.lists(
        st.lists(st.sampled_from(_SIGNS) | st.sampled_from("，。！ab$\x02\ud800")).map("".join), max_size=4
    )
)
def test_of_any_texts_made_of_their_signs_the_same_are_found(texts: list[str]) -> None:
    assert EVERY.match(texts) == [bool(WHOLE.search(text)) for text in texts]

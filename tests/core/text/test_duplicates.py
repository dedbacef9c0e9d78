"""The same said again: exact, other punctuation, a slip of the pen; not another building and not a "not"."""

from __future__ import annotations

import random
import time
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from core.settings import ROOT
from core.text.duplicates import ALIKE, near_duplicates, plain


def _jaccard(a: str, b: str) -> float:
    sets = [{f"\x02{t}\x03"[i : i + 2] for i in range(len(t) + 1)} for t in (a, b)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


@pytest.mark.parametrize(
    "again",
    [
        "电梯坏了三天没人修",
        "电梯坏了，三天没人修！！",
        "电梯坏了　三天没人修～",
        "电梯坏了三天没人俢",
        "电梯坏了三天也没人修",
    ],
)
def test_the_same_in_nearly_the_same_words_repeats_the_first(again: str) -> None:
    assert near_duplicates(["路灯不亮了", "电梯坏了三天没人修", again]).tolist()[1:] in ([1, 1], [2, 2])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3号楼电梯坏了没人修", "5号楼电梯坏了没人修"),
        ("三号楼电梯坏了没人修", "四号楼电梯坏了没人修"),
        ("社区食堂的饭菜很好吃", "社区食堂的饭菜不好吃"),
        ("希望增加健身器材", "希望增加图书室"),
        ("。。。", "！！！"),
    ],
)
def test_another_statement_repeats_nothing(one: str, other: str) -> None:
    assert near_duplicates([one, other]).tolist() == [0, 1]


def test_a_pair_just_alike_and_one_just_not() -> None:
    # Runs with both edges: 7 each, 5 shared of 9: 5 / 9 = .556 ≥ .55.
    assert _jaccard("abcdef", "abcdxf") == pytest.approx(5 / 9)
    assert near_duplicates(["abcdef", "abcdxf"]).tolist() == [0, 0]
    # 6 each, 4 shared of 8.
    assert _jaccard("abcde", "abcxe") == pytest.approx(0.5)
    assert near_duplicates(["abcde", "abcxe"]).tolist() == [0, 1]


def test_the_one_most_are_like_stands_for_them_and_each_is_alike_to_it() -> None:
    texts = [
        "请把楼道的灯修一修",
        "请把楼道的灯修一修吧",
        "请把楼道里的灯修一修",
        "请把楼道的灯修一修",
        "停水了",
    ]
    assert near_duplicates(texts).tolist() == [0, 0, 0, 0, 4]


def test_no_alike_pair_is_overlooked_by_comparing_rare_runs_only() -> None:
    draw = random.Random(11)
    bases = ["".join(draw.choices("天地人水火山石田土木", k=draw.randint(4, 14))) for _ in range(60)]
    texts = [b[:i] + draw.choice("天地人水") + b[i + draw.randint(0, 1) :] for b in bases for i in (0, 2, 3)]
    repeats = near_duplicates(texts).tolist()
    for i, leader in enumerate(repeats):
        assert plain(texts[i]) == plain(texts[leader]) or _jaccard(texts[i], texts[leader]) >= ALIKE
    # Two that stand for themselves are not alike: else one would repeat the other.
    alone = [i for i, leader in enumerate(repeats) if i == leader]
    assert all(_jaccard(texts[a], texts[b]) < ALIKE for a, b in combinations(alone, 2))


def test_groups_do_not_depend_on_the_order() -> None:
    texts = ["电梯坏了没人修", "电梯坏了也没人修", "电梯坏了,没人修", "路灯坏了没人修", "停水"]
    order = [3, 1, 4, 0, 2]
    first, again = near_duplicates(texts), near_duplicates([texts[i] for i in order])
    groups = {frozenset(i for i in range(5) if first[i] == g) for g in first}
    assert {frozenset(order[i] for i in range(5) if again[i] == g) for g in again} == groups


def test_twenty_thousand_comments_take_seconds() -> None:
    frames = [pd.read_csv(path) for path in sorted((ROOT / "data" / "labelled").glob("*.csv"))]
    said = list(dict.fromkeys(text for text in pd.concat(frames)["text"] if len(plain(text)) >= 8))[:10_000]
    begun = time.process_time()
    repeats = near_duplicates([*said, *(f"{text}呀！" for text in said)])
    assert time.process_time() - begun < 15
    assert np.mean(repeats[len(said) :] == repeats[: len(said)]) > 0.99

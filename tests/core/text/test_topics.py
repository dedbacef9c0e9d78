"""Hot topics: what comes together, in any order, with some more, and which topic of before it is."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from core.settings import ROOT
from core.text import topics
from core.text.topic_words import area_words, topic_words
from core.text.topics import Found, Said, find_topics, rarity, same_as

LIFT = ["电梯又坏了没人修", "电梯关着门", "电梯坏了，腿疼下不来", "电梯要大修"]
LAMP = ["路灯不亮，走路摔跤", "路灯坏了看不清路", "夜里路灯太黑", "路灯修好一盏"]


def _said(texts: Sequence[str]) -> list[Said]:
    return [topic_words(text) for text in texts]


@pytest.fixture(scope="module")
def real() -> list[Said]:
    """800 labelled comments about facilities: short, long, of many hands."""
    frames = [pd.read_csv(path) for path in sorted((ROOT / "data" / "labelled").glob("*.csv"))]
    both = pd.concat(frames)
    return _said(both[both["area_primary"] == "facilities"]["text"].head(800).tolist())


def _labels(found: Sequence[Found], n: int) -> list[int]:
    """A topic's number for each text; a text without one is a group of its own."""
    of = {i: g for g, topic in enumerate(found) for i in topic.members}
    return [of.get(i, -1 - i) for i in range(n)]


def test_comments_of_the_same_words_come_together_and_the_centre_tells_which() -> None:
    said = _said([*LIFT, "今天天气不错", *LAMP])
    found = find_topics(said, rarity(said), own=area_words("facilities"))
    assert [topic.members for topic in found] == [(0, 1, 2, 3), (5, 6, 7, 8)]
    assert [topic.words[0] for topic in found] == ["电梯", "路灯"]
    assert sum(weight**2 for weight in found[0].centre.values()) == pytest.approx(1, abs=0.001)
    assert all(0 < near <= 1 for topic in found for near in topic.nearness)


def test_weights_and_distances_are_those_of_a_worked_example() -> None:
    said = [frozenset({"甲", "乙"}), frozenset({"甲", "乙"}), frozenset({"甲", "丙"}), frozenset({"丙"})]
    rare = rarity(said)
    # ln(5 / 4) + 1 and ln(5 / 3) + 1: three of four texts have 甲, two each of the others.
    assert rare.weight("甲") == pytest.approx(1.223144)
    assert rare.weight("乙") == rare.weight("丙") == pytest.approx(1.510826)
    # cos(甲乙, 甲丙) = 1.496 / 3.779 = .396; cos(甲丙, 丙) = 1.511 / 1.944 = .777: 甲丙 and 丙 join at .223.
    # Then 甲乙, which counts once, would join at the mean of 1 − .396 and 1, .802: just beyond the cut.
    assert find_topics(said, rare) == []
    # Were 甲 the area's own word, of double weight: cos(甲乙, 甲丙) = 5.984 / 8.267 = .724, and 丙 joins at
    # the mean of 1 − .525 and 1, .737: all of them are one topic, with 甲 as its first word.
    (topic,) = find_topics(said, rare, own=frozenset({"甲"}))
    assert topic.members == (0, 1, 2, 3) and topic.words[0] == "甲"


def test_the_same_texts_in_any_order_give_the_same_topics(real: list[Said]) -> None:
    rare = rarity(real)
    first = find_topics(real, rare)
    order = random.Random(3).sample(range(len(real)), len(real))
    again = find_topics([real[i] for i in order], rare)
    assert [topic.centre for topic in again] == [topic.centre for topic in first]
    assert [{order[i] for i in topic.members} for topic in again] == [set(t.members) for t in first]


@pytest.mark.parametrize("more", [10, 40])
def test_some_texts_more_do_not_reshuffle_the_others(real: list[Said], more: int) -> None:
    before = real[: len(real) - more]
    first, second = (find_topics(said, rarity(said), own=area_words("facilities")) for said in (before, real))
    n = len(before)
    in_both = [i for i in range(n) if _labels(first, n)[i] >= 0]
    one, two = np.array(_labels(first, n)), np.array(_labels(second, len(real)))
    assert adjusted_rand_score(one[in_both], two[in_both]) >= 0.9


def test_beyond_the_bound_the_rest_joins_the_nearest_topic_in_any_order(
    real: list[Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = find_topics(real, rarity(real), own=area_words("facilities"))
    monkeypatch.setattr(topics, "MOST_CLUSTERED", 400)
    drawn = find_topics(real, rarity(real), own=area_words("facilities"))
    turned = find_topics(real[::-1], rarity(real), own=area_words("facilities"))
    assert [topic.centre for topic in turned] == [topic.centre for topic in drawn]
    assert sum(len(topic.members) for topic in drawn) > 0.75 * sum(len(topic.members) for topic in whole)
    in_any = {i for topic in drawn for i in topic.members}
    assert len(in_any) == sum(len(topic.members) for topic in drawn)


def test_many_copies_of_one_letter_shape_no_topic_more_than_one() -> None:
    once, often = _said([*LIFT, *LAMP]), _said([*LIFT, *LAMP, *LAMP[:1] * 500])
    rare = rarity(once)
    few, many = (find_topics(said, rare) for said in (once, often))
    assert {topic.words[0]: len(topic.members) for topic in few} == {"电梯": 4, "路灯": 4}
    assert {topic.words[0]: len(topic.members) for topic in many} == {"电梯": 4, "路灯": 504}
    lamps = {topic.words[0]: topic.centre for topic in many}["路灯"]
    assert lamps["路灯"] > 0.9


def test_nothing_said_is_no_topic() -> None:
    for said in ([], [frozenset()] * 5, _said(["电梯"]), _said(["电梯", "路灯", "停水"])):
        assert find_topics(list(said), rarity(list(said))) == []


def test_a_topic_is_known_again_by_its_words_each_kept_one_once() -> None:
    said = _said([*LIFT, *LAMP])
    lift, lamp = find_topics(said, rarity(said))
    assert same_as([lift, lamp], [lamp.centre, lift.centre]) == [1, 0]
    assert same_as([lift, lamp], [{"停水": 1.0}]) == [None, None]
    assert same_as([lift, lift], [lift.centre]) in ([0, None], [None, 0])
    assert same_as([], [lift.centre]) == [] and same_as([lift], []) == [None]
    # cos = .6 / (1 × 1): alike enough; .4: not.
    some = Found((0, 1, 2), (1, 1, 1), {"甲": 1.0})
    assert same_as([some], [{"甲": 0.6, "乙": 0.8}]) == [0]
    assert same_as([some], [{"甲": 0.4, "乙": 0.9165}]) == [None]

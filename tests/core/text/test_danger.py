"""The light check for danger: it finds half of the dangers by words alone and does not shout at idioms."""

from __future__ import annotations

import time
import tomllib

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import ROOT
from core.text.danger import WORDS, dangers, dangers_of
from core.text.labelled import read_labelled
from core.words import sentences


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("隔壁男的拿着菜刀在楼道里，快来人", "violence"),
        ("他掐我脖子，我躲在厕所里", "violence"),
        ("我不想活了", "self_harm"),
        ("孩子胳膊上一道一道的，全是新口子", "self_harm"),
        ("三单元楼道着火了", "fire"),
        ("厨房一股臭鸡蛋味，头晕", "gas"),
        ("我妈被困在电梯里", "trapped"),
        ("电线掉下来了，冒火星", "electric"),
        ("对门老人三天没出门，敲门没人应", "missing_elder"),
        ("小孩爬上窗台，家里没大人", "child_alone"),
        ("家里两天没吃的了，揭不开锅", "hunger"),
        ("外墙瓷砖往外鼓，要掉下来砸到人", "collapse"),
        ("有个男的一路跟着我到家门口", "stalking"),
        ("老伴胸口疼，喘不上气", "illness"),
    ],
)
def test_a_danger_is_found_by_its_kind(text: str, kind: str) -> None:
    assert kind in dangers(text)


@pytest.mark.parametrize(
    "text",
    [
        "楼下服装店跳楼价大甩卖",
        "楼上天天敲，吵死了",
        "累死了，排队排了两个小时",
        "贵得想跳楼",
        "停车费涨成这样，住一楼的我都想跳楼",
        "想死你们了，合唱队什么时候排练",
        "消防演习搞得不错",
        "家暴告诫书去哪里开",
        "反家暴讲座挺好",
        "防走失手环哪里领",
        "去年着火那回多亏邻居",
        "烧烤摊油烟大",
        "没有冒烟，虚惊一场",
        "天然气费怎么交",
        "电梯广告太吵",
        "编程课一节三百，拿刀宰人呢",
        "生活困难，怎么申请低保",
        "",
    ],
)
def test_a_figure_of_speech_the_past_or_a_drill_is_no_danger(text: str) -> None:
    assert dangers(text) == ()


def test_what_is_past_does_not_hide_what_is_now() -> None:
    assert dangers("去年就着火过一回") == ()
    assert dangers("去年就着火过一回，现在又着火了") == ("fire",)


def test_politeness_does_not_hide_a_danger() -> None:
    assert dangers("对门老人三天没出门，麻烦你们去看看，谢谢") == ("missing_elder",)


def test_kinds_come_in_the_files_order_each_once() -> None:
    kinds = list(tomllib.loads(WORDS.read_text(encoding="utf8"))["kinds"])
    found = dangers("晕倒了，着火了，又着火了，他拿着刀")
    assert list(found) == sorted(set(found), key=kinds.index) and {"violence", "fire", "illness"} <= set(
        found
    )


def test_every_kind_has_a_number_to_call() -> None:
    kinds = tomllib.loads(WORDS.read_text(encoding="utf8"))["kinds"]
    assert [kind for kind in kinds if f"resident.danger.{kind}" not in sentences()] == []


def test_half_of_a_hands_dangers_are_found_and_one_in_fifty_others_at_most() -> None:
    rows = read_labelled(ROOT / "data" / "labelled")
    told = pd.Series([bool(kinds) for kinds in dangers_of(list(rows["text"]))], index=rows.index)
    # Of the hand in the middle; hands that were to tell dangers without a word that gives them away, less.
    of_hand = told[rows["urgent"]].groupby(rows["file"][rows["urgent"]]).mean()
    reference = of_hand[sorted(set(rows["file"][rows["reference"]]))]
    assert reference.median() >= 0.60 and reference.min() >= 0.25 and of_hand.median() >= 0.40
    # Some hands were to write of danger, and of what only sounds so: residents don't, as a rule.
    usual = rows.groupby("file")["urgent"].transform("mean") <= 0.15
    assert told[~rows["urgent"] & usual].mean() <= 0.02


@given(st.text(st.characters(), max_size=200))
def test_any_text_can_be_checked(text: str) -> None:
    assert isinstance(dangers(text), tuple)


@pytest.mark.parametrize("phrase", ["着火", "孩子", "三天没", "电线", "老人，", "a", "刀", "墙裂缝鼓"])
def test_a_phrase_ten_thousand_times_takes_no_time(phrase: str) -> None:
    begin = time.process_time()
    dangers(phrase * 10_000)
    assert time.process_time() - begin < 0.5

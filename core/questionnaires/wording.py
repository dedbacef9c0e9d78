"""What the words of the options say: bands that overlap, scales that lean to one side.

The patterns are those of Chinese labels. 以上, 以下, 以内 include their number, 不满, 超过 don't (Civil Code,
article 1259).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from math import inf

from core.questionnaires.schema import NO_RATING, Definition, Question

Offender = tuple[str, str]
Band = tuple[float, float]

_UNIT = r"\s*[一-鿿]{0,2}?"
_BETWEEN = re.compile(rf"(\d+){_UNIT}\s*[–—\-~～至到]\s*(\d+)")
_UP_TO = re.compile(rf"(?:不超过|不多于|不大于|至多|最多|≤)\s*(\d+)|(\d+){_UNIT}及?(?:以下|以内|之内)")
_FROM = re.compile(rf"(?:不少于|不低于|不小于|至少|(?<![不未])满|≥)\s*(\d+)|(\d+){_UNIT}及?以上")
_UNDER = re.compile(r"(?:不到|不足|未满|不满|少于|低于|小于|[<＜])\s*(\d+)")
_OVER = re.compile(r"(?:超过|多于|大于|高于|[>＞])\s*(\d+)")

_MIDDLE = {"一般", "中立", "普通", "说不准", "无所谓", "不好不坏", "不确定"}
_LOW = re.compile("[不没差低难弱坏]|很少|较少")
_EVALUATES = re.compile("满意|同意|重要|[好差]评")
# The five levels the government service evaluation lays down, 基本满意 standing in the middle.
_OFFICIAL = {"非常满意", "满意", "基本满意", "不满意", "非常不满意"}


def band(label: str) -> Band | None:
    """The ages, years or amounts a label names, both ends included; None when it names none."""
    if found := _BETWEEN.search(label):
        return float(found[1]), float(found[2])
    if found := _UP_TO.search(label):
        return -inf, float(found[1] or found[2])
    if found := _FROM.search(label):
        return float(found[1] or found[2]), inf
    if found := _UNDER.search(label):
        return -inf, float(found[1]) - 1
    if found := _OVER.search(label):
        return float(found[1]) + 1, inf
    return None


def bands_overlap(definition: Definition) -> Iterator[Offender]:
    """Who is 30 must not find himself in 18–30 and in 30–50: both counts would be anybody's guess."""
    for question in definition.questions:
        if question.kind != "single":
            continue
        named = [(choice.label, found) for choice in question.choices if (found := band(choice.label))]
        for (one, a), (other, b) in combinations(named, 2):
            if max(a[0], b[0]) <= min(a[1], b[1]):
                yield question.code, f"{one} / {other}"


def scale_unbalanced(definition: Definition) -> Iterator[Offender]:
    """As many levels below the middle as above, lowest first; 不满意, 基本满意, 非常满意 begs for praise."""
    for question in definition.questions:
        labels = _levels(question)
        if labels and set(labels) != _OFFICIAL:
            sides = [_side(label) for label in labels]
            if sum(sides) or any(a > b for a, b in pairwise(sides)):
                yield question.code, "、".join(labels)


def _levels(question: Question) -> list[str]:
    """The labels of a rating scale by rising code, without "don't know"; empty for other questions."""
    rated = sorted(
        (choice.code, choice.label)
        for choice in question.choices
        if isinstance(choice.code, int) and 0 <= choice.code != NO_RATING
    )
    labels = [label for _, label in rated]
    evaluates = question.kind == "single" and sum(bool(_EVALUATES.search(label)) for label in labels) > 1
    return labels if question.kind in ("scale", "matrix") or evaluates else []


def _side(label: str) -> int:
    """−1 for a label below the middle of its scale, 0 for the middle, 1 above."""
    if label in _MIDDLE:
        return 0
    return -1 if _LOW.search(label) else 1

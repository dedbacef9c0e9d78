"""Whose need it is, in words; how many of ten; and several grids named in one breath."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from core.words import say
from models.taxonomy import AGE_BANDS, GROUPS

EVERYBODY = (0, AGE_BANDS[-1].last)
_NAMED = {(0, 17): "age0_17", (60, EVERYBODY[1]): "age60", (80, EVERYBODY[1]): "age80"}


def ages(span: tuple[int, int]) -> str:
    """The ages asked, both included: 60 岁及以上; empty for everybody."""
    if span == EVERYBODY:
        return ""
    if span in _NAMED:
        return GROUPS[_NAMED[span]]
    return say("map.ages", first=span[0], last=span[1])


def who(span: tuple[int, int]) -> str:
    """The residents asked, to stand in a sentence."""
    found = ages(span)
    return say("map.who", ages=found) if found else say("map.everybody")


def of_ten(share: float) -> str:
    """A share as people say it: how many of ten, or of a hundred where that would be none; rounded."""
    tenths = round(10 * share)
    if tenths == 0:
        return say("map.of_hundred", n=round(100 * share))
    if tenths == 10:
        return say("map.nearly_all")
    return say("map.of_ten", n=say("map.digits").split()[tenths - 1])


def together(names: Sequence[str]) -> str:
    """Several names as one: 第 2、3 网格 where they differ only in the middle, else joined."""
    start = _common_start(names)
    end = _common_start([name[len(start) :][::-1] for name in names])[::-1]
    middles = [name[len(start) : len(name) - len(end)] for name in names]
    if len(names) < 2 or not all(middles) or not (start and end):
        return say("map.and").join(names)
    return f"{start}{say('map.and').join(middles)}{end}"


def _common_start(names: Sequence[str]) -> str:
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in alike)

"""Whose need, how many of ten, and grids in one breath."""

from __future__ import annotations

import pytest

from core.output.people import ages, of_ten, together, who


@pytest.mark.parametrize(
    ("span", "told"),
    [
        ((0, 120), "居民"),
        ((60, 120), "60 岁及以上居民"),
        ((0, 17), "0–17 岁居民"),
        ((18, 34), "18–34 岁居民"),
    ],
)
def test_whose_need_it_is(span: tuple[int, int], told: str) -> None:
    assert who(span) == told
    assert ages(span) == told.removesuffix("居民")


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.03, "一百位里约有 3 位"), (0.05, "一百位里约有 5 位"), (0.06, "十位里约有一位"),
        (0.24, "十位里约有两位"),
        (0.63, "十位里约有六位"), (0.94, "十位里约有九位"), (0.96, "几乎每一位都需要"),
    ],
)  # fmt: skip
def test_a_share_as_people_say_it(share: float, told: str) -> None:
    assert of_ten(share) == told


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["第 3 网格"], "第 3 网格"),
        (["第 2 网格", "第 3 网格", "第 12 网格"], "第 2、3、12 网格"),
        (["北院", "南院"], "北院、南院"),
        (["第 1 网格", "第 11 网格"], "第 1 网格、第 11 网格"),
        (["东区一组", "东区"], "东区一组、东区"),
    ],
)
def test_grids_that_differ_in_the_middle_are_named_together(names: list[str], told: str) -> None:
    assert together(names) == told

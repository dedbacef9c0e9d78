"""The findings in sentences: every kind, its figure, interval and base."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from core.analysis.findings import Finding
from core.output.demand_map import Wanted
from core.output.findings import Told, tell
from tests.core.output.conftest import Estimates

NEEDS = {"E1": Wanted("E1", "老人助餐", (60, 120))}
GRIDS = {3: "第 3 网格"}


@pytest.fixture
def frame(estimates: Estimates) -> pd.DataFrame:
    return estimates(
        {"share": 0.28, "share_low": 0.24, "share_high": 0.31},
        {"share": 0.63, "share_low": 0.54, "share_high": 0.71, "grid": 3},
        {"share": 0.99, "share_low": 0.9, "share_high": 1.0, "grid": 3, "age_band": 9},
    )


def _told(frame: pd.DataFrame, kind: str, **more: Any) -> Told:
    figures = {
        "grid": None, "share": 0.28, "persons": 322, "low": 284, "high": 363, "provision": 60, "base": 1170,
        "n": 590,
    }  # fmt: skip
    finding = Finding(kind=kind, need="E1", area="elderly", **(figures | more))
    return tell(finding, NEEDS, grids=GRIDS, estimates=frame)


def test_the_largest_gap(frame: pd.DataFrame) -> None:
    told = _told(frame, "largest_gap")
    assert told.sentence == "老人助餐缺得最多：约 322 人需要，现有服务只够 60 人"
    assert (told.figure, told.caption) == ("262 人", "还差")
    assert told.interval == "需要的人数区间 284–363 人"
    assert told.base == "60 岁及以上居民 1,170 人，答卷 590 份"


def test_a_grid_that_stands_out_is_set_against_the_community(frame: pd.DataFrame) -> None:
    told = _told(frame, "grid_apart", grid=3, share=0.63, base=224, n=119)
    assert told.sentence == "第 3 网格更需要老人助餐：60 岁及以上居民十位里约有六位，全社区是 28%"
    assert (told.figure, told.interval) == ("63%", "95% 区间 54%–71%")
    assert told.base == "第 3 网格：60 岁及以上居民 224 人，答卷 119 份"


def test_the_largest_surplus(frame: pd.DataFrame) -> None:
    told = _told(frame, "largest_surplus", provision=1570)
    assert told.sentence == "老人助餐的名额多于需要：约 322 人需要，现有服务够 1,570 人"
    assert (told.figure, told.caption) == ("1,248 人", "多出")


def test_unknown_provision_is_unknown_and_not_none(frame: pd.DataFrame) -> None:
    told = _told(frame, "unknown_provision", provision=None)
    assert told.sentence == "约 322 人需要老人助餐，现在有多少服务还不知道" and told.figure == "322 人"


def test_the_most_wanted_without_population_is_a_share(frame: pd.DataFrame) -> None:
    alone = dict.fromkeys(("persons", "low", "high", "provision", "base"))
    told = _told(frame, "most_wanted", **alone)
    assert (told.figure, told.interval) == ("28%", "95% 区间 24%–31%")
    assert told.base == "60 岁及以上居民，答卷 590 份，没有人口数，未加权"


@pytest.mark.parametrize(
    "kind", ["largest_gap", "grid_apart", "largest_surplus", "unknown_provision", "most_wanted"]
)
def test_every_finding_prints_its_figure_interval_and_base(frame: pd.DataFrame, kind: str) -> None:
    told = _told(frame, kind, grid=3 if kind == "grid_apart" else None)
    assert told.kind == kind
    assert all(re.search(r"\d", text) for text in (told.figure, told.interval, told.base))
    assert "{" not in "".join((told.sentence, told.figure, told.caption, told.interval, told.base))

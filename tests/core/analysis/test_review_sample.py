"""The review sample: strata, the fixed random numbers, how the work is spread, whose labels count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.analysis.review_sample import (
    AREAS,
    BANDS,
    CELLS,
    allocate,
    cells,
    draw,
    labelled,
    random_numbers,
    sampled,
    strata,
)


def comments(n: int, area: str = "culture", *, first: int = 1, sure: float = 0.95) -> pd.DataFrame:
    """`n` comments of one cell, nobody has labelled them."""
    return pd.DataFrame(
        {
            "comment_id": range(first, first + n),
            "predicted": area,
            "probability": sure,
            "abstained": False,
            "label": "",
        }
    )


def several() -> pd.DataFrame:
    parts = [
        comments(400), comments(100, sure=0.5, first=1000), comments(40, "safety", first=2000),
        comments(3, "family", first=3000),
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def label(frame: pd.DataFrame, ids: object, area: str = "culture") -> pd.DataFrame:
    return frame.assign(label=frame["label"].where(~frame["comment_id"].isin(ids), area))


def test_a_cell_is_an_area_and_how_sure_the_machine_was() -> None:
    frame = pd.DataFrame(
        {
            "predicted": ["elderly", "elderly", "elderly", "elderly", "elderly", "culture", "gone"],
            "probability": [0.69, 0.7, 0.89, 0.9, 0.95, 0.2, 1.0],
            "abstained": [False, False, False, False, True, False, False],
        }
    )
    other = AREAS.index("other") * 4 + 3
    assert AREAS[:3] == ("elderly", "children_youth", "culture")
    assert list(cells(frame)) == [1, 2, 2, 3, 0, 2 * 4 + 1, other]


def test_the_random_numbers_are_those_of_splitmix64() -> None:
    published = np.array([0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F], dtype=np.uint64)
    assert list(random_numbers([1, 2, 3], seed=0)) == [int(x) / 2**64 for x in published >> 11 << 11]
    many = random_numbers(np.arange(1, 100_001))
    assert np.histogram(many, bins=10, range=(0, 1))[0] == pytest.approx(10_000, rel=0.05)
    assert abs(np.corrcoef(many, random_numbers(np.arange(1, 100_001), seed=7))[0, 1]) < 0.01


def test_work_is_spread_by_size_and_expected_spread() -> None:
    sizes = np.zeros(CELLS, dtype=int)
    sizes[[0, 3]] = 300
    # √(.5 × .5) = .5 against √(.08 × .92) = .2713: of 100 labels 64.8 and 35.2.
    assert list(allocate(sizes, 100)[[0, 3]]) == [65, 35]
    sizes[0] = 10
    assert list(allocate(sizes, 250)[[0, 3]]) == [10, 240]
    sizes[7] = 2
    # Its share would be less than one; 10 × .5 against 300 × .2713 of the other 98: 5.7 and 92.3.
    assert list(allocate(sizes, 100)[[0, 3, 7]]) == [6, 92, 2]


@pytest.mark.parametrize("budget", [0, 1, 7, 50, 150, 300, 5000])
def test_no_cell_gets_more_than_it_has_and_all_of_the_budget_is_used(budget: int) -> None:
    sizes = np.random.default_rng(3).integers(0, 40, CELLS)
    given = allocate(sizes, budget)
    assert given.sum() == min(budget, sizes.sum())
    assert ((given >= 0) & (given <= sizes)).all()
    if budget >= 300:
        assert (given >= np.minimum(sizes, 2)).all()


def test_a_draw_is_the_same_each_time_without_anybody_twice_and_remembers_labels() -> None:
    frame = several()
    first = draw(frame, 60)
    assert len(first) == 60 == first["comment_id"].nunique()
    pd.testing.assert_frame_equal(first, draw(frame.sample(frac=1, random_state=1), 60))
    assert set(first["comment_id"]) != set(draw(frame, 60, seed=9)["comment_id"])
    assert not first["labelled"].any()
    half = label(frame, first["comment_id"][:30])
    again = draw(half, 60)
    assert list(again["comment_id"]) == list(first["comment_id"])
    assert list(again["labelled"]) == [True] * 30 + [False] * 30
    assert set(first["comment_id"]) < set(draw(half, 90)["comment_id"])


def test_wherever_reading_stops_every_cell_has_had_its_share() -> None:
    drawn = draw(several(), 80)
    in_all = drawn.groupby(["area", "band"]).size()
    so_far = drawn[:40].groupby(["area", "band"]).size()
    assert set(drawn["band"]) <= set(BANDS)
    assert (abs(so_far.reindex(in_all.index, fill_value=0) - in_all / 2) <= 1).all()


def test_every_comment_of_a_cell_is_drawn_with_probability_n_over_size() -> None:
    frame = several()
    expected = draw(frame, 60).groupby(["area", "band"]).size()
    drawn = pd.concat([draw(frame, 60, seed=seed) for seed in range(400)])["comment_id"].value_counts()
    low = drawn.reindex(frame["comment_id"][400:500], fill_value=0) / 400
    chance = expected["culture", "low"] / 100
    assert low.mean() == pytest.approx(chance)
    assert low.std() == pytest.approx(np.sqrt(chance * (1 - chance) / 400), rel=0.25)


def test_labels_given_for_other_reasons_are_not_of_the_sample() -> None:
    frame = several()
    chosen = set(draw(frame, 60)["comment_id"])
    others = set(frame["comment_id"][::9]) - chosen
    both = label(frame, chosen | others)
    inside = set(both["comment_id"][sampled(both)])
    assert chosen <= inside
    assert len(inside - chosen) <= 6
    assert labelled(both).sum() == len(chosen | others)
    alone = label(frame, others)
    assert sampled(alone).sum() <= 3


def test_new_comments_do_not_end_a_sample() -> None:
    frame = label(several(), draw(several(), 60)["comment_id"])
    before = sampled(frame)
    grown = pd.concat([frame, comments(60, first=9000)], ignore_index=True)
    assert sampled(grown)[: len(frame)].sum() >= before.sum() - 2
    assert sampled(label(frame, frame["comment_id"])).all()
    assert not sampled(several()).any()


def test_how_far_the_sample_has_come_is_told_by_cell() -> None:
    frame = several()
    half = label(frame, draw(frame, 60)["comment_id"][:30])
    found = strata(half, 60).set_index(["area", "band"])
    assert found.index.tolist() == [
        ("culture", "low"), ("culture", "high"), ("family", "high"), ("safety", "high")
    ]  # fmt: skip
    assert found["n"].tolist() == [100, 400, 3, 40]
    assert found["wanted"].tolist() == draw(frame, 60).groupby(["area", "band"]).size()[found.index].tolist()
    assert found["labelled"].sum() == found["sampled"].sum() == 30

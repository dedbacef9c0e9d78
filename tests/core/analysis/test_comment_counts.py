"""No comment is lost, no count of 1 to 4 is shown or can be worked out, and only a true leader is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.analysis.comment_counts import (
    ABSTAINED,
    ALL,
    Conservation,
    Leading,
    by_area_and_month,
    conservation,
    leading,
    months_of,
)
from core.analysis.suppression import WIDTH, audit, protect_line
from models.taxonomy import AREA_LABELS

AREAS = list(AREA_LABELS)
MONTHS = ["2026-08", "2026-09", "2026-10", "2026-11"]


def counted(*rows: tuple[str, str, int], state: str = "classified") -> pd.DataFrame:
    """A frame as `core.queries.comments.comment_counts` gives it."""
    frame = pd.DataFrame(rows, columns=["area", "month", "n"])
    return frame.assign(state=state, urgent=0)


def october(**areas: int) -> pd.DataFrame:
    return counted(*((area, "2026-10", n) for area, n in areas.items()))


def shown(table: pd.DataFrame, area: str) -> list[int | None]:
    """An area's months in order, then its sum; None where hidden."""
    rows = table[table["area"] == area]
    assert (rows["n"].isna() == rows["hidden"]).all()
    return [None if pd.isna(n) else int(n) for n in rows["n"]]


def test_every_comment_in_is_in_one_of_four_states() -> None:
    counts = pd.concat(
        [
            october(elderly=7, other=2),
            counted(("", "2026-10", 3), state="abstained"),
            counted(("", "2026-10", 2), ("", "2026-11", 2), state="waiting"),
            counted(("", "2026-10", 1), state="failed"),
        ]
    )
    kept = conservation(counts, 17)
    assert kept == Conservation(total=17, classified=9, abstained=3, waiting=4, failed=1)
    assert kept.missing == 0


def test_a_comment_in_no_state_or_in_an_unknown_one_is_missing() -> None:
    assert conservation(october(elderly=7), 8).missing == 1
    assert conservation(counted(("", "2026-10", 2), state="strange"), 2).missing == 2


def test_nothing_said_is_nothing_to_show() -> None:
    nothing = counted()
    assert conservation(nothing, 0) == Conservation(0, 0, 0, 0, 0)
    assert by_area_and_month(nothing).empty
    assert leading(by_area_and_month(nothing)) is None
    assert months_of(nothing) == []


def test_counts_of_five_and_more_are_shown_with_their_sums() -> None:
    table = by_area_and_month(
        counted(("elderly", "2026-09", 5), ("elderly", "2026-10", 12), ("culture", "2026-10", 30))
    )
    assert shown(table, "elderly") == [5, 12, 17]
    assert shown(table, "culture") == [0, 30, 30]
    assert shown(table, "family") == [0, 0, 0]
    assert shown(table, ALL) == [47]


@pytest.mark.parametrize("few", [1, 4])
def test_one_to_four_in_a_month_are_hidden_together_with_the_next_smallest(few: int) -> None:
    table = by_area_and_month(
        counted(("elderly", "2026-08", 40), ("elderly", "2026-09", few), ("elderly", "2026-10", 12))
    )
    assert shown(table, "elderly") == [40, None, None, 52 + few]


def test_an_area_with_a_hidden_sum_shows_no_month_and_takes_another_area_with_it() -> None:
    table = by_area_and_month(
        counted(
            ("elderly", "2026-09", 3), ("culture", "2026-09", 9), ("culture", "2026-10", 9),
            ("safety", "2026-10", 60),
        )
    )  # fmt: skip
    assert shown(table, "elderly") == [None, None, None]
    assert shown(table, "culture") == [None, None, None]
    assert shown(table, "safety") == [0, 60, 60]
    assert shown(table, ALL) == [81]


def test_a_single_area_of_few_hides_all_areas_so_that_the_zeros_do_not_tell() -> None:
    table = by_area_and_month(october(elderly=3))
    assert all(shown(table, area) == [None, None] for area in AREAS)


def test_what_the_classifier_abstained_from_is_a_row_apart_and_in_no_sum() -> None:
    counts = pd.concat(
        [
            october(elderly=20, other=6),
            counted(("", "2026-09", 8), ("", "2026-10", 2), ("", "2026-08", 11), state="abstained"),
            counted(("", "2026-10", 50), state="waiting"),
        ]
    )
    table = by_area_and_month(counts)
    assert shown(table, ABSTAINED) == [11, None, None, 21]
    assert shown(table, "other") == [0, 0, 6, 6]
    assert shown(table, ALL) == [26]


@given(
    arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.integers(0, 60)),
    arrays(np.int64, 4, elements=st.integers(0, 8)),
)
@settings(max_examples=25, deadline=None)
def test_no_hidden_count_can_be_worked_out_from_its_row_or_from_the_sums(
    inside: np.ndarray, few: np.ndarray
) -> None:
    inside = np.vstack([inside, few[: inside.shape[1]]])
    rows = [(AREAS[i], MONTHS[j], int(n)) for (i, j), n in np.ndenumerate(inside) if n]
    table = by_area_and_month(counted(*rows))
    if table.empty:
        return
    visible = table["n"].dropna()
    assert not visible.between(1, 4)[table.loc[visible.index, "area"] != ALL].any()
    sums = table[(table["month"] == ALL) & (table["area"] != ALL)]
    totals = dict(zip(AREAS, inside.sum(axis=1), strict=False))
    _assert_safe(sums["area"].map(totals), sums)
    for area in totals:
        row = table[table["area"] == area]
        if row["hidden"].iloc[-1]:
            assert row["hidden"].all()
            continue
        months = row[row["month"] != ALL]
        known = {month: n for other, month, n in rows if other == area}
        _assert_safe(months["month"].map(known), months)


def _assert_safe(counts: pd.Series, rows: pd.DataFrame) -> None:
    """Each hidden count of 1 to 4 may still be any of at least five, for a reader who knows the sum."""
    values, hidden = counts.fillna(0).to_numpy(dtype=float), rows["hidden"].to_numpy(dtype=bool)
    if not hidden.any():
        return
    ends = audit(np.append(values, values.sum()), np.append(hidden, False))
    few = (values[hidden] >= 1) & (values[hidden] <= 4)
    # With fewer than five in all there is no room for five possibilities: then everything is hidden.
    assert ((ends[:, 1] - ends[:, 0])[few] >= min(WIDTH, values[hidden].sum()) - 1e-6).all()


def test_the_leader_is_told_with_its_share_from_thirty_on() -> None:
    assert leading(by_area_and_month(october(elderly=18, culture=12))) == Leading("elderly", 18, 0.6)
    assert leading(by_area_and_month(october(elderly=18, culture=11))) == Leading("elderly", 18, None)


def test_other_never_leads_but_counts_for_the_share() -> None:
    assert leading(by_area_and_month(october(other=30, elderly=10))) == Leading("elderly", 10, 0.25)


def test_nobody_leads_alike_or_where_hidden_areas_may_hold_more() -> None:
    assert leading(by_area_and_month(october(elderly=20, culture=20))) is None
    hidden = by_area_and_month(october(elderly=3, culture=20))
    assert shown(hidden, "culture") == [None, None]
    assert leading(hidden) is None
    assert leading(by_area_and_month(october(elderly=3, culture=8, safety=11))) is None
    assert leading(by_area_and_month(october(elderly=3, culture=8, safety=12))) == Leading("safety", 12, None)


def test_months_come_latest_first() -> None:
    counts = counted(("elderly", "2025-12", 1), ("culture", "2026-02", 1), ("culture", "2025-12", 1))
    assert months_of(counts) == ["2026-02", "2025-12"]


def test_without_the_second_hiding_the_audit_would_find_it() -> None:
    few = np.array([False, True, False])
    alone = audit(np.array([40.0, 3.0, 12.0, 55.0]), np.append(few, False))
    assert alone[0].tolist() == pytest.approx([3, 3])
    both = protect_line(np.array([40.0, 3.0, 12.0]), few, few)
    assert both.tolist() == [False, True, True]

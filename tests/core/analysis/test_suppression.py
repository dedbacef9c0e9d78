"""What is hidden cannot be worked out: every protected line and table is audited by linear programmes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from core.analysis.suppression import WIDTH, audit, protect_line, protect_table, shown_count, too_few

COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 60))
LINES = arrays(np.int64, st.integers(2, 7), elements=COUNTS)
TABLES = arrays(np.int64, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=5), elements=COUNTS)


def with_totals(inside: np.ndarray) -> np.ndarray:
    wide = np.column_stack([inside, inside.sum(axis=1)]).astype(float)
    return np.vstack([wide, wide.sum(axis=0)])


def widths(values: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    ends = audit(values, hidden)
    assert (ends[:, 0] <= values[hidden] + 1e-6).all() and (values[hidden] <= ends[:, 1] + 1e-6).all()
    return ends[:, 1] - ends[:, 0]


@pytest.mark.parametrize(("n", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (312, 312)])
def test_counts_of_one_to_four_are_not_shown(n: int, shown: int | None) -> None:
    assert shown_count(n) == shown
    assert bool(too_few(n)) == (shown is None)


def test_a_lone_small_cell_takes_the_next_smallest_with_it() -> None:
    values = np.array([3.0, 40.0, 12.0, 0.0])
    hidden = protect_line(values, np.zeros(4, dtype=bool), too_few(values))
    assert hidden.tolist() == [True, False, True, False]


def test_two_small_cells_that_hold_fewer_than_five_together_take_a_third() -> None:
    values = np.array([1.0, 2.0, 40.0, 12.0])
    hidden = protect_line(values, np.zeros(4, dtype=bool), too_few(values))
    assert hidden.tolist() == [True, True, False, True]


def test_an_unknown_total_protects_the_line() -> None:
    values = np.array([3.0, 40.0])
    hidden = protect_line(values, np.zeros(2, dtype=bool), too_few(values), total_unknown=True)
    assert hidden.tolist() == [True, False]


def test_a_cell_that_can_hold_nobody_covers_for_none() -> None:
    values, unknown = np.array([3.0, 0.0, 40.0]), np.array([False, True, False])
    caps = np.array([np.inf, 0.0, np.inf])
    assert protect_line(values, unknown, too_few(values), caps=caps)[2]


def test_the_audit_finds_what_follows_from_the_totals() -> None:
    line = np.array([3.0, 40.0, 43.0])
    assert audit(line, np.array([True, False, False])).tolist() == [[3.0, 3.0]]
    assert audit(line, np.array([True, True, False])).tolist() == [[0.0, 43.0], [0.0, 43.0]]
    table = with_totals(np.array([[3, 20], [10, 30]]))
    alone = np.zeros((3, 3), dtype=bool)
    alone[0, 0] = True
    assert widths(table, alone).tolist() == [0.0]
    assert np.isinf(audit(line, np.array([True, False, True]))[:, 1]).all()


def test_the_audit_knows_caps() -> None:
    line = np.array([3.0, 4.0, 7.0])
    ends = audit(line, np.array([True, True, False]), caps=np.array([5.0, 5.0, np.inf]))
    assert ends.tolist() == [[2.0, 5.0], [2.0, 5.0]]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(LINES)
def test_no_hidden_cell_of_a_line_is_narrower_than_five(values: np.ndarray) -> None:
    few = too_few(values)
    hidden = protect_line(values.astype(float), np.zeros(len(values), dtype=bool), few)
    if few.any() and values.sum() >= WIDTH:
        assert (hidden >= few).all()
        assert (
            widths(np.append(values, values.sum()).astype(float), np.append(hidden, False)) >= WIDTH
        ).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(TABLES)
def test_no_hidden_cell_of_a_table_is_narrower_than_five(inside: np.ndarray) -> None:
    values = with_totals(inside)
    few = too_few(values)
    unknown, needs = few.copy(), few.copy()
    if few[-1, -1]:
        return
    for edge in ((slice(None, -1), -1), (-1, slice(None, -1))):
        unknown[edge] = protect_line(values[edge], few[edge], few[edge])
    needs |= unknown
    hidden = protect_table(values, unknown, needs)
    np.testing.assert_array_equal(hidden[-1], unknown[-1])
    np.testing.assert_array_equal(hidden[:, -1], unknown[:, -1])
    assert (hidden >= few).all()
    if hidden.any() and values[-1, -1] >= WIDTH:
        assert (widths(values, hidden)[values[hidden] > 0] >= WIDTH).all()


def test_a_table_without_small_cells_hides_nothing() -> None:
    values = with_totals(np.array([[5, 20], [10, 0]]))
    nothing = np.zeros((3, 3), dtype=bool)
    assert not protect_table(values, nothing, too_few(values)).any()


def test_a_lone_small_cell_is_hidden_with_the_cheapest_rectangle() -> None:
    values = with_totals(np.array([[3, 90, 20], [80, 70, 60], [30, 95, 9]]))
    hidden = protect_table(values, np.zeros((4, 4), dtype=bool), too_few(values))
    assert np.argwhere(hidden).tolist() == [[0, 0], [0, 2], [2, 0], [2, 2]]

"""The groups figures are given for."""

from __future__ import annotations

import numpy as np

from core.analysis.cube import AXES, Cube
from core.analysis.groups import PAIRS, groups_of

CUBE = Cube((3, 7))


def test_margins_are_always_worked_out_and_shown_only_where_asked_for() -> None:
    groups = groups_of(CUBE, ages=(0, 120), breakdowns=("grid",))
    assert list(groups.rows) == ["", *AXES]
    assert len(groups.codes) == 1 + 2 + 9 + 2
    assert groups.codes[groups.shown].tolist() == [[-1, -1, -1], [3, -1, -1], [7, -1, -1]]


def test_a_pair_is_a_table_of_its_two_axes() -> None:
    groups = groups_of(CUBE, ages=(0, 120), breakdowns=PAIRS)
    assert groups.tables == {"grid+age_band": (2, 9), "grid+sex": (2, 2), "age_band+sex": (9, 2)}
    assert groups.codes[groups.rows["grid+sex"]].tolist() == [[3, -1, 1], [3, -1, 2], [7, -1, 1], [7, -1, 2]]


def test_only_eligible_ages_are_groups_and_members() -> None:
    groups = groups_of(CUBE, ages=(60, 120), breakdowns=AXES)
    assert groups.codes[groups.rows["age_band"]][:, 1].tolist() == [7, 8, 9]
    assert groups.some_ages and not groups_of(CUBE, ages=(0, 120), breakdowns=AXES).some_ages
    assert not groups.members[:, CUBE.coordinates[1] < 6].any()


def test_everybody_is_in_one_group_of_each_axis_or_of_unknown_level() -> None:
    groups = groups_of(CUBE, ages=(0, 120), breakdowns=AXES)
    for place, axis in enumerate(AXES):
        known = CUBE.coordinates[place] < CUBE.shape[place] - 1
        np.testing.assert_array_equal(groups.members[groups.rows[axis]].sum(axis=0), known.astype(float))
    assert groups.members[0].all()

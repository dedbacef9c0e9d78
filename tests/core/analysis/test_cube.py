"""The cells of a community and who belongs to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.analysis.cube import Cube, eligible_bands

ROWS = pd.DataFrame(
    [(7, 1, 1, 5), (7, 9, 2, 3), (0, 4, 2, 2), (3, 0, 1, 4), (3, 5, 9, 6), (3, 5, 1, 1)],
    columns=["grid", "age_band", "sex", "n"],
)


def test_the_cube_holds_the_known_grids_of_all_frames_in_order() -> None:
    other = pd.DataFrame({"grid": pd.array([5, None], dtype="Int64")})
    cube = Cube.of([ROWS, other])
    assert cube.grids == (3, 5, 7)
    assert cube.shape == (4, 10, 3) and cube.size == 120


def test_every_person_is_in_exactly_one_cell() -> None:
    cube = Cube.of([ROWS])
    assert cube.fill(ROWS, "n").sum() == ROWS["n"].sum()


def test_unknown_codes_go_to_the_last_level_of_their_axis() -> None:
    cube = Cube.of([ROWS])
    table = cube.fill(ROWS, "n").reshape(cube.shape)
    assert table[-1, 3, 1] == 2
    assert table[0, -1, 0] == 4
    assert table[0, 4, -1] == 6
    strange = pd.DataFrame([(99, 12, 5, 1)], columns=["grid", "age_band", "sex", "n"])
    assert cube.fill(strange, "n").reshape(cube.shape)[-1, -1, -1] == 1


def test_a_flat_array_comes_back_as_the_frame_it_was() -> None:
    cube = Cube.of([ROWS])
    back = cube.frame(n=cube.fill(ROWS, "n"))
    found = back[back["n"] > 0].sort_values(["grid", "age_band", "sex"]).to_numpy().tolist()
    assert found == ROWS.sort_values(["grid", "age_band", "sex"]).to_numpy().tolist()


def test_a_community_without_known_grids_still_has_cells() -> None:
    rows = ROWS.assign(grid=0)
    cube = Cube.of([rows])
    assert cube.shape == (1, 10, 3)
    assert cube.fill(rows, "n").sum() == rows["n"].sum()


@pytest.mark.parametrize(
    ("ages", "bands"),
    [
        ((0, 17), [1, 2, 3]),
        ((60, 120), [7, 8, 9]),
        ((0, 14), [1, 2]),
        ((18, 44), [4, 5]),
        ((65, 120), [8, 9]),
    ],
)
def test_a_band_is_eligible_by_most_of_its_years(ages: tuple[int, int], bands: list[int]) -> None:
    assert (np.flatnonzero(eligible_bands(*ages)) + 1).tolist() == bands


def test_persons_of_unknown_age_are_eligible_only_where_everybody_is() -> None:
    cube = Cube((1,))
    unknown = cube.coordinates[1] == 9
    assert cube.eligible(0, 120)[unknown].all()
    assert not cube.eligible(60, 120)[unknown].any()

"""The map's geometry by hand, and what its specification holds."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from core.output import theme
from core.output.schematic import HEAD, PARAM, Ramp, building_boxes, grid_boxes, height_of, schematic

RAMP = Ramp(theme.DEMAND_RAMP, 0.5, "占比", ".0%")


@pytest.fixture
def values() -> pd.DataFrame:
    rows = [
        ("g1", "shown", 0.31, "31%", "31%（20%–40%），40 份答卷"),
        ("g2", "few", None, "答卷太少", "12 份答卷"),
        ("g3", "hidden", None, "不显示", "人数太少"),
    ]
    return pd.DataFrame(rows, columns=["code", "kind", "value", "told", "hint"])


def test_a_name_stands_above_each_coloured_box(grids: pd.DataFrame) -> None:
    # Two rows: 440 pixels for 44 map units, so 44 pixels of name take 4.4 units.
    assert height_of(grids) == 440 and HEAD == 44
    boxes = grid_boxes(grids)
    assert boxes["top"].tolist() == pytest.approx([4.4, 4.4, 28.4])
    assert boxes["foot"].tolist() == [20, 20, 44]
    assert boxes["right"].tolist() == [10, 22, 10]


def test_a_low_grid_keeps_half_of_its_height_for_colour(grids: pd.DataFrame) -> None:
    boxes = grid_boxes(grids.assign(h=[20, 20, 2]))
    assert boxes["top"][2] == 25


def test_buildings_move_into_the_box_in_proportion(grids: pd.DataFrame, buildings: pd.DataFrame) -> None:
    found = building_boxes(buildings, grids)
    assert found["code"].tolist() == ["g1", "g3"]
    # Half-way down a grid of 20 is half-way down the 15.6 left under its name; the other fills its grid.
    assert found["top"].tolist() == pytest.approx([4.4 + 7.8, 28.4])
    assert found["foot"].tolist() == pytest.approx([4.4 + 7.8 + 5 * 0.78, 44])
    assert found["short"].tolist() == ["1", "东塔"]
    assert found["wide"].tolist() == [0.182, 0.182]


def test_geometry_and_values_travel_apart(
    grids: pd.DataFrame, buildings: pd.DataFrame, values: pd.DataFrame
) -> None:
    spec = schematic(grids, buildings, values=values, ramp=RAMP, chosen="g2")
    other = schematic(grids, buildings, values=values.assign(value=0.1), ramp=RAMP)
    assert spec["datasets"]["buildings"] == other["datasets"]["buildings"]
    assert {**spec, "datasets": 0} == {**other, "datasets": 0}
    assert len(json.dumps(spec, ensure_ascii=False).encode()) < 20_000


def test_what_is_not_shown_has_no_value_and_a_rim_of_its_own(
    grids: pd.DataFrame, buildings: pd.DataFrame, values: pd.DataFrame
) -> None:
    drawn = {
        row["code"]: row for row in schematic(grids, buildings, values=values, ramp=RAMP)["datasets"]["grids"]
    }
    assert drawn["g1"]["value"] == 0.31 and drawn["g1"]["rim"] == theme.LINE
    for code in ("g2", "g3"):
        assert "value" not in drawn[code] and drawn[code]["rim"] == theme.UNKNOWN


def test_the_chosen_grid_is_set_off(
    grids: pd.DataFrame, buildings: pd.DataFrame, values: pd.DataFrame
) -> None:
    spec = schematic(grids, buildings, values=values, ramp=RAMP, chosen="g2")
    assert [row["rim"] == theme.INK for row in spec["datasets"]["grids"]] == [False, True, False]


def test_a_click_selects_a_grids_code_whatever_is_known_of_it(
    grids: pd.DataFrame, buildings: pd.DataFrame, values: pd.DataFrame
) -> None:
    for kinds in (["shown"] * 3, ["few"] * 3, ["shown", "few", "hidden"]):
        spec = schematic(grids, buildings, values=values.assign(kind=kinds), ramp=RAMP)
        assert [(one["name"], one["select"]["fields"]) for one in spec["params"]] == [(PARAM, ["code"])]
        # A click on a building must name its grid too.
        assert {row["code"] for row in spec["datasets"]["buildings"]} == {"g1", "g3"}


def test_the_scale_runs_from_nothing_to_its_end_over_the_whole_ramp(
    grids: pd.DataFrame, buildings: pd.DataFrame, values: pd.DataFrame
) -> None:
    spec = schematic(grids, buildings, values=values, ramp=RAMP)
    scale = spec["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert scale["range"] == list(theme.DEMAND_RAMP)


def test_one_grid_alone_is_a_map(grids: pd.DataFrame, buildings: pd.DataFrame, values: pd.DataFrame) -> None:
    spec = schematic(grids[:1], buildings[:1], values=values, ramp=RAMP, chosen="g1")
    assert len(spec["datasets"]["grids"]) == 1 and spec["height"] == 240

"""The community's schematic map: grids as boxes under their names, buildings in them; colour is per grid.

Geometry and values are named data sets of their own: when a figure changes, only its few rows travel.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import pandas as pd

from core.output import theme

# A grid's name and figure stand above its coloured box; so many pixels of its height are theirs.
HEAD: Final = 44
ROW, LOWEST, HIGHEST = 220, 240, 760
# Below this width the figure stands under the name and not beside it.
NARROW: Final = 440
SHOWN: Final = "shown"
PARAM: Final = "grid"
# A building is known by its number, 24号楼; one without by its first two letters.
_NUMBER, _FIRST = re.compile(r"[0-9A-Za-z]+"), re.compile(r".{0,2}")
_LETTER: Final = 9.5
# Text of a figure, and of the words that stand where there is none.
_FIGURE: Final = {True: 16.0, False: 12.5}
_BOX: Final = ["left", "right", "top", "foot"]


@dataclass(frozen=True, slots=True)
class Ramp:
    """How values become colours: from 0 to `most` along `colours`, told by a legend of this title."""

    colours: Sequence[str]
    most: float
    title: str
    format: str


def height_of(grids: pd.DataFrame) -> int:
    """Pixels of the map's height: each row of grids gets enough for its names and buildings."""
    rows = grids["y"].round(3).nunique() if len(grids) else 1
    return int(min(max(ROW * rows, LOWEST), HIGHEST))


def grid_boxes(grids: pd.DataFrame) -> pd.DataFrame:
    """grid, code, name, left, right, top and foot of the coloured box; the name stands above `top`."""
    span = (grids["y"] + grids["h"]).max() - grids["y"].min()
    # A low box gives its name at most half of its height.
    strip = (grids["h"] / 2).clip(upper=HEAD * span / height_of(grids))
    boxes = grids[["grid", "code", "name"]].assign(
        left=grids["x"], right=grids["x"] + grids["w"], top=grids["y"] + strip, foot=grids["y"] + grids["h"]
    )
    return boxes.reset_index(drop=True)


def building_boxes(buildings: pd.DataFrame, grids: pd.DataFrame) -> pd.DataFrame:
    """code (the grid's), name, short, told, wide, left, right, top, foot: moved into the grid's coloured box.

    Distances along y shrink alike, for the map is schematic. `wide` is a share of the map's width; where
    that is too little for the name, `short` is written. `buildings` has a column told.
    """
    boxes = grid_boxes(grids).join(grids.reset_index(drop=True)[["y", "h"]])
    home = boxes.set_index("grid").loc[buildings["grid"]].reset_index(drop=True)
    own = buildings.reset_index(drop=True)
    squeeze = (home["foot"] - home["top"]) / home["h"]
    top = home["top"] + (own["y"] - home["y"]) * squeeze
    placed = {"left": own["x"], "right": own["x"] + own["w"], "top": top, "foot": top + own["h"] * squeeze}
    width = (grids["x"] + grids["w"]).max() - grids["x"].min()
    short = [(_NUMBER.match(name) or _FIRST.match(name) or [""])[0] for name in own["name"]]
    wide = (own["w"] / width).round(3)
    return own[["name", "told"]].assign(short=short, wide=wide, code=home["code"], **placed)


def schematic(
    grids: pd.DataFrame, buildings: pd.DataFrame, *, values: pd.DataFrame, ramp: Ramp, chosen: str = ""
) -> dict[str, Any]:
    """The map as a Vega-Lite specification; a click on a grid selects its code under PARAM.

    `values`: code, kind (`shown` or why not), value (null unless shown), told (the label), hint (on hover).
    `chosen` is the code of the grid that is set off.
    """
    drawn = _drawn(grids, values, chosen)
    layers = [*_grid_layers(ramp, set(drawn["kind"] == SHOWN)), *_building_layers(), *_name_layers()]
    chart = alt.LayerChart(layer=layers).properties(height=height_of(grids))
    spec = theme.spec(chart.configure_mark(aria=False), size=13)
    spec["datasets"] = {
        "grids": _rows(drawn),
        "buildings": _rows(building_boxes(buildings, grids)),
    }
    return spec


def _drawn(grids: pd.DataFrame, values: pd.DataFrame, chosen: str) -> pd.DataFrame:
    drawn = grid_boxes(grids).merge(values, on="code", how="left").drop(columns="grid")
    chosen_one = drawn["code"] == chosen
    plain = drawn["kind"].map(lambda kind: theme.LINE if kind == SHOWN else theme.UNKNOWN)
    edge, size = chosen_one.map({True: 3.0, False: 1.2}), (drawn["kind"] == SHOWN).map(_FIGURE)
    return drawn.assign(rim=plain.mask(chosen_one, theme.INK), edge=edge, size=size)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values; map units to a hundredth, nothing where a value is unknown."""
    rounded = frame.assign(**{name: frame[name].astype(float).round(2) for name in _BOX})
    return [
        {str(key): value for key, value in row.items() if not pd.isna(value)}
        for row in rounded.astype(object).to_dict("records")
    ]


def _base(name: str) -> alt.Chart:
    """A chart of one data set with the map's position: nothing of the frame is drawn."""
    return alt.Chart(alt.NamedData(name)).encode(
        x=alt.X("left:Q", axis=None, scale=alt.Scale(nice=False, zero=False)),
        x2="right:Q",
        y=alt.Y("top:Q", axis=None, scale=alt.Scale(nice=False, zero=False, reverse=True)),
        y2="foot:Q",
    )


def _grid_layers(ramp: Ramp, known: set[bool]) -> list[alt.Chart]:
    """The grids whose figure is known, and those of which it is not; a layer of nothing is left out."""
    stops = [ramp.most * i / (len(ramp.colours) - 1) for i in range(len(ramp.colours))]
    legend = alt.Legend(
        title=ramp.title, orient="bottom", direction="horizontal", gradientLength=240, gradientThickness=12,
        format=ramp.format, values=[0, ramp.most / 2, ramp.most], titleLimit=320, offset=12,
    )  # fmt: skip
    colour = alt.Color("value:Q", scale=alt.Scale(domain=stops, range=list(ramp.colours)), legend=legend)
    base = _base("grids").encode(
        tooltip=_hint(),
        stroke=alt.Stroke("rim:N", scale=None),
        strokeWidth=alt.StrokeWidth("edge:Q", scale=None),
    )
    pick = alt.selection_point(name=PARAM, fields=["code"], empty=False)
    shown = base.transform_filter(alt.datum.kind == SHOWN).mark_rect(cornerRadius=6, cursor="pointer")
    others = base.transform_filter(alt.datum.kind != SHOWN).mark_rect(
        cornerRadius=6, cursor="pointer", fill=theme.UNKNOWN_FILL, strokeDash=[5, 4]
    )
    both = ((shown.encode(color=colour), True), (others, False))
    layers = [layer for layer, is_known in both if is_known in known]
    return [layers[0].add_params(pick), *layers[1:]]


def _building_layers() -> list[alt.Chart]:
    base = _base("buildings").encode(tooltip=_hint("told"))
    boxes = base.mark_rect(fill=theme.PAPER, fillOpacity=0.88, cornerRadius=3, cursor="pointer")
    middle, centre = alt.X("middle:Q", axis=None), alt.Y("centre:Q", axis=None)
    names = (
        alt.Chart(alt.NamedData("buildings"))
        .transform_calculate(
            middle="(datum.left + datum.right) / 2",
            centre="(datum.top + datum.foot) / 2",
            written=f"datum.wide * width > length(datum.name) * {_LETTER} ? datum.name : datum.short",
        )
        .mark_text(fontSize=alt.expr(f"width < {NARROW} ? 11 : 12"), cursor="pointer")
        .encode(x=middle, y=centre, text="written:N", tooltip=_hint("told"))
    )
    return [boxes, names]


def _name_layers() -> list[alt.Chart]:
    """Name and figure above the box: side by side where there is room, else one under the other."""
    base = alt.Chart(alt.NamedData("grids"))
    y = alt.Y("top:Q", axis=None)
    names = base.mark_text(
        align="left", baseline="bottom", fontWeight="bold", dx=1, dy=alt.expr(f"width < {NARROW} ? -25 : -6"),
        fontSize=alt.expr(f"width < {NARROW} ? 13 : 15"),
    )  # fmt: skip
    figures = base.mark_text(align="right", baseline="bottom", dx=-1, dy=-5)
    return [
        names.encode(x=alt.X("left:Q", axis=None), y=y, text="name:N"),
        figures.encode(
            x=alt.X("right:Q", axis=None), y=y, text="told:N", size=alt.Size("size:Q", scale=None)
        ),
    ]


def _hint(field: str = "hint") -> list[alt.Tooltip]:
    return [alt.Tooltip("name:N", title=" "), alt.Tooltip(f"{field}:N", title=" ")]

"""需求地图: what residents of which grid need most, and the first needs of one grid."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access import Right
from core.output.demand_map import Unit
from core.output.schematic import PARAM
from core.words import say
from pages.parts import figures, gate, map_choices, map_parts, show

seat = gate.require(Right.DEMAND)
COMMUNITY = seat.community.community_id
at = figures.mark()
found = map_parts.round_or_stop(seat.community, say("map.screen"), figures.survey(COMMUNITY, at))
grids = map_parts.grids_or_stop(seat.community, say("map.screen"), found, at)
NAMES = dict(zip(grids["code"], grids["name"], strict=True))


def choices() -> tuple[map_parts.View, str, Unit, str]:
    """The need as a view and its code, the unit, and the grid's code; the address follows them."""
    opening = map_choices.asked("need", list(found.needs), map_parts.first_need(COMMUNITY, at))
    boxes = st.container(key="map-choices").columns([3, 3, 2, 2], vertical_alignment="bottom")
    with boxes[0]:
        area = map_choices.area(found, opening)
    with boxes[1]:
        need = map_choices.need(found, area, opening)
    view = map_parts.view(COMMUNITY, at, need)
    with boxes[2]:
        unit = map_choices.unit(view.persons)
    with boxes[3]:
        grid = map_choices.grid(NAMES, view.apart)
    st.query_params.update({"c": seat.community.code, "need": need, "by": unit, "grid": grid})
    return view, need, unit, grid


def the_map(view: map_parts.View, need: str, unit: Unit, grid: str) -> None:
    """The map; a click chooses a grid."""
    spec = map_parts.map_spec(COMMUNITY, at, need=need, unit=unit, chosen=grid)
    show.chart(
        spec,
        "",
        key=map_choices.map_key(),
        on_select=partial(map_choices.clicked, NAMES),
        selection_mode=PARAM,
        alt=say("map.chart.map", finding=view.finding),
    )


def the_list(need: str, unit: Unit, grid: str) -> None:
    """The chosen grid's top needs, drawn and as a table."""
    title, table, drawn = map_parts.top_list(COMMUNITY, at, grid=grid, unit=unit, need=need)
    show.section(title, say(f"map.top.note_{unit}"))
    if drawn is None:
        show.empty(say("map.top.none"))
        return
    show.chart(drawn, "", key="top-needs", alt=say("map.chart.bars", title=title))
    explain, numeric = say("map.top.explain"), table.columns[2:]
    show.under(table, "top-needs", explain, numeric=numeric, picture=("top-needs", title))


head = st.container()
view, need, unit, grid = choices()
with head:
    how = " · ".join([view.how, *map_parts.as_of(at)])
    show.top(seat.community, say("map.screen"), view.finding, how=how)
left, right = st.columns([65, 35], gap="medium")
with left:
    the_map(view, need, unit, grid)
with right:
    the_list(need, unit, grid)
twin, picture = view.table, (map_choices.map_key(), view.finding)
show.under(twin, "demand-map", view.explain, numeric=twin.columns[1:], picture=picture, unfolded=True)

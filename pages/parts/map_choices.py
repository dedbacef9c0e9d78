"""The row of choices above the demand map. The address tells them, so that a link can be passed on.

The grid is chosen in a box or by a click on the map; one value in the session holds it, whoever spoke last.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.output.demand_map import Unit
from core.output.schematic import PARAM
from core.words import say
from pages.parts import map_parts
from pages.parts.figures import Survey


def asked(name: str, among: list[str], otherwise: str) -> str:
    """What the address asks for, if there is such a thing."""
    given = st.query_params.get(name, "")
    return given if given in among else otherwise


def area(found: Survey, opening: str) -> str:
    """One area; opens with that of the need `opening`."""
    st.session_state.setdefault("map.area", found.needs[opening].area)
    return st.selectbox(
        say("map.choose.area"),
        map_parts.areas(found),
        key="map.area",
        format_func=lambda code: found.needs[code].short,
    )


def need(found: Survey, area: str, opening: str) -> str:
    """One need of the area, or any of them; opens with `opening` if it is one."""
    among = map_parts.needs_in(found, area)
    st.session_state.setdefault(f"map.need.{area}", opening if opening in among else area)
    return st.selectbox(
        say("map.choose.need"),
        among,
        key=f"map.need.{area}",
        format_func=lambda code: say("map.choose.any") if code == area else found.needs[code].short,
    )


def unit(persons: bool) -> Unit:
    """Shares or persons; shares alone where nobody knows how many live here."""
    st.session_state.setdefault("map.unit", asked("by", ["share", "persons"], "share"))
    kept = st.segmented_control(
        say("map.choose.unit"),
        ["share", "persons"],
        key="map.unit",
        required=True,
        disabled=not persons,
        format_func=lambda unit: say(f"map.choose.{unit}"),
        help=None if persons else say("map.choose.no_persons"),
    )
    return "persons" if persons and kept == "persons" else "share"


def grid(names: Mapping[str, str], apart: tuple[str, ...]) -> str:
    """A grid's code: clicked on the map or chosen here; opens with one that stands out."""
    st.session_state.setdefault("map.grid", asked("grid", list(names), (*apart, *names)[0]))
    return st.selectbox(
        say("map.choose.grid"),
        list(names),
        key="map.grid",
        format_func=lambda code: names[code],
        on_change=_forget_click,
    )


def map_key() -> str:
    """The map's key: another one each time it has to forget its click."""
    return f"demand-map-{st.session_state.get('map.turn', 0)}"


def _forget_click() -> None:
    """The box has spoken: the grid clicked before can be clicked again."""
    st.session_state["map.turn"] = st.session_state.get("map.turn", 0) + 1


def clicked(names: Mapping[str, str]) -> None:
    """The map has spoken: the box follows. A click beside the grids changes nothing."""
    picked = st.session_state[map_key()].selection.get(PARAM) or [{}]
    if picked[0].get("code") in names:
        st.session_state["map.grid"] = picked[0]["code"]

"""Choosing what a poster or a sheet of slips leads to, its preview, and the way to the page that prints."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil
from urllib.parse import urlencode

import streamlit as st

from core import database
from core.addresses import public_address
from core.errors import LinshengError
from core.output import qr
from core.queries.place_picker import BuildingRow, GridRow
from core.queries.posters import (
    KINDS,
    MOST_SLIPS,
    Target,
    ToChoose,
    Wanted,
    poster_target,
    slips_targets,
)
from core.queries.setup import RoundRow
from core.tickets import NUMBERS
from core.words import day, say
from models.base import now
from pages.parts import show
from pages.parts.gate import Seat

# The printing page, and how many slips it puts on one sheet (pages.plain.poster).
PRINTED, SLIPS_A_PAGE = "/poster", 10
# Where a building's households are not known.
USUAL_SLIPS = 30


def draw(seat: Seat, found: ToChoose) -> None:
    """The choices and, once they are complete, the preview beside them."""
    choices, preview = st.columns([5, 4], gap="large")
    with choices:
        kind = st.radio(
            say("posters.screen.what"),
            KINDS,
            format_func=lambda name: say(f"posters.kind.{name}"),
            key="posters.kind",
        )
        wanted = _wanted(kind, found)
    if wanted is None:
        return
    try:
        with database.reading() as session:
            make = slips_targets if kind == "slips" else poster_target
            made = make(session, seat.community, wanted, now())
    except LinshengError as error:
        show.fail(str(error))
        return
    targets = made if isinstance(made, list) else [made]
    with choices:
        _way_on(seat, wanted, targets)
    with preview:
        _preview(seat, targets[0])


def _wanted(kind: str, found: ToChoose) -> Wanted | None:
    """What was chosen; None where there is nothing to choose, which is said."""
    if kind == "community":
        return Wanted(kind)
    if kind == "activity":
        return _activity(found)
    if not found.grids:
        show.empty(say("posters.screen.no_places"))
        return None
    survey = _survey(found.of_kind("needs"), "no_needs") if kind == "slips" else None
    if kind == "slips" and survey is None:
        return None
    grid = _grid(found.grids)
    houses = [row for row in found.buildings if row.grid_id == grid.grid_id]
    if kind == "grid":
        return Wanted(kind, grid.code)
    if kind == "building":
        if not houses:
            show.empty(say("posters.screen.no_houses"))
            return None
        return Wanted(kind, grid.code, _house(houses).code)
    return _slips(grid, houses, survey.code if survey else "")


def _grid(grids: Sequence[GridRow]) -> GridRow:
    names = {row.code: row for row in grids}
    return names[
        st.selectbox(
            say("posters.screen.grid"),
            list(names),
            format_func=lambda code: names[code].name,
            key="posters.grid",
        )
    ]


def _house(houses: Sequence[BuildingRow]) -> BuildingRow:
    names = {row.building_id: row for row in houses}
    chosen = st.selectbox(
        say("posters.screen.building"),
        list(names),
        format_func=lambda id_: names[id_].name,
        key=f"posters.house.{houses[0].grid_id}",
    )
    return names[chosen]


def _survey(rows: Sequence[RoundRow], none: str) -> RoundRow | None:
    """The survey: there is rarely more than one, so the choice only shows where there is."""
    if not rows:
        show.empty(say(f"posters.screen.{none}"))
        return None
    if len(rows) == 1:
        return rows[0]
    names = {row.code: row for row in rows}
    label = say("posters.screen.round")
    return names[st.selectbox(label, list(names), format_func=lambda code: names[code].name)]


def _activity(found: ToChoose) -> Wanted | None:
    survey = _survey(found.of_kind("feedback"), "no_feedback")
    if survey is None:
        return None
    if not found.activities:
        show.empty(say("posters.screen.no_activities"))
        return None
    names = {row.code: f"{row.name}（{day(row.starts_at)}）" for row in found.activities}
    code = st.selectbox(
        say("posters.screen.activity"), list(names), format_func=names.__getitem__, key="posters.activity"
    )
    return Wanted("activity", activity=code, round=survey.code)


def _slips(grid: GridRow, houses: Sequence[BuildingRow], survey: str) -> Wanted | None:
    """A building (or the grid without), from which number on, and how many."""
    names = {0: say("posters.slips.whole_grid")} | {row.building_id: row.name for row in houses}
    chosen = st.selectbox(
        say("posters.screen.building"),
        list(names),
        index=1 if houses else 0,
        format_func=names.__getitem__,
        key=f"posters.slips.house.{grid.grid_id}",
    )
    code = next((row.code for row in houses if row.building_id == chosen), "")
    last = NUMBERS - 1
    first = st.number_input(
        say("posters.slips.first"), 1, last, 1, key=f"posters.slips.first.{grid.grid_id}.{chosen}"
    )
    most = min(MOST_SLIPS, last - first + 1)
    n = st.number_input(say("posters.slips.n"), 1, most, min(USUAL_SLIPS, most), key="posters.slips.n")
    return Wanted("slips", grid.code, code, round=survey, first=int(first), n=int(n))


def _way_on(seat: Seat, wanted: Wanted, targets: Sequence[Target]) -> None:
    """What will be printed, and the link to the page that prints it."""
    if wanted.kind == "slips":
        told = {"n": len(targets), "pages": ceil(len(targets) / SLIPS_A_PAGE)}
        numbers = {"first": targets[0].serial, "last": targets[-1].serial}
        after = wanted.first + wanted.n
        if after < NUMBERS:
            _note(say("posters.slips.range", next=after, **told, **numbers))
        _note(say("posters.slips.note"))
    query = {"c": seat.community.code, "kind": wanted.kind, "g": wanted.grid, "b": wanted.building}
    query |= {"a": wanted.activity, "r": wanted.round}
    if wanted.kind == "slips":
        query |= {"first": str(wanted.first), "n": str(wanted.n)}
    address = f"{PRINTED}?{urlencode({name: value for name, value in query.items() if value})}"
    st.link_button(say("posters.screen.open"), address, type="primary")


def _note(sentence: str) -> None:
    st.html(f'<p class="st-note">{escape(sentence)}</p>')


def _preview(seat: Seat, target: Target) -> None:
    """The code as it will be printed, and the address it holds."""
    address = public_address(target.path, target.carried)
    name = target.name or seat.community.name
    label = escape(say("posters.screen.preview", name=name))
    leads = escape(say("posters.screen.leads", address=address))
    # Streamlit's HTML takes pictures, but no SVG elements.
    st.html(
        f'<figure class="st-code"><img src="{qr.data_uri(address)}" alt="{label}"><figcaption>'
        f"<b>{escape(name)}</b><br>{leads}</figcaption></figure>"
    )

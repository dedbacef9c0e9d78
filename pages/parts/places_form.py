"""The table of grids and buildings: pasted, looked at, saved."""

from __future__ import annotations

import streamlit as st

from core import database
from core.actions.places_table import replace_places
from core.actions.rehearsal import rehearsing
from core.errors import LinshengError
from core.output.place_tables import places_table
from core.queries.setup import PlacesStanding, place_rows, places_standing
from core.words import say
from pages.parts import deeds, pasted, show
from pages.parts.gate import Seat

NAME = "places"


def in_words(found: PlacesStanding) -> str:
    """How many grids, buildings and households."""
    if not found.grids:
        return say("admin.places.finding_none")
    known, missing = f"{found.households or 0:,}", found.without_households
    households = say("admin.places.households", n=known)
    if found.households is None:
        households = say("admin.places.households_none")
    elif missing:
        households = say("admin.places.households_some", n=known, missing=missing)
    return say(
        "admin.places.finding", grids=found.grids, buildings=f"{found.buildings:,}", households=households
    )


def draw(seat: Seat) -> None:
    """The form: what stands as a download, the box, what would change, the button that saves it."""
    show.section(say("admin.places.title"), say("admin.places.note"))
    with database.reading() as session:
        rows = place_rows(session, seat.community.community_id)
    if rows:
        pasted.download(
            say("admin.places.now_table"), places_table(rows), say("admin.population.places_file")
        )
    table = pasted.box(NAME, label=say("admin.places.columns"), hint=say("admin.places.hint"))
    if table is not None:
        _look(seat, table)


def _look(seat: Seat, table: str) -> None:
    here = seat.community.community_id
    try:
        with rehearsing() as session:
            told = replace_places(session, here, table)
            after = places_standing(session, here)
    except LinshengError as error:
        pasted.faults(error)
        return
    pasted.changes(told)
    if told.nothing:
        return
    pasted.note(say("admin.table.after", standing=in_words(after)))
    removed = len(told.removed)
    label = say("admin.places.save_removing", n=removed) if removed else say("admin.places.save")
    if st.button(label, type="primary", key=f"{NAME}.save"):
        _save(seat, table)


def _save(seat: Seat, table: str) -> None:
    """Save for good; on failure everything stays in the box."""
    try:
        with database.writing() as session:
            told = replace_places(
                session, seat.community.community_id, table, account_id=seat.viewer.account_id
            )
    except LinshengError as error:
        pasted.faults(error)
        return
    pasted.empty(NAME)
    counts = {"added": told.added, "changed": told.changed, "removed": told.removed}
    deeds.done(say("admin.places.saved", **{kind: len(names) for kind, names in counts.items()}))

"""The table of persons, with where the figures come from: pasted, looked at, saved."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import database
from core.actions.place_file import PopulationSource
from core.actions.places_table import replace_population
from core.actions.rehearsal import rehearsing
from core.errors import LinshengError
from core.output.place_tables import OLDEST, blank_cells, blank_margins, persons_table
from core.queries.place_picker import grids_to_choose
from core.queries.setup import PersonsRow, PopulationPattern, PopulationStanding, population_rows
from core.queries.setup import population_standing as standing_of
from core.words import CHINA, say
from models.base import now
from pages.parts import deeds, pasted, show
from pages.parts.gate import Seat

NAME = "population"
AXES = ("by_grid", "by_age", "by_sex")
LONGEST_SOURCE = 200


def in_words(found: PopulationStanding | None) -> str:
    """Of which day, whom it counts, where it comes from, and what it is broken down by."""
    if found is None:
        return say("admin.places.population_none")
    marks = [say("admin.places.yes" if known else "admin.places.no") for known in found.broken_down]
    tenants = say("admin.places.with_tenants" if found.with_tenants else "admin.places.without_tenants")
    source = f"{found.source}（{say('admin.places.assumed')}）" if found.assumed else found.source
    low, high = found.totals
    return say(
        "admin.places.population",
        n=f"{low:,}" if low == high else f"{low:,}–{high:,}",
        as_of=found.as_of, counts=found.counts, tenants=tenants, source=source,
        **dict(zip(("grid", "age", "sex"), marks, strict=True)),
    )  # fmt: skip


def draw(seat: Seat, *, with_places: bool) -> None:
    """The form: tables to fill in, the box, the source, what would be stored, the button that saves it."""
    show.section(say("admin.population.title"), say("admin.population.note"))
    if not with_places:
        show.empty(say("admin.population.none_yet"))
        return
    _downloads(seat.community.community_id)
    source_place = st.container()
    table = pasted.box(NAME, label=say("admin.population.columns"), hint=say("admin.population.hint"))
    with source_place:
        source = _source(asked=table is not None)
    if table is not None:
        _look(seat, table, source)


def _downloads(community_id: int) -> None:
    with database.reading() as session:
        codes = [grid.code for grid in grids_to_choose(session, community_id)]
        rows = population_rows(session, community_id)
    with st.container(horizontal=True):
        pasted.download(
            say("admin.population.blank_margins"), blank_margins(codes), say("admin.population.file_margins")
        )
        pasted.download(
            say("admin.population.blank_cells"), blank_cells(codes), say("admin.population.file_cells")
        )
        if rows:
            table = persons_table((row.grid, _ages(row), row.sex, row.n) for row in rows)
            pasted.download(say("admin.population.now_table"), table, say("admin.population.file_now"))


def _ages(row: PersonsRow) -> tuple[int, int] | None:
    return None if row.age_from is None else (row.age_from, OLDEST if row.age_to is None else row.age_to)


def _source(*, asked: bool) -> PopulationSource | None:
    """The fields of the source; None while something is missing, told beside it once it was `asked` for."""
    turn = pasted.turn(NAME)
    source = st.text_input(
        say("admin.population.source"), key=f"{NAME}.source.{turn}", max_chars=LONGEST_SOURCE
    ).strip()
    if asked and not source:
        show.fail(say("admin.population.source_missing"))
    today = now().astimezone(CHINA).date()
    as_of = st.date_input(
        say("admin.population.as_of"),
        value=None,
        max_value=today,
        format="YYYY-MM-DD",
        key=f"{NAME}.as_of.{turn}",
    )
    if asked and as_of is None:
        show.fail(say("admin.population.as_of_missing"))
    whom = [say("admin.population.resident"), say("admin.population.registered")]
    counts = st.radio(say("admin.population.counts"), whom, horizontal=True, key=f"{NAME}.counts")
    tenants = st.checkbox(say("admin.population.tenants"), value=True, key=f"{NAME}.tenants")
    assumed = st.checkbox(say("admin.population.assumed"), key=f"{NAME}.assumed")
    if not source or as_of is None:
        return None
    return PopulationSource(
        source=source, as_of=as_of, counts=str(counts), with_tenants=tenants, assumed=assumed
    )


def _look(seat: Seat, table: str, source: PopulationSource | None) -> None:
    here = seat.community.community_id
    # Where the source is still missing, the table can be looked at all the same.
    by_now = source or PopulationSource(source=say("show.unknown"), as_of=now().date())
    try:
        with rehearsing() as session:
            replace_population(session, here, table, source=by_now)
            after = standing_of(session, here)
    except LinshengError as error:
        pasted.faults(error)
        return
    assert after is not None
    _preview(after)
    saved = st.button(
        say("admin.population.save"), type="primary", key=f"{NAME}.save", disabled=source is None
    )
    if saved and source is not None:
        _save(seat, table, source)


def _preview(found: PopulationStanding) -> None:
    """Each way the figures are broken down with its sum; what is missing, and what does not agree."""
    columns = [say(f"admin.population.{name}") for name in ("pattern", "rows", "sum")]
    lines = [(_pattern(one), f"{one.rows:,}", f"{one.n:,}") for one in found.patterns]
    show.table(pd.DataFrame(lines, columns=columns), numeric=columns[1:])
    low, high = found.totals
    if low != high:
        st.warning(say("admin.population.disagree", low=f"{low:,}", high=f"{high:,}"))
    missing = [
        say(f"admin.population.{axis}")
        for axis, known in zip(AXES, found.broken_down, strict=True)
        if not known
    ]
    if missing:
        pasted.note(say("admin.population.missing", axes=say("admin.table.comma").join(missing)))


def _pattern(one: PopulationPattern) -> str:
    by = [say(f"admin.population.{axis}") for axis, on in zip(AXES, one[:3], strict=True) if on]
    return " × ".join(by) or say("admin.population.by_nothing")


def _save(seat: Seat, table: str, source: PopulationSource) -> None:
    """Save for good; on failure everything stays in the box."""
    here, by = seat.community.community_id, seat.viewer.account_id
    try:
        with database.writing() as session:
            told = replace_population(session, here, table, source=source, account_id=by)
    except LinshengError as error:
        pasted.faults(error)
        return
    pasted.empty(NAME)
    deeds.done(say("admin.population.saved", rows=told.rows))

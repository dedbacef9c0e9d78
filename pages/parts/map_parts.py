"""What the map screens draw, kept like all figures: places, a need by grid, a grid's list, who answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from core import database
from core.analysis.answered import by_building, by_grid
from core.analysis.estimates import weighting_of
from core.analysis.findings import grids_apart, main_findings
from core.analysis.survey import NeedItem
from core.output import answers_map, demand_map, top_needs
from core.output.demand_map import Unit, Wanted
from core.queries import places as asking
from core.queries.provision import households
from core.queries.rounds import CommunityCard
from core.settings import settings
from core.words import clock, say
from models.taxonomy import AREAS
from pages.parts import figures, show
from pages.parts.figures import Mark, Survey, kept


@dataclass(frozen=True, slots=True)
class Places:
    """grids, buildings with what they tell (told), and who answered by grid (core.analysis.answered)."""

    grids: pd.DataFrame
    buildings: pd.DataFrame
    answered: pd.DataFrame

    @property
    def drawn(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What maps are drawn on."""
        return self.grids, self.buildings


@dataclass(frozen=True, slots=True)
class View:
    """One need by grid: its finding, how to read it, its table twin, how it came about.

    `apart`: codes of the grids that want it more than the community; `persons`: whether they can be told.
    """

    finding: str
    how: str
    table: pd.DataFrame
    explain: str
    apart: tuple[str, ...]
    persons: bool


def wanted(found: Survey, need: str) -> Wanted:
    """The need as core.output names it."""
    named = found.needs[need]
    return Wanted(need, named.short, named.ages)


def areas(found: Survey) -> list[str]:
    """The areas asked about, in the taxonomy's order: those bought first."""
    return [area.code for area in AREAS if area.code in found.needs]


def needs_in(found: Survey, area: str) -> list[str]:
    """The area itself (any of its needs), then its need items."""
    return [code for code, need in found.needs.items() if need.area == area]


def items_of(found: Survey) -> pd.DataFrame:
    """The estimates of need items, without those of whole areas."""
    return found.estimates[found.estimates["need"] != found.estimates["area"]]


def first_need(community_id: int, at: Mark) -> str:
    """What the map opens with: the need whose demand differs most between grids, else the first area."""
    return _first_need(settings().url, community_id, at.folded_at)


@kept
def _first_need(url: str, community_id: int, folded_at: datetime | None) -> str:
    found = found_at(community_id, folded_at)
    telling = [one.need for one in main_findings(items_of(found), most=2) if one.kind == "grid_apart"]
    return (telling or areas(found))[0]


def places(community_id: int, round_id: int, at: Mark) -> Places:
    """The community's map, and who answered the round."""
    return _places(settings().url, community_id, round_id, at.folded_at)


@kept
def _places(url: str, community_id: int, round_id: int, folded_at: datetime | None) -> Places:
    with database.reading() as session:
        grids, buildings = asking.grids(session, community_id), asking.buildings(session, community_id)
        living, named = households(session, community_id), asking.responses_by_building(session, round_id)
    found = figures.survey(community_id, Mark(folded_at, 0))
    cells = found.frames.cells if found else pd.DataFrame({"grid": [], "n": []})
    answered = by_grid(cells, living)
    counted = by_building(buildings, named, answered)
    return Places(grids, buildings.assign(told=answers_map.told(buildings, counted)), answered)


def view(community_id: int, at: Mark, need: str) -> View:
    """One need of the community's newest round, by grid."""
    return _view(settings().url, community_id, at.folded_at, need)


@kept
def _view(url: str, community_id: int, folded_at: datetime | None, need: str) -> View:
    found = found_at(community_id, folded_at)
    where = places(community_id, found.round_id, Mark(folded_at, 0))
    want, whole = wanted(found, need), demand_map.whole(found.estimates, need)
    apart = grids_apart(found.estimates[found.estimates["need"] == need])["grid"]
    method = weighting_of(NeedItem(need, found.needs[need].question, "", *want.ages), found.frames).method
    rows = demand_map.by_grid(found.estimates, where.grids, need)
    return View(
        demand_map.finding(found.estimates, where.grids, want),
        " · ".join([*demand_map.how(whole, want), found.name]),
        demand_map.table(rows),
        demand_map.explain(method, source(found)),
        tuple(where.grids.loc[where.grids["grid"].isin(apart), "code"]),
        bool(rows["persons"].notna().any()),
    )


def source(found: Survey) -> str:
    """Where the population comes from, and of which day; empty where none is known."""
    if found.population_source is None:
        return ""
    name, as_of = found.population_source
    return say("map.how.population", source=name, as_of=f"{as_of:%Y-%m-%d}")


def map_spec(community_id: int, at: Mark, *, need: str, unit: Unit, chosen: str) -> dict[str, Any]:
    """The map of one need, `chosen` set off."""
    return _map_spec(settings().url, community_id, at.folded_at, need, unit, chosen)


@kept
def _map_spec(
    url: str, community_id: int, folded_at: datetime | None, need: str, unit: Unit, chosen: str
) -> dict[str, Any]:  # fmt: skip
    found = found_at(community_id, folded_at)
    where = places(community_id, found.round_id, Mark(folded_at, 0))
    rows = demand_map.by_grid(found.estimates, where.grids, need)
    want = wanted(found, need)
    return show.packed(demand_map.demand_map(rows, where.drawn, want=want, unit=unit, chosen=chosen))


def top_list(
    community_id: int, at: Mark, *, grid: str, unit: Unit, need: str
) -> tuple[str, pd.DataFrame, Any]:
    """A grid's top needs (by its code): their title, their table, and drawn with `need` set off.

    Nothing is drawn where none may be shown.
    """
    return _top_list(settings().url, community_id, at.folded_at, grid, unit, need)


@kept
def _top_list(
    url: str, community_id: int, folded_at: datetime | None, grid: str, unit: Unit, need: str
) -> tuple[str, pd.DataFrame, Any]:  # fmt: skip
    found = found_at(community_id, folded_at)
    grids = places(community_id, found.round_id, Mark(folded_at, 0)).grids.set_index("code")
    items = {code: wanted(found, code) for code, named in found.needs.items() if code != named.area}
    rows = top_needs.top_needs(found.estimates, int(grids["grid"][grid]), items, unit)
    title = say("map.top.title", grid=grids["name"][grid])
    return title, top_needs.table(rows, unit), show.packed(top_needs.bars(rows, need)) if len(rows) else None


def round_or_stop(community: CommunityCard, screen: str, found: Survey | None) -> Survey:
    """The round with answers; where there is none the run stops with what is missing and what to do next."""
    if found is not None and found.n:
        return found
    if community.source:
        sentence = say("map.empty.letters", community=community.name)
    else:
        sentence = say("map.empty.no_answers", round=found.name) if found else say("map.empty.no_round")
    show.top(community, screen, say("map.empty.title"))
    show.empty(sentence)
    if community.source:
        st.page_link("committee/comments.py", label=say("map.empty.comments"))
    st.stop()


def grids_or_stop(community: CommunityCard, screen: str, found: Survey, at: Mark) -> pd.DataFrame:
    """The community's grids; where there are none the run stops with what to do next."""
    grids = places(community.community_id, found.round_id, at).grids
    if grids.empty:
        show.top(community, screen, say("map.empty.title"))
        show.empty(say("map.empty.no_grids"))
        st.stop()
    return grids


def as_of(at: Mark) -> list[str]:
    """Up to when responses are counted; nothing before the first fold."""
    return [say("show.as_of", clock=clock(at.folded_at))] if at.folded_at else []


def found_at(community_id: int, folded_at: datetime | None) -> Survey:
    """The round behind a kept view: views are asked for only where there is one."""
    found = figures.survey(community_id, Mark(folded_at, 0))
    assert found is not None
    return found

"""What the overview and the print view show beside the maps, kept like all figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from core import database
from core.analysis.answered import by_way
from core.analysis.findings import main_findings
from core.analysis.suppression import shown_count
from core.output import answers_map, overview
from core.output.findings import Told, tell
from core.queries.overview import responses_by_way
from core.settings import settings
from core.words import say
from models.taxonomy import UNKNOWN_GRID
from pages.parts import map_parts, show
from pages.parts.figures import Mark, Survey, kept


@dataclass(frozen=True, slots=True)
class Answers:
    """Who answered: the finding, the map (None without grids), its table twin, how it came about."""

    finding: str
    map: dict[str, Any] | None
    table: pd.DataFrame
    explain: str


def answers(community_id: int, at: Mark) -> Answers:
    """Who answered the community's newest round."""
    return _answers(settings().url, community_id, at.folded_at)


@kept
def _answers(url: str, community_id: int, folded_at: datetime | None) -> Answers:
    at = Mark(folded_at, 0)
    found = map_parts.found_at(community_id, folded_at)
    where = map_parts.places(community_id, found.round_id, at)
    return Answers(
        overview.finding(found.n, where.answered, where.grids),
        show.packed(answers_map.answers_map(where.answered, where.drawn)) if len(where.grids) else None,
        answers_map.table(where.answered, where.grids),
        say("overview.answers.explain", unknown=without_grid(found)),
    )


def without_grid(found: Survey) -> str:
    """How many responses told no grid, as it may be said."""
    cells = found.frames.cells
    n = shown_count(int(cells.loc[cells["grid"] == UNKNOWN_GRID, "n"].sum()))
    return say("show.hidden") if n is None else say("overview.answers.count", n=f"{n:,}")


def ways(at: Mark, round_id: int) -> dict[str, int | None]:
    """Responses by who filled them in."""
    return _ways(settings().url, at.folded_at, round_id)


@kept
def _ways(url: str, folded_at: datetime | None, round_id: int) -> dict[str, int | None]:
    with database.reading() as session:
        return by_way(responses_by_way(session, round_id))


def findings(found: Survey, at: Mark) -> list[Told]:
    """The round's main findings in words."""
    return _findings(settings().url, found.community_id, at.folded_at)


@kept
def _findings(url: str, community_id: int, folded_at: datetime | None) -> list[Told]:
    found = map_parts.found_at(community_id, folded_at)
    places = map_parts.places(community_id, found.round_id, Mark(folded_at, 0)).grids
    grids = dict(zip(places["grid"], places["name"], strict=True))
    needs = {code: map_parts.wanted(found, code) for code in found.needs}
    estimates = map_parts.items_of(found)
    return [tell(one, needs, grids=grids, estimates=estimates) for one in main_findings(estimates)]

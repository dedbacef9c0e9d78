"""The places a form offers, read once in a while: they change only when the committee changes them.

Kept as plain tuples per database and community for a few seconds, in a dictionary and not in
st.cache_data, whose pickling on every rerun would cost a form more than the query it saves.
"""

from __future__ import annotations

import time

from core import database
from core.queries.place_picker import buildings_to_choose, grids_to_choose
from core.settings import settings
from pages.parts.questions import Places

KEPT_SECONDS = 20.0
_kept: dict[tuple[str, int], tuple[float, Places]] = {}


def places_here(community_id: int) -> Places:
    """The community's grids and buildings, at most KEPT_SECONDS old."""
    key = (settings().url, community_id)
    kept = _kept.get(key)
    if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
        kept = _kept[key] = (time.monotonic(), _read(community_id))
    return kept[1]


def _read(community_id: int) -> Places:
    with database.reading() as session:
        grids = grids_to_choose(session, community_id)
        buildings = buildings_to_choose(session, community_id)
    by_grid: dict[int, list[tuple[int, str]]] = {}
    for building in buildings:
        by_grid.setdefault(building.grid_id, []).append((building.building_id, building.name))
    codes = {grid.code: grid.grid_id for grid in grids}
    houses = {(building.grid_id, building.code): building.building_id for building in buildings}
    return Places([(grid.grid_id, grid.name) for grid in grids], by_grid, codes, houses)

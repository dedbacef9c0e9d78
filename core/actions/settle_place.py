"""A place given in words, as it is stored: where they name one place of the community it is that place.

Words that name none or several stay with the sheet until staff assign it (core.actions.assign_place); nobody
needs the way to a flat, so that is hidden in what stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from core import database
from core.questionnaires.answers import addition
from core.questionnaires.place_words import NamedPlace, match, without_door
from core.questionnaires.schema import Definition
from models.place import Building, Community, Grid


@lru_cache(maxsize=32)
def place_keys(definition: Definition) -> tuple[tuple[str, str], ...]:
    """The place questions of a definition, each with the key of its words."""
    return tuple((q.code, f"{q.code}_other") for q in definition.questions if q.kind == "place")


def settled(definition: Definition, answers: Mapping[str, Any], community_id: int) -> Mapping[str, Any]:
    """The checked answers with each place in words made a place, else its words kept; free without any."""
    for code, key in place_keys(definition):
        if key in answers:
            answers = _settled(answers, code, community_id)
    return answers


def _settled(answers: Mapping[str, Any], code: str, community_id: int) -> dict[str, Any]:
    key, given = f"{code}_other", answers.get(code) or {}
    with database.reading() as session:
        place = place_meant(session, community_id, answers[key], grid=given.get("grid") or 0)
    kept = {name: value for name, value in answers.items() if name != key}
    if place is not None:
        return kept | {code: as_answer(place)}
    # A grid that was chosen is a place: what else was written about it nobody needs.
    return kept if given.get("grid") else kept | {key: hidden(answers[key])}


def as_answer(place: NamedPlace) -> dict[str, int]:
    """The place as it stands in stored answers."""
    return {"grid": place.grid} | ({"building": place.building} if place.building else {})


def hidden(words: str) -> str:
    """The words as they are kept."""
    return addition(without_door(words))


def place_meant(session: Session, community_id: int, words: str, *, grid: int = 0) -> NamedPlace | None:
    """The one place the words name, of the grid that was chosen if one was; None where that is not sure."""
    name = session.scalar(select(col(Community.name)).where(col(Community.id) == community_id)) or ""
    found = match(words, named_places(session, community_id), community=name).place
    return found if found is None or grid in (0, found.grid) else None


def named_places(session: Session, community_id: int) -> list[NamedPlace]:
    """The community's grids and buildings by name."""
    grids = select(*map(col, (Grid.id, Grid.code, Grid.name))).where(col(Grid.community_id) == community_id)
    houses = (
        select(*map(col, (Building.grid_id, Building.id, Building.code, Building.name)))
        .join_from(Building, Grid)
        .where(col(Grid.community_id) == community_id)
    )
    return [
        *(NamedPlace(id_, 0, code, name) for id_, code, name in session.execute(grids)),
        *(NamedPlace(*row) for row in session.execute(houses)),
    ]

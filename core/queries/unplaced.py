"""What came without a place but speaks of one: sheets with words in its stead, sentences that name it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Text, cast, select
from sqlmodel import Session, col

from core.queries.place_picker import buildings_to_choose, grids_to_choose
from core.questionnaires.place_words import NamedPlace, match
from models.comment import Comment
from models.place import Community
from models.questionnaire import Round
from models.response import Response

PAGE: Final = 8
# Sentences are looked through for names of places: this many of the last ones, of so many days.
LATELY, SENTENCES = timedelta(days=60), 200
_WORDS: Final = "grid_other"


class Unplaced(NamedTuple):
    """One sheet (its words about the place) or sentence (all it says), and the places these words name."""

    id: int
    words: str
    said_at: datetime
    about: str
    named: tuple[NamedPlace, ...]


class Places(NamedTuple):
    """A community's name, its grids and its buildings, as they are matched and chosen."""

    community: str
    all: list[NamedPlace]


def places_to_assign(session: Session, community_id: int) -> Places:
    """Every grid, each followed by its buildings, in the order they were entered."""
    name = session.scalar(select(col(Community.name)).where(col(Community.id) == community_id)) or ""
    houses = buildings_to_choose(session, community_id)
    found = []
    for grid in grids_to_choose(session, community_id):
        found.append(NamedPlace(grid.grid_id, 0, grid.code, grid.name))
        found += [
            NamedPlace(grid.grid_id, row.building_id, row.code, row.name)
            for row in houses
            if row.grid_id == grid.grid_id
        ]
    return Places(name, found)


def unplaced_sheets(session: Session, community_id: int, places: Places) -> list[Unplaced]:
    """The latest sheets of which only words tell the place, at most PAGE + 1."""
    query = (
        select(col(Response.id), col(Response.answers), col(Response.received_at), col(Round.name))
        .join_from(Response, Round, col(Round.id) == col(Response.round_id))
        .where(
            col(Round.community_id) == community_id,
            col(Response.grid_id).is_(None),
            cast(col(Response.answers), Text).contains(f'"{_WORDS}"', autoescape=True),
        )
        .order_by(col(Response.id).desc())
        .limit(PAGE + 1)
    )
    return [
        _item(id_, str(answers[_WORDS]), received_at, about, places)
        for id_, answers, received_at, about in session.execute(query)
    ]


def unplaced_sentences(
    session: Session, community_id: int, places: Places, *, at: datetime
) -> list[Unplaced]:
    """The latest sentences that have no place but name one, at most PAGE + 1."""
    query = (
        select(col(Comment.id), col(Comment.redacted), col(Comment.said_at))
        .where(
            col(Comment.community_id) == community_id,
            col(Comment.said_at) > at - LATELY,
            col(Comment.grid_id).is_(None),
            col(Comment.channel) == "sentence",
        )
        .order_by(col(Comment.said_at).desc(), col(Comment.id).desc())
        .limit(SENTENCES)
    )
    found = (_item(id_, words, said_at, "", places) for id_, words, said_at in session.execute(query))
    return [item for item in found if item.named][: PAGE + 1]


def _item(id_: int, words: str, said_at: datetime, about: str, places: Places) -> Unplaced:
    named = match(words, places.all, community=places.community).named
    return Unplaced(id_, words, said_at, about, named)

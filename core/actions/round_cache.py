"""What saving must know of a round and a community, read once: it does not change while a round runs.

Whether a round is open is *not* kept here: that is read inside each saving transaction.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from core import database
from core.errors import NotFound
from core.questionnaires.load import parse
from core.questionnaires.schema import Definition
from core.settings import settings
from models.place import Building, Grid
from models.programme import Activity
from models.questionnaire import Questionnaire, Round

# Places can be added while the portal runs; a process sees them after this many seconds at the latest.
PLACES_SECONDS = 20.0


# Questions whose choices are crossed with all others in the margin tally (barrier × used and the like).
CROSSED = ("used",)


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """The fixed facts of one round."""

    round_id: int
    community_id: int
    kind: str
    definition: Definition
    text_questions: tuple[str, ...]
    crossed: tuple[str, ...]


_rounds: dict[tuple[str, int], RoundFacts] = {}
_activities: dict[tuple[str, int], int] = {}
_places: dict[tuple[str, int], tuple[float, frozenset[int], dict[int, int]]] = {}


def forget() -> None:
    """Forget everything read so far (after places were changed, and in tests)."""
    _rounds.clear()
    _activities.clear()
    _places.clear()


def round_facts(round_id: int) -> RoundFacts:
    """The facts of a round; raises NotFound for an unknown one."""
    key = (settings().url, round_id)
    if key not in _rounds:
        _rounds[key] = _read_round(round_id)
    return _rounds[key]


def _read_round(round_id: int) -> RoundFacts:
    query = select(col(Round.community_id), col(Questionnaire.kind), col(Questionnaire.definition)).join(
        Questionnaire
    )
    with database.reading() as session:
        found = session.execute(query.where(col(Round.id) == round_id)).first()
    if found is None:
        raise NotFound.say("unknown_round")
    definition = parse(found.definition)
    texts = tuple(question.code for question in definition.questions if question.kind == "text")
    crossed = tuple(code for code in CROSSED if code in definition.by_code)
    return RoundFacts(round_id, found.community_id, found.kind, definition, texts, crossed)


def community_of_activity(activity_id: int) -> int:
    """The community an activity belongs to; raises NotFound for an unknown one."""
    key = (settings().url, activity_id)
    if key not in _activities:
        with database.reading() as session:
            found = session.get(Activity, activity_id)
        if found is None:
            raise NotFound.say("unknown_activity")
        _activities[key] = found.community_id
    return _activities[key]


def places_of(community_id: int) -> tuple[frozenset[int], dict[int, int]]:
    """A community's grid ids, and the grid of each of its building ids."""
    key = (settings().url, community_id)
    kept = _places.get(key)
    if kept is None or time.monotonic() - kept[0] > PLACES_SECONDS:
        kept = _places[key] = (time.monotonic(), *_read_places(community_id))
    return kept[1], kept[2]


def _read_places(community_id: int) -> tuple[frozenset[int], dict[int, int]]:
    with database.reading() as session:
        grids = session.scalars(select(col(Grid.id)).where(col(Grid.community_id) == community_id)).all()
        buildings = session.execute(
            select(col(Building.id), col(Building.grid_id))
            .join(Grid)
            .where(col(Grid.community_id) == community_id)
        ).all()
    return frozenset(id_ for id_ in grids if id_), dict(buildings)

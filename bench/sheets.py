"""Full needs-v1 responses of synthetic people, and the community they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from core import database
from core.actions.community import init_community, load_place
from core.actions.demo import NEEDS
from core.actions.demo_answers import Filling
from core.actions.demo_people import Person, people
from core.actions.demo_services import Here, provide
from core.actions.rounds import NewRound, open_round, publish_questionnaire
from core.actions.seed_data import PLACE, seed_comments, seed_plan
from core.actions.submit import Submission
from core.questionnaires.load import load_shipped
from models.base import now
from models.place import Building, Grid

# The round is open for so long that responses can be spread over half a year.
DAYS = 200


@dataclass(frozen=True, slots=True)
class Stood:
    """A record with the synthetic community: its ids, and the open needs round."""

    community_id: int
    round_id: int
    grids: dict[str, int]
    buildings: dict[tuple[str, str], int]


def stand(*, services: bool = False) -> Stood:
    """Put the synthetic community and an open needs round into the record; `services`: a year of them."""
    place, at = load_place(PLACE), now()
    with database.writing() as session:
        community_id = init_community(session, place)
        publish_questionnaire(session, load_shipped(NEEDS))
        opened = at - timedelta(days=DAYS)
        round_id = open_round(session, NewRound(community_id, NEEDS, "bench", "bench", opened))
        grids, buildings = _places(session, community_id)
        if services:
            rng = np.random.default_rng(1)
            here = Here(community_id, grids, at)
            provide(session, rng, seed_plan("programmes"), here=here, place=place)
    return Stood(community_id, round_id, grids, buildings)


def _places(session: Session, community_id: int) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Ids by the codes of grid, and of grid and building."""
    here = col(Grid.community_id) == community_id
    grids = dict(session.execute(select(col(Grid.code), col(Grid.id)).where(here)).all())
    rows = session.execute(
        select(col(Grid.code), col(Building.code), col(Building.id)).join_from(Building, Grid).where(here)
    )
    return grids, {(grid, code): id_ for grid, code, id_ in rows}


def submissions(
    stood: Stood, n: int, *, seed: int, spoken: float = 1.0, prefix: str = "b"
) -> list[Submission]:
    """n full sheets with distinct keys; a share `spoken` of them says something in the open question."""
    rng = np.random.default_rng(seed)
    plan = seed_plan("answers")
    found = [replace(person, short=False) for person in people(rng, load_place(PLACE), plan, n)]
    sheets = Filling(rng, plan, load_shipped(NEEDS), found).fill()
    said = _said(rng, n, spoken)
    return [
        Submission(
            round_id=stood.round_id,
            answers=sheet | _place(stood, person) | words,
            key=f"{prefix}-{seed}-{i}",
            mode=person.mode,
            collector=person.collector,
            seconds=person.seconds,
        )
        for i, (person, sheet, words) in enumerate(zip(found, sheets, said, strict=True))
    ]


def _said(rng: np.random.Generator, n: int, spoken: float) -> Iterator[dict[str, str]]:
    """What each says, in the seed's own sentences; who says it does not matter to a stopwatch."""
    sentences = [comment.text for comment in seed_comments("needs_comments")]
    for i, told in zip(rng.integers(len(sentences), size=n), rng.random(n) < spoken, strict=True):
        yield {"open": sentences[int(i)]} if told else {}


def _place(stood: Stood, person: Person) -> dict[str, Any]:
    if not person.grid:
        return {}
    building = {"building": stood.buildings[person.grid, person.building]} if person.building else {}
    return {"grid": {"grid": stood.grids[person.grid]} | building}

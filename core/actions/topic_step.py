"""The step that keeps topics fresh: a community's are found anew when its comments are read otherwise."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from sqlalchemy import func, select
from sqlmodel import col

from core import database
from models.tally import CommentTally

# Topics of one community are found anew so often at most, after a search that failed too.
EVERY_SECONDS: Final = 600.0

Mark = tuple[tuple[str, int], ...]


class TopicStep:
    """Finds the topics of one changed community a call: own communities, and those of imported texts."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[int, Mark] = {}
        self._next: dict[int, float] = {}

    def __call__(self) -> int:
        """1 after a search; 0 when nothing changed or it is too early. Raises Unavailable."""
        for community_id, mark in _marks().items():
            changed = mark != self._seen.get(community_id)
            if changed and self._clock() >= self._next.get(community_id, 0.0):
                self._next[community_id] = self._clock() + EVERY_SECONDS
                _rebuild(community_id)
                self._seen[community_id] = mark
                return 1
        return 0


def _rebuild(community_id: int) -> None:
    # SciPy takes its time to load: not before the portal serves, nor where no comment was ever read.
    from core.actions.topics import rebuild_topics

    rebuild_topics(community_id)


def _marks() -> dict[int, Mark]:
    """How many comments each community has in each area, from the tally: it moves with each reading."""
    cell = (col(CommentTally.community_id), col(CommentTally.area))
    with database.reading() as session:
        rows = session.execute(select(*cell, func.sum(col(CommentTally.n))).group_by(*cell).order_by(*cell))
        found: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for community_id, area, n in rows:
            found[community_id].append((area, int(n)))
    return {community_id: tuple(areas) for community_id, areas in found.items()}

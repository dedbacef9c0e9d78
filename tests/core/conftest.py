"""A small community with an open needs round, for the tests of actions, queries and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import database
from core.actions import round_cache
from core.questionnaires.load import definition_hash, load_shipped, plain
from models.base import now
from models.place import Building, Community, Grid
from models.questionnaire import Questionnaire, Round


@dataclass(frozen=True)
class Small:
    """Ids of the small community."""

    community: int
    grid: int
    building: int
    other_grid: int
    round: int

    def answers(self, **changes: Any) -> dict[str, Any]:
        """A complete short form of a woman of 70–79 who lives in the building."""
        given = {
            "consent": 1,
            "who": 1,
            "grid": {"grid": self.grid, "building": self.building},
            "sex": 2,
            "age": 8,
            "need_elder": ["E1", "E5"],
            "need_cult": ["K1"],
            "top1": "E1",
            "used": [0],
            "overall": 4,
            "open": "四楼下不来，午饭能不能送上来",
        }
        return {code: value for code, value in (given | changes).items() if value is not None}


def make_small() -> Small:
    """Create the community, two grids, a building and an open round of needs-v1."""
    definition = load_shipped("needs-v1")
    with database.writing() as session:
        community = Community(code="t", name="测试社区", synthetic=True)
        session.add(community)
        session.flush()
        grids = [Grid(community_id=community.id, code=str(i), name=f"第{i}网格") for i in (1, 2)]
        asked = Questionnaire(
            code=definition.code, kind=definition.kind, title=definition.title,
            definition=plain(definition), digest=definition_hash(definition), published_at=now(),
        )  # fmt: skip
        session.add_all([*grids, asked])
        session.flush()
        building = Building(grid_id=grids[0].id, code="1", name="1号楼", households=40)
        opened = Round(
            code="2026-autumn", community_id=community.id, questionnaire_id=asked.id, name="2026 年秋",
            opens_at=now() - timedelta(days=10),
        )  # fmt: skip
        session.add_all([building, opened])
        session.flush()
        ids = (community.id, grids[0].id, building.id, grids[1].id, opened.id)
        return Small(*(id_ or 0 for id_ in ids))


@pytest.fixture
def small(record: Path) -> Iterator[Small]:
    """The small community on both databases."""
    round_cache.forget()
    yield make_small()
    round_cache.forget()

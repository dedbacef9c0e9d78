"""A rehearsal shows what a deed would do and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from core import database
from core.actions.pasted_table import TableFaults
from core.actions.places_table import replace_places
from core.actions.rehearsal import rehearsing
from models.account import AuditEntry
from models.place import Grid


def _grids(session: Any) -> list[str]:
    return list(session.scalars(select(Grid.name).order_by(Grid.code)))


def test_a_rehearsed_table_changes_nothing(small: Any) -> None:
    with rehearsing() as session:
        told = replace_places(session, small.community, "网格,网格名称\n1,北院\n2,第2网格\n9,新\n")
        assert _grids(session) == ["北院", "第2网格", "新"]
    assert (told.added, told.changed) == (("新",), ("北院",))
    with database.reading() as session:
        assert _grids(session) == ["第1网格", "第2网格"]
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_a_rehearsal_that_fails_says_why_and_the_next_writer_gets_in(small: Any) -> None:
    with pytest.raises(TableFaults), rehearsing() as session:
        replace_places(session, small.community, "网格\n a b \n")
    with database.writing() as session:
        replace_places(session, small.community, "网格\n1\n2\n3\n")
    with database.reading() as session:
        assert len(_grids(session)) == 3

"""What screens ask again and again must not walk through all comments, however many there are."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event

from core import database
from core.queries.overview import comments_to_do


def _plans(community_id: int) -> list[str]:
    """SQLite's plan of every statement behind what waits among a community's comments."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_c: object, _cursor: object, statement: str, values: tuple[object, ...], *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    event.listen(database.engine(), "before_cursor_execute", note)
    with database.reading() as session:
        comments_to_do(session, community_id)
    event.remove(database.engine(), "before_cursor_execute", note)
    with database.engine().connect() as connection:
        rows = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {s}", v).all() for s, v in asked]
    return [str(step[3]) for plan in rows for step in plan]


def test_what_waits_is_found_by_the_index_of_what_waits(sqlite_record: Path) -> None:
    over_comments = [step for step in _plans(1) if step.startswith(("SCAN comment", "SEARCH comment "))]
    assert any("ix_comment_unread" in step for step in over_comments)
    for step in over_comments:
        assert "ix_comment_unread" in step or "PRIMARY KEY" in step, step

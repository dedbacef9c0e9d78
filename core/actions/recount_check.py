"""Counting responses and comments again beside their tallies; tells where they differ and writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text
from sqlmodel import Session

from core.actions.comment_tally import Cell, counted
from core.actions.fold import BATCH, COLUMNS, Counts
from core.actions.imports import Advance, no_progress
from models.tally import CommentTally

Key = tuple[Any, ...]
Figures = dict[Key, tuple[int, int]]
TALLY_KEY = ("round_id", "question", "choice", "grid_id", "age_band", "sex")
MARGIN_KEY = ("round_id", "margin", "level", "question", "choice")


def differences(session: Session, *, advance: Advance = no_progress) -> list[tuple[str, Any, Any]]:
    """(key, stored, counted) of every cell that differs; stored and counted are (n, asked) or None.

    The session must see one state throughout (database.snapshot).
    """
    cells, margins = _recounted(session, advance)
    return [
        *_differing(_stored(session, "tally", TALLY_KEY), cells),
        *_differing(_stored(session, "tally_margin", MARGIN_KEY), margins),
        *_comments_differing(session),
    ]


def _comments_differing(session: Session) -> list[tuple[str, Any, Any]]:
    stored = {
        Cell(r.community_id, r.month, r.area, r.state, r.urgent): r.n
        for r in session.scalars(select(CommentTally))
    }
    found = counted(session)
    keys = [key for key in stored.keys() | found.keys() if stored.get(key, 0) != found.get(key, 0)]
    return [("/".join(map(str, key)), stored.get(key), found.get(key)) for key in sorted(keys)]


def _recounted(session: Session, advance: Advance) -> tuple[Figures, Figures]:
    """The tally and its margins as the fold itself would write them for the responses up to its mark."""
    mark = session.scalar(text("SELECT max(last_response_id) FROM fold_state")) or 0
    totals: tuple[Counter[Key], ...] = tuple(Counter() for _ in range(4))
    last = 0
    query = text(f"SELECT {COLUMNS} FROM response WHERE id > :last AND id <= :mark ORDER BY id LIMIT {BATCH}")
    while rows := session.execute(query, {"last": last, "mark": mark}).all():
        counts = Counts()
        for row in rows:
            counts.add(tuple(row))
        _add(totals[0], totals[1], counts.cell_rows())
        _add(totals[2], totals[3], counts.margin_rows())
        last = rows[-1][0]
        advance(len(rows))
    return _figures(totals[0], totals[1]), _figures(totals[2], totals[3])


def _add(n: Counter[Key], asked: Counter[Key], rows: list[tuple[Any, ...]]) -> None:
    for *key, persons, told in rows:
        n[tuple(key)] += persons
        asked[tuple(key)] += told


def _figures(n: Counter[Key], asked: Counter[Key]) -> Figures:
    return {key: (n[key], asked[key]) for key in n}


def _stored(session: Session, table: str, key: tuple[str, ...]) -> Figures:
    found = session.execute(text(f"SELECT {', '.join(key)}, n, asked FROM {table}"))
    return {tuple(row[:-2]): (row[-2], row[-1]) for row in found}


def _differing(stored: Mapping[Key, Any], counted: Mapping[Key, Any]) -> list[tuple[str, Any, Any]]:
    """Cells of zero persons are the same as no cell: withdrawn responses leave such."""
    keys = [k for k in stored.keys() | counted.keys() if stored.get(k, (0, 0)) != counted.get(k, (0, 0))]
    return [("/".join(map(str, key)), stored.get(key), counted.get(key)) for key in sorted(keys, key=str)]

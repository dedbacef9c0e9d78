"""Which words are said, by area, grid or group of residents: how many voices said each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

import pandas as pd
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.text.topic_words import topic_words
from models.comment import Comment
from models.response import Response
from models.topic import decided_areas, voice

By = Literal["area", "grid", "group"]
# The latest comments only: a screen waits for this.
MOST_COMMENTS = 20_000


def word_counts(
    session: Session, community_id: int, since: datetime, until: datetime, *, by: By = "area"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(group, word, n) and (word, n): voices that said a word in each group, and at all.

    Groups are areas' codes, ids of grids, or codes of target groups (a voice may be in several); voices of
    no group count in the second frame only. Unhidden: `analysis.keywords` tells nothing of small counts.
    """
    decided = decided_areas(community_id)
    group = {
        "area": decided.c.area,
        "grid": func.coalesce(col(Comment.grid_id), col(Response.grid_id)),
        "group": col(Response.groups),
    }[by]
    query = (
        select(voice(), group, col(Comment.redacted))
        .select_from(Comment)
        .outerjoin(decided, decided.c.comment_id == col(Comment.id))
        .outerjoin(Response, col(Response.id) == col(Comment.response_id))
        .where(col(Comment.community_id) == community_id)
        .where(col(Comment.said_at) >= since, col(Comment.said_at) < until)
        .order_by(col(Comment.said_at).desc(), col(Comment.id).desc())
        .limit(MOST_COMMENTS)
    )
    said = set(_said(session.execute(query)))
    frame = pd.DataFrame(sorted(said), columns=["voice", "group", "word"])
    everywhere = frame.groupby("word")["voice"].nunique().rename("n").reset_index()
    in_groups = frame[frame["group"] != ""].groupby(["group", "word"])["voice"].nunique()
    return in_groups.rename("n").reset_index(), everywhere


def _said(rows: Iterable[Any]) -> Iterator[tuple[int, str, str]]:
    for who, groups, text in rows:
        for word in topic_words(text):
            yield from ((who, group, word) for group in str(groups or "").split(";"))

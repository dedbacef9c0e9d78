"""What machine and people said about a comment, side by side; and how far one reviewer agrees with others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.queries.review import Desk
from models.account import Account
from models.comment import UNDO_MINUTES, Classification, Comment, Label, WithdrawnLabel

PAIR = ["comment_id", "mine", "theirs"]


@dataclass(frozen=True, slots=True)
class Said:
    """One reading or label. `by` is the classifier's version or the person's display name.

    `probability` is the machine's alone; `withdrawn_at` is set on a label that was taken back.
    """

    by: str
    person: bool
    at: datetime
    area: str
    areas: tuple[str, ...]
    sentiment: str
    intent: str
    urgent: bool
    probability: float | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A comment this reviewer has labelled: what the machine read (empty: nothing) and what they said."""

    comment_id: int
    text: str
    machine: str
    label: str
    at: datetime


def history(session: Session, desk: Desk, comment_id: int, at: datetime) -> list[Said]:
    """All readings and labels of a comment, oldest first.

    Others' labels are left out until this reviewer's own stands and can no longer be taken back: what one has
    not seen one cannot follow.
    """
    found = [*_readings(session, comment_id), *_labels(session, desk, comment_id, at)]
    return sorted(found, key=lambda said: said.at)


def reviewed(session: Session, desk: Desk, *, most: int = 8) -> list[Reviewed]:
    """What this reviewer labelled last, newest first; each comment once, with the newest label."""
    newest = (
        select(func.max(col(Label.id)))
        .where(col(Label.account_id) == desk.account_id)
        .group_by(col(Label.comment_id))
    )
    query = (
        select(
            col(Comment.id), col(Comment.redacted), func.coalesce(col(Classification.area), ""),
            col(Label.area), col(Label.labelled_at),
        )
        .join(Label, col(Label.comment_id) == col(Comment.id))
        .join(Classification, col(Classification.id) == col(Comment.classification_id), isouter=True)
        .where(col(Comment.community_id) == desk.community_id, col(Label.id).in_(newest))
        .order_by(col(Label.id).desc())
        .limit(most)
    )  # fmt: skip
    return [Reviewed(*row) for row in session.execute(query)]


def machine_pairs(session: Session, desk: Desk) -> pd.DataFrame:
    """PAIR of primary areas: this reviewer's newest label and the machine's reading, where there is one."""
    rows = session.execute(
        select(col(Label.comment_id), col(Label.area), col(Classification.area))
        .join(Comment, col(Comment.id) == col(Label.comment_id))
        .join(Classification, col(Classification.id) == col(Comment.classification_id))
        .where(col(Comment.community_id) == desk.community_id, col(Label.account_id) == desk.account_id)
        .order_by(col(Label.id))
    ).all()
    return pd.DataFrame(rows, columns=PAIR).drop_duplicates("comment_id", keep="last", ignore_index=True)


def reader_pairs(session: Session, desk: Desk) -> pd.DataFrame:
    """PAIR of primary areas: this reviewer's first label and the first of another, where two or more read.

    First labels, for a later one may be given after seeing the other's.
    """
    shared = select(col(Label.comment_id)).where(col(Label.account_id) == desk.account_id)
    rows = session.execute(
        select(col(Label.comment_id), col(Label.account_id), col(Label.area))
        .join(Comment, col(Comment.id) == col(Label.comment_id))
        .where(col(Comment.community_id) == desk.community_id, col(Label.comment_id).in_(shared))
        .order_by(col(Label.id))
    ).all()
    labels = pd.DataFrame(rows, columns=["comment_id", "account_id", "area"])
    own = labels["account_id"] == desk.account_id
    mine, theirs = (part.drop_duplicates("comment_id") for part in (labels[own], labels[~own]))
    both = mine.merge(theirs, on="comment_id", suffixes=("_mine", "_theirs"))
    return pd.DataFrame(
        {"comment_id": both["comment_id"], "mine": both["area_mine"], "theirs": both["area_theirs"]}
    )


def _readings(session: Session, comment_id: int) -> list[Said]:
    query = select(Classification).where(col(Classification.comment_id) == comment_id)
    return [
        Said(
            row.classifier, False, row.read_at, row.area, _codes(row.areas), row.sentiment, row.intent,
            row.urgent, row.probability,
        )
        for row in session.scalars(query)
    ]  # fmt: skip


def _labels(session: Session, desk: Desk, comment_id: int, at: datetime) -> list[Said]:
    found: list[tuple[Any, str]] = []
    for table in (Label, WithdrawnLabel):
        query = select(table, col(Account.display)).join(Account, col(Account.id) == col(table.account_id))
        found += map(tuple, session.execute(query.where(col(table.comment_id) == comment_id)).all())
    mine = [row for row, _ in found if row.account_id == desk.account_id and isinstance(row, Label)]
    first = min((row.labelled_at for row in mine), default=at)
    settled = first < at - timedelta(minutes=UNDO_MINUTES)
    return [
        Said(
            display, True, row.labelled_at, row.area, _codes(row.areas), row.sentiment, row.intent,
            row.urgent, None, getattr(row, "withdrawn_at", None),
        )
        for row, display in found
        if settled or row.account_id == desk.account_id
    ]  # fmt: skip


def _codes(joined: str) -> tuple[str, ...]:
    return tuple(code for code in joined.split(";") if code)

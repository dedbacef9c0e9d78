"""人工标注 beside 机器分类: what honest counts are computed from. No word of what was said leaves here."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from core.words import CHINA
from models.comment import Classification, Comment, Label

READ = ["comment_id", "month", "predicted", "probability", "abstained", "label"]
LABELS = ["comment_id", "month", "reviewer", "area"]


def reviewed(session: Session, community_id: int) -> pd.DataFrame:
    """Every comment read by the machine, one row each, by the reading in force.

    Columns comment_id, month (2026-10, China's time), predicted (the best guess, also where abstained),
    probability, abstained, label: the area of the newest label, "" when nobody has given one.
    """
    newest = select(func.max(col(Label.id)).label("id")).group_by(col(Label.comment_id)).subquery()
    query = (
        select(
            col(Comment.id), _month(session), col(Classification.area), col(Classification.probability),
            col(Classification.abstained), func.coalesce(col(Label.area), ""),
        )
        .select_from(Comment)
        .join(Classification, col(Classification.id) == col(Comment.classification_id))
        .join(
            Label,
            and_(col(Label.comment_id) == col(Comment.id), col(Label.id).in_(select(newest.c.id))),
            isouter=True,
        )
        .where(col(Comment.community_id) == community_id)
        .order_by(col(Comment.id))
    )  # fmt: skip
    return pd.DataFrame(session.execute(query).all(), columns=READ).astype({"abstained": bool})


def labels_by_reviewer(session: Session, community_id: int) -> pd.DataFrame:
    """The newest label of each reviewer on each comment: comment_id, month, reviewer (account id), area."""
    newest = func.max(col(Label.id)).label("id")
    newest_of_each = select(newest).group_by(col(Label.comment_id), col(Label.account_id))
    query = (
        select(col(Comment.id), _month(session), col(Label.account_id), col(Label.area))
        .select_from(Label)
        .join(Comment, col(Comment.id) == col(Label.comment_id))
        .where(col(Comment.community_id) == community_id, col(Label.id).in_(newest_of_each))
        .order_by(col(Comment.id), col(Label.account_id))
    )
    return pd.DataFrame(session.execute(query).all(), columns=LABELS)


def _month(session: Session) -> ColumnElement[Any]:
    said_at = col(Comment.said_at)
    if session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m", said_at, "+8 hours")
    return func.to_char(func.timezone(CHINA.key, said_at), "YYYY-MM")

"""What the overview asks: how responses came in, and which comments still need somebody."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from models.comment import AnswerToResidents, Classification, Comment, Label
from models.tally import ASKED, TallyMargin

HOW = ["month", "mode", "collector", "valid", "n"]


@dataclass(frozen=True, slots=True)
class CommentsToDo:
    """Comments in, those no machine has read yet, those it was not sure of and no person has labelled,
    and urgent ones that nobody has answered."""

    total: int
    waiting: int
    abstained: int
    urgent: int


def responses_by_way(session: Session, round_id: int) -> pd.DataFrame:
    """Responses of a round by month (2026-11), mode, collector and whether they were valid: HOW."""
    query = select(col(TallyMargin.level), col(TallyMargin.n)).where(
        col(TallyMargin.round_id) == round_id,
        col(TallyMargin.margin) == "how",
        col(TallyMargin.question) == ASKED,
        col(TallyMargin.choice) == ASKED,
    )
    rows = [(*level.split("|"), n) for level, n in session.execute(query.order_by(col(TallyMargin.level)))]
    frame = pd.DataFrame(rows, columns=HOW)
    return frame.assign(valid=frame["valid"] == "valid").astype({"n": "int64"})


def comments_to_do(session: Session, community_id: int) -> CommentsToDo:
    """What waits among the community's comments; a person's label goes before the machine's reading."""
    newest = select(func.max(col(Label.id))).group_by(col(Label.comment_id))
    labelled = col(Label.id).is_not(None)
    answered = select(col(AnswerToResidents.id)).where(
        col(AnswerToResidents.comment_id) == col(Comment.id)
    ).exists()  # fmt: skip
    urgent = case(
        (labelled, col(Label.urgent)),
        (col(Classification.id).is_not(None), col(Classification.urgent)),
        else_=col(Comment.danger) != "",
    )
    counted = [
        func.count(),
        func.count(case((and_(col(Comment.state) == "waiting", ~labelled), 1))),
        func.count(case((and_(col(Comment.state) == "abstained", ~labelled), 1))),
        func.count(case((and_(urgent, ~answered), 1))),
    ]
    query = (
        select(*counted)
        .select_from(Comment)
        .join(Classification, col(Classification.id) == col(Comment.classification_id), isouter=True)
        .join(Label, and_(col(Label.comment_id) == col(Comment.id), col(Label.id).in_(newest)), isouter=True)
        .where(col(Comment.community_id) == community_id)
    )
    return CommentsToDo(*map(int, session.execute(query).one()))

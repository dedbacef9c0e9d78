"""What the overview asks: how responses came in, and which comments still need somebody."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from core.queries.comments import comment_counts, urgent_among
from models.comment import AnswerToResidents
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
    """What waits among the community's comments; a person's label goes before the machine's reading.

    Read from the comment tally, so that it costs the same however many comments there are.
    """
    counts = comment_counts(session, community_id)
    n = counts.groupby("state")["n"].sum()
    urgent = int(counts["urgent"].sum()) - _urgent_answered(session, community_id)
    return CommentsToDo(
        int(counts["n"].sum()), int(n.get("waiting", 0)), int(n.get("abstained", 0)), max(0, urgent)
    )


def _urgent_answered(session: Session, community_id: int) -> int:
    """Urgent comments that have an answer: from the answers, which are few."""
    answered = (
        select(col(AnswerToResidents.comment_id))
        .where(col(AnswerToResidents.community_id) == community_id)
        .where(col(AnswerToResidents.comment_id).is_not(None))
    )
    return urgent_among(session, answered)

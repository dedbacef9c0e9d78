"""What the overview asks: how responses came in, and which comments still need somebody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import pandas as pd
from sqlalchemy import BigInteger, bindparam, select
from sqlmodel import Session, col

from core.queries.comments import counted, urgent_among
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
    rows = counted(session, community_id)
    n = Counter[str]()
    for row in rows:
        n[row.state] += row.n
    urgent = sum(row.urgent for row in rows) - _urgent_answered(session, community_id)
    return CommentsToDo(n.total(), n["waiting"], n["abstained"], max(0, urgent))


def _urgent_answered(session: Session, community_id: int) -> int:
    """Urgent comments that have an answer: from the answers, which are few."""
    return int(session.execute(_URGENT_ANSWERED, {"community_id": community_id}).scalar_one())


_ANSWERED: Final = select(col(AnswerToResidents.comment_id)).where(
    col(AnswerToResidents.community_id) == bindparam("community_id", type_=BigInteger()),
    col(AnswerToResidents.comment_id).is_not(None),
)
_URGENT_ANSWERED: Final = urgent_among(_ANSWERED)

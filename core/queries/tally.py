"""Asking the tally: persons by the target person's cell, for one round. No arithmetic beyond GROUP BY."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

import pandas as pd
from sqlalchemy import Integer, cast, func, select
from sqlmodel import Session, col

from core.queries.frame import frame
from models.response import Response
from models.tally import ASKED, FoldState, Tally, TallyMargin

CELL = ["grid", "age_band", "sex"]


def cells(session: Session, round_id: int) -> pd.DataFrame:
    """Responses of a round by cell: grid (0 unknown), age_band (0 unknown), sex (9 unknown), n."""
    query = select(col(Tally.grid_id), col(Tally.age_band), col(Tally.sex), col(Tally.n))
    rows = session.execute(
        query.where(col(Tally.round_id) == round_id, col(Tally.question) == ASKED, col(Tally.choice) == ASKED)
    ).all()
    return frame(rows, [*CELL, "n"])


def counts(session: Session, round_id: int, questions: Collection[str]) -> pd.DataFrame:
    """Persons who took a choice, by cell: question, item (the choice's code), grid, age_band, sex, n."""
    query = select(
        col(Tally.question),
        col(Tally.choice),
        col(Tally.grid_id),
        col(Tally.age_band),
        col(Tally.sex),
        col(Tally.n),
    )
    rows = session.execute(
        query.where(
            col(Tally.round_id) == round_id, col(Tally.question).in_(questions), col(Tally.choice) != ASKED
        )
    ).all()
    return frame(rows, ["question", "item", *CELL, "n"])


def asked(session: Session, round_id: int, questions: Collection[str]) -> pd.DataFrame:
    """Persons who were asked a question and answered it, by cell: question, grid, age_band, sex, asked."""
    query = select(
        col(Tally.question), col(Tally.grid_id), col(Tally.age_band), col(Tally.sex), col(Tally.asked)
    )
    rows = session.execute(
        query.where(
            col(Tally.round_id) == round_id, col(Tally.question).in_(questions), col(Tally.choice) == ASKED
        )
    ).all()
    return frame(rows, ["question", *CELL, "asked"])


def totals(session: Session, round_id: int, questions: Collection[str]) -> pd.DataFrame:
    """Persons of the whole round who took a choice: question, choice (`*`: asked), n."""
    query = (
        select(col(Tally.question), col(Tally.choice), cast(func.sum(col(Tally.n)), Integer))
        .where(col(Tally.round_id) == round_id, col(Tally.question).in_(questions))
        .group_by(col(Tally.question), col(Tally.choice))
        .order_by(col(Tally.question), col(Tally.choice))
    )
    return frame(session.execute(query), ["question", "choice", "n"])


def margin(session: Session, round_id: int, name: str, questions: Collection[str]) -> pd.DataFrame:
    """One margin of a round (see models.tally.TallyMargin): level, question, choice, n, asked."""
    query = select(
        col(TallyMargin.level),
        col(TallyMargin.question),
        col(TallyMargin.choice),
        col(TallyMargin.n),
        col(TallyMargin.asked),
    )
    rows = session.execute(
        query.where(
            col(TallyMargin.round_id) == round_id,
            col(TallyMargin.margin) == name,
            col(TallyMargin.question).in_(questions),
        )
    ).all()
    return frame(rows, ["level", "question", "choice", "n", "asked"])


# Asked on every run of the screens with figures: put together once, and both in one go.
_FOLDED: Final = select(col(FoldState.folded_at)).limit(1).scalar_subquery()
_LAST: Final = func.coalesce(select(col(FoldState.last_response_id)).limit(1).scalar_subquery(), 0)
_WATERMARK: Final = select(_FOLDED, func.count()).select_from(Response).where(col(Response.id) > _LAST)


def watermark(session: Session) -> tuple[datetime | None, int]:
    """When the tally was last folded (UTC), and how many responses came after it."""
    folded_at, behind = session.execute(_WATERMARK).one()
    return folded_at, int(behind)

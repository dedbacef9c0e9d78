"""人工标注 beside 机器分类: what honest counts are computed from. No word of what was said leaves here."""

from __future__ import annotations

from typing import Final, NamedTuple

import pandas as pd
from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlmodel import Session, col

from core.analysis.drift import Reference
from core.analysis.suppression import SHARE_FROM
from core.database import month_of
from models.account import Account
from models.classifier_version import ADOPTED, ClassifierVersion
from models.comment import Classification, Comment, Label, WithdrawnLabel

READ = ["comment_id", "month", "predicted", "probability", "abstained", "label"]
LABELS = ["comment_id", "reviewer", "area"]
_here = col(Comment.community_id) == bindparam("community_id")
_first_of_each = select(func.min(col(Label.id))).group_by(col(Label.comment_id), col(Label.account_id))
_FIRST: Final = (
    select(col(Label.comment_id), col(Label.account_id), col(Label.area))
    .join(Comment, col(Comment.id) == col(Label.comment_id))
    .where(_here, col(Label.id).in_(_first_of_each))
    .order_by(col(Label.id))
)
_NAMES: Final = (
    select(col(Account.id), col(Account.display))
    .join(Label, col(Label.account_id) == col(Account.id))
    .join(Comment, col(Comment.id) == col(Label.comment_id))
    .where(_here)
    .distinct()
)


class Newest(NamedTuple):
    """The largest ids of labels, labels taken back and readings, 0 for none: what was counted is kept by."""

    label: int
    withdrawn: int
    reading: int


def newest_of_all(session: Session) -> Newest:
    """Three looks at the end of a primary key, of all communities: cheap however many comments there are."""
    ids = (col(Label.id), col(WithdrawnLabel.id), col(Classification.id))
    found = session.execute(select(*(select(func.max(id_)).scalar_subquery() for id_ in ids))).one()
    return Newest(*(id_ or 0 for id_ in found))


def any_label(session: Session, community_id: int) -> bool:
    """Whether anybody has labelled a comment of the community; asked before all its comments are.

    Begins at the labels and looks each comment up: a join SQLite would begin at the comments, which are many.
    """
    place = select(col(Comment.community_id)).where(col(Comment.id) == col(Label.comment_id))
    labelled = select(col(Label.id)).where(place.scalar_subquery() == community_id)
    return session.execute(labelled.limit(1)).first() is not None


def evaluated(session: Session) -> Reference | None:
    """How the classifier in use read when last compared with another, be it the new or the old of the two.

    None when it never was, or on fewer than 30 comments.
    """
    made = ClassifierVersion
    in_use = select(col(made.version)).where(col(made.state) == ADOPTED)
    as_new = col(made.state) == ADOPTED
    query = (
        select(case((as_new, col(made.n_new_right)), else_=col(made.n_old_right)), col(made.n_held))
        .where(or_(as_new, col(made.compared_with).in_(in_use)), col(made.n_held) >= SHARE_FROM)
        .order_by(col(made.made_at).desc(), col(made.id).desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return Reference(row[0] / row[1], row[1]) if row else None


def reviewed(session: Session, community_id: int) -> pd.DataFrame:
    """Every comment read by the machine, one row each, by the reading in force.

    Columns comment_id, month (2026-10, China's time), predicted (the best guess, also where abstained),
    probability, abstained, label: the area of the newest label, "" when nobody has given one.
    """
    newest = select(func.max(col(Label.id)).label("id")).group_by(col(Label.comment_id)).subquery()
    query = (
        select(
            col(Comment.id), month_of(col(Comment.said_at), session), col(Classification.area),
            col(Classification.probability), col(Classification.abstained),
            func.coalesce(col(Label.area), ""),
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
    """The first label of each reviewer on each comment, in the order given: comment_id, reviewer, area.

    First ones, for a later one may be given after seeing another's. `reviewer` is an account's id.
    """
    rows = session.execute(_FIRST, {"community_id": community_id}).all()
    return pd.DataFrame(rows, columns=LABELS)


def reviewer_names(session: Session, community_id: int) -> dict[int, str]:
    """The names, by account id, of all who labelled a comment of the community: for their supervisor."""
    return dict(session.execute(_NAMES, {"community_id": community_id}).all())

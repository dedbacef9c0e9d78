"""分类器版本 and the long jobs with them, for the screen that looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import distinct, func, select
from sqlmodel import Session, col

from models.account import Account
from models.classifier_version import ClassifierJob, ClassifierVersion
from models.comment import Comment, Label
from models.place import Community

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class VersionCard:
    """One version as the screen tells it; `by`: who adopted it, empty where nobody did."""

    version: str
    state: str
    reason: str
    made_at: datetime
    adopted_at: datetime | None
    by: str
    n_shipped: int
    n_community: int
    n_held: int
    n_old_right: int
    n_new_right: int
    old_macro_f1: float | None
    new_macro_f1: float | None


@dataclass(frozen=True, slots=True)
class JobCard:
    """A retraining or re-reading: how far it is, its state as in the record, its last sign of life."""

    state: str
    outcome: str
    version: str
    done: int
    total: int
    id: int
    beat_at: datetime


def versions(session: Session) -> list[VersionCard]:
    """The newest versions, newest first; the adopted one among them."""
    query = (
        select(ClassifierVersion, func.coalesce(col(Account.display), ""))
        .outerjoin(Account, col(Account.id) == col(ClassifierVersion.adopted_by))
        .order_by((col(ClassifierVersion.state) != "adopted"), col(ClassifierVersion.made_at).desc())
        .limit(MOST_SHOWN)
    )
    found = [
        VersionCard(
            row.version, row.state, row.reason, row.made_at, row.adopted_at, by, row.n_shipped,
            row.n_community, row.n_held, row.n_old_right, row.n_new_right, row.old_macro_f1, row.new_macro_f1,
        ) for row, by in session.execute(query)
    ]  # fmt: skip
    return sorted(found, key=lambda card: card.made_at, reverse=True)


def job(session: Session, kind: str) -> JobCard | None:
    """The newest job of a kind."""
    query = select(ClassifierJob).where(col(ClassifierJob.kind) == kind)
    row = session.scalars(query.order_by(col(ClassifierJob.id).desc()).limit(1)).first()
    return job_card(row) if row else None


def job_card(row: ClassifierJob) -> JobCard:
    """A job as the screen tells it."""
    return JobCard(row.state, row.outcome, row.version, row.done, row.total, row.id or 0, row.beat_at)


def n_reviewed(session: Session, *, synthetic: bool) -> int:
    """Reviewed comments of our own communities, the synthetic ones only if asked for."""
    query = (
        select(func.count(distinct(col(Label.comment_id))))
        .join(Comment, col(Comment.id) == col(Label.comment_id))
        .join(Community, col(Community.id) == col(Comment.community_id))
        .where(col(Community.source) == "")
    )
    if not synthetic:
        query = query.where(col(Community.synthetic).is_(False))
    return session.scalar(query) or 0

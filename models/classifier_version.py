"""分类器版本: which classifiers were made, which one reads, and the long jobs done with them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Index, text
from sqlmodel import Field

from models.base import BIG_ID, Base, UTCDateTime

CANDIDATE: Final = "candidate"
ADOPTED: Final = "adopted"
REJECTED: Final = "rejected"
RETIRED: Final = "retired"
VERSION_STATES: Final = (CANDIDATE, ADOPTED, REJECTED, RETIRED)

RETRAIN: Final = "retrain"
REREAD: Final = "reread"
EVALUATE: Final = "evaluate"
RUNNING: Final = "running"
INTERRUPTED: Final = "interrupted"
DONE: Final = "done"
FAILED: Final = "failed"
JOB_STATES: Final = (RUNNING, INTERRUPTED, DONE, FAILED)


class ClassifierVersion(Base, table=True):
    """One trained classifier; its file lies under var/, its readings name it in `classification`.

    `recipe`: core.text.store.RECIPE it was made by; one of another recipe cannot read any more. `shipped`:
    the version of the shipped data in it. `pinned`: adopted by a decision, so it stays when the shipped data
    change. `n_held` … : how it and `compared_with` read reviewed comments neither was trained on; all 0
    where there was nothing to compare. `reason`: why it is in its state, a key of words `classifier.reason`.
    """

    __tablename__ = "classifier_version"
    __table_args__ = (
        Index(
            "ix_classifier_version_adopted",
            "state",
            unique=True,
            sqlite_where=text("state = 'adopted'"),
            postgresql_where=text("state = 'adopted'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    version: str = Field(unique=True, max_length=40)
    recipe: str = Field(max_length=20)
    shipped: str = Field(max_length=40)
    made_at: datetime = Field(sa_type=UTCDateTime)
    made_by: int | None = Field(default=None, foreign_key="account.id")
    n_shipped: int = 0
    n_community: int = 0
    state: str = Field(default=CANDIDATE, max_length=12)
    reason: str = Field(default="", max_length=20)
    pinned: bool = False
    adopted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    adopted_by: int | None = Field(default=None, foreign_key="account.id")
    compared_with: str = Field(default="", max_length=40)
    n_held: int = 0
    n_old_right: int = 0
    n_new_right: int = 0
    n_only_old: int = Field(default=0, description="right only by the old version")
    n_only_new: int = 0
    old_macro_f1: float | None = None
    new_macro_f1: float | None = None
    n_urgent: int = 0
    n_old_urgent: int = Field(default=0, description="of the urgent ones, found by the old version")
    n_new_urgent: int = 0


class ClassifierJob(Base, table=True):
    """A retraining, a re-reading of all comments, or an evaluation: how far it is, and who is at it.

    `last_comment_id` is the watermark of a re-reading: moved in the transaction that stores a batch. `worker`
    is host:process, `beat_at` its last sign of life. At most one of a kind is running.
    """

    __tablename__ = "classifier_job"
    __table_args__ = (
        Index(
            "ix_classifier_job_running",
            "kind",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=12)
    state: str = Field(default=RUNNING, max_length=12)
    version: str = Field(default="", max_length=40)
    done: int = 0
    total: int = 0
    last_comment_id: int = Field(default=0, sa_type=BIG_ID)
    outcome: str = Field(default="", max_length=20)
    worker: str = Field(default="", max_length=120)
    started_at: datetime = Field(sa_type=UTCDateTime)
    started_by: int | None = Field(default=None, foreign_key="account.id")
    beat_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

"""分类器版本 in the record: which one reads, what follows it, and the way back."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from core import database
from core.actions.audit import audit
from core.errors import NotFound
from core.settings import ROOT, settings
from core.text import store
from core.words import say
from models.base import now
from models.classifier_version import ADOPTED, REJECTED, RETIRED, ClassifierVersion

# Why a version was put to reading without a person deciding so.
BY_FIGURES = ("not_worse", "data_changed")
LABELLED, LEXICON = ROOT / "data" / "labelled", ROOT / "data" / "lexicon"


def file_of(version: str) -> Path:
    """Where a version's file lies."""
    return settings().classifier_cache / f"{version}.npz"


def can_read(found: ClassifierVersion) -> bool:
    """Whether a version can still be put to reading: its file is there and its recipe is today's."""
    return found.recipe == store.RECIPE and file_of(found.version).exists()


def in_force(session: Session, shipped: str) -> str:
    """The version that shall read: the one decided on, else that of the shipped data (`shipped`)."""
    found = adopted(session)
    if found is None or not found.pinned or not can_read(found):
        return shipped
    keep(session)
    return found.version


def adopted(session: Session) -> ClassifierVersion | None:
    """The version adopted now."""
    query = select(ClassifierVersion).where(col(ClassifierVersion.state) == ADOPTED)
    return session.scalars(query).one_or_none()


def before(session: Session) -> ClassifierVersion | None:
    """The version to go back to: the last one that was adopted before and can still read."""
    query = (
        select(ClassifierVersion)
        .where(col(ClassifierVersion.state) == RETIRED)
        .order_by(col(ClassifierVersion.adopted_at).desc())
    )
    return next((found for found in session.scalars(query) if can_read(found)), None)


def keep(session: Session) -> None:
    """Make the files of the adopted version and the one before it the newest: the oldest are tidied away."""
    for found in (before(session), adopted(session)):
        if found is not None:
            with suppress(OSError):
                os.utime(file_of(found.version))


def record_version(session: Session, made: ClassifierVersion) -> ClassifierVersion:
    """Keep a version that was made; one made again keeps its row and gets the new figures."""
    query = select(ClassifierVersion).where(col(ClassifierVersion.version) == made.version)
    known = session.scalars(query.with_for_update()).one_or_none()
    if known is None:
        session.add(made)
        session.flush()
        return made
    for name, value in made.model_dump(exclude={"id", "adopted_at", "adopted_by", "pinned"}).items():
        setattr(known, name, value)
    session.flush()
    return known


def adopt(session: Session, version: str, *, account_id: int | None = None) -> ClassifierVersion:
    """Put a version to reading from now on; the one before is kept. Raises NotFound when it cannot read."""
    query = select(ClassifierVersion).where(col(ClassifierVersion.version) == version)
    found = session.scalars(query).one_or_none()
    if found is None or not can_read(found):
        raise NotFound(say("classifier.cannot_adopt", version=version))
    if found.state != ADOPTED:
        _change(session, found, RETIRED)
    found.pinned, found.adopted_at, found.adopted_by = True, now(), account_id
    if found.reason not in BY_FIGURES:
        found.reason = "chosen"
    keep(session)
    audit(session, "classifier.adopted", "classifier_version", found.id, account_id=account_id)
    return found


def go_back(session: Session, *, account_id: int | None = None) -> ClassifierVersion:
    """Put the version before to reading; the one left stays, to be adopted again by hand. Raises NotFound."""
    found = before(session)
    if found is None:
        raise NotFound(say("classifier.nothing_before"))
    _change(session, found, REJECTED, reason="left")
    found.pinned, found.adopted_by = True, account_id
    audit(session, "classifier.back", "classifier_version", found.id, account_id=account_id)
    return found


def _change(session: Session, to: ClassifierVersion, leave: str, *, reason: str = "") -> None:
    """Only one is adopted at a time: the one left first, in its own statement."""
    left = adopted(session)
    if left is not None:
        left.state, left.pinned, left.reason = leave, False, reason or left.reason
        session.flush()
    to.state = ADOPTED
    to.adopted_at = now()
    session.flush()


def note_shipped(version: str, n_shipped: int) -> None:
    """A worker begins to read with the shipped data's version: in force unless another was decided on."""
    with database.writing() as session:
        current = adopted(session)
        if current is not None and (current.version == version or (current.pinned and _of_today(current))):
            return
        query = select(ClassifierVersion).where(col(ClassifierVersion.version) == version)
        found = session.scalars(query).one_or_none() or record_version(
            session,
            ClassifierVersion(
                version=version, recipe=store.RECIPE, shipped=version, made_at=now(), n_shipped=n_shipped
            ),
        )  # fmt: skip
        found.reason = "shipped"
        _change(session, found, RETIRED)
        audit(session, "classifier.shipped", "classifier_version", found.id)


def _of_today(found: ClassifierVersion) -> bool:
    return found.recipe == store.RECIPE


def n_shipped() -> int:
    """Labelled comments that ship with the portal."""
    return sum(max(0, path.read_bytes().count(b"\n") - 1) for path in LABELLED.glob("*.csv"))

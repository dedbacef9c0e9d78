"""人工标注: a reviewer says what a comment is about, or takes the last word back. Nothing said is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from core.actions.audit import audit
from core.actions.comment_tally import moving
from core.actions.raise_alerts import raise_for
from core.errors import Invalid, NotFound
from core.words import say
from models.base import now
from models.comment import UNDO_MINUTES, Comment, Label, WithdrawnLabel
from models.taxonomy import AREA_LABELS, INTENTS, SENTIMENTS

MOST_SECONDARY = 2
NO_AREA = "other"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who labels, and in which community: a comment of another one is not found."""

    community_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a comment: codes of models.taxonomy, `areas` the secondary ones."""

    area: str
    areas: tuple[str, ...] = ()
    sentiment: str = "neu"
    intent: str = "none"
    urgent: bool = False


def label_comment(session: Session, comment_id: int, decision: Decision, by: Reviewer) -> int:
    """Put a person's label beside the machine's reading; the label's id. Earlier labels stay as they are.

    The same decision as the reviewer's newest one adds nothing (a button tapped twice). One found urgent
    raises an alert at once. Raises NotFound, Invalid.
    """
    _check(decision)
    _comment(session, comment_id, by)
    before = _newest(session, by, comment_id=comment_id)
    if before is not None and before.id is not None and _decision(before) == decision:
        return before.id
    made = Label(
        comment_id=comment_id,
        account_id=by.account_id,
        area=decision.area,
        areas=";".join(decision.areas),
        sentiment=decision.sentiment,
        intent=decision.intent,
        urgent=decision.urgent,
        labelled_at=now(),
    )
    with moving(session, [comment_id]):
        session.add(made)
    assert made.id is not None
    if decision.urgent:
        raise_for(session, [comment_id], "person")
    audit(session, "label.given", "comment", comment_id, account_id=by.account_id)
    return made.id


def withdraw_last(session: Session, by: Reviewer, *, at: datetime | None = None) -> int:
    """Take back the reviewer's last label of the last UNDO_MINUTES; the comment it was of.

    The label moves to WithdrawnLabel; what stood before it stands again. Raises NotFound when there is none.
    """
    moment = at or now()
    found = _newest(session, by, since=moment - timedelta(minutes=UNDO_MINUTES))
    if found is None:
        raise NotFound(say("review.nothing_to_undo", minutes=UNDO_MINUTES))
    kept = found.model_dump(exclude={"id"})
    with moving(session, [found.comment_id]):
        session.add(WithdrawnLabel(**kept, withdrawn_at=moment))
        session.delete(found)
    audit(session, "label.withdrawn", "comment", kept["comment_id"], account_id=by.account_id)
    return int(kept["comment_id"])


def _check(decision: Decision) -> None:
    codes = (decision.area, *decision.areas)
    known = (
        all(code in AREA_LABELS for code in codes)
        and decision.sentiment in SENTIMENTS
        and decision.intent in INTENTS
    )
    if not known:
        raise Invalid(say("review.unknown_code"))
    if len(decision.areas) > MOST_SECONDARY or len(set(codes)) < len(codes):
        raise Invalid(say("review.areas_wrong", most=MOST_SECONDARY))
    if NO_AREA in codes and decision.areas:
        raise Invalid(say("review.none_alone"))


def _comment(session: Session, comment_id: int, by: Reviewer) -> None:
    """Refuse a comment that is not there, or not in the reviewer's community."""
    here = select(col(Comment.id)).where(
        col(Comment.id) == comment_id, col(Comment.community_id) == by.community_id
    )
    if session.scalar(here.with_for_update()) is None:
        raise NotFound(say("review.unknown_comment"))


def _newest(
    session: Session, by: Reviewer, *, comment_id: int | None = None, since: datetime | None = None
) -> Label | None:
    """The reviewer's newest label in the community: of one comment, or since a moment."""
    query = select(Label).join(Comment, col(Comment.id) == col(Label.comment_id))
    query = query.where(col(Label.account_id) == by.account_id, col(Comment.community_id) == by.community_id)
    if comment_id is not None:
        query = query.where(col(Label.comment_id) == comment_id)
    if since is not None:
        query = query.where(col(Label.labelled_at) >= since)
    return session.scalars(query.order_by(col(Label.id).desc()).limit(1)).first()


def _decision(label: Label) -> Decision:
    areas = tuple(code for code in label.areas.split(";") if code)
    return Decision(label.area, areas, label.sentiment, label.intent, label.urgent)

"""Comments of one community: how many by area, month and state, and page after page to read.

A person's label goes before the machine's reading: then the comment counts as classified, by that label.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, text
from sqlmodel import Session, col

from core.database import month_of
from core.words import CHINA
from models.comment import Classification, Comment, Label
from models.tally import CommentTally

PAGE = 10
COUNTED = ["area", "month", "state", "n", "urgent"]


class CommentFilter(NamedTuple):
    """What a list is narrowed to; empty means all. `month` is 2026-10, in China's time."""

    area: str = ""
    month: str = ""
    state: str = ""


EVERYTHING: Final = CommentFilter()


class CommentKey(NamedTuple):
    """Where a page ended: the last comment's place in the order (urgent first, then the latest)."""

    urgent: bool
    said_at: datetime
    comment_id: int


@dataclass(frozen=True, slots=True)
class CommentItem:
    """One comment as staff may read it: redacted. `areas` has the primary one first.

    `areas` is empty while nobody, person or machine, is sure; sentiment and intent while it is unread.
    """

    comment_id: int
    text: str
    said_at: datetime
    channel: str
    state: str
    areas: tuple[str, ...]
    sentiment: str
    intent: str
    urgent: bool
    by_person: bool


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of the list; `after` is where the next begins, None on the last."""

    items: tuple[CommentItem, ...]
    after: CommentKey | None


_newest = select(func.max(col(Label.id)).label("id")).group_by(col(Label.comment_id)).subquery("newest_label")
_labelled = col(Label.id).is_not(None)
_state: ColumnElement[Any] = case((_labelled, "classified"), else_=col(Comment.state))
_area: ColumnElement[Any] = case(
    (_labelled, col(Label.area)), (col(Comment.state) == "classified", col(Classification.area)), else_=""
)
_others: ColumnElement[Any] = case(
    (_labelled, col(Label.areas)), (col(Comment.state) == "classified", col(Classification.areas)), else_=""
)
# Before a comment is read, the words of danger found when it was stored put it among the urgent ones.
_urgent: ColumnElement[Any] = case(
    (_labelled, col(Label.urgent)),
    (col(Classification.id).is_not(None), col(Classification.urgent)),
    else_=col(Comment.danger) != "",
)
_rank: ColumnElement[Any] = case((_urgent, 1), else_=0)


def comments_in(session: Session, community_id: int) -> int:
    """How many comments came in, counted from the comments alone: what the states must add up to."""
    query = select(func.count()).select_from(Comment).where(col(Comment.community_id) == community_id)
    return int(session.execute(query).scalar_one())


def comment_counts(session: Session, community_id: int) -> pd.DataFrame:
    """Comments by area (empty: not decided), month (China's time) and state: n, urgent (how many of n).

    Those read come from the comment tally, those still unread from the comments themselves.
    """
    tally = (col(CommentTally.area), col(CommentTally.month), col(CommentTally.state))
    n, urgent = col(CommentTally.n), case((col(CommentTally.urgent), col(CommentTally.n)), else_=0)
    read = select(*tally, func.sum(n), func.sum(urgent)).group_by(*tally).having(func.sum(n) > 0)
    rows = list(session.execute(read.where(col(CommentTally.community_id) == community_id)).all())
    rows += session.execute(_unread_counts(session, community_id)).all()
    frame = pd.DataFrame(rows, columns=COUNTED).astype({"n": "int64", "urgent": "int64"})
    return frame.sort_values(COUNTED[:3], ignore_index=True)


def _unread_counts(session: Session, community_id: int) -> Select[Any]:
    """Unread comments nobody has labelled, by month and state; urgent by the light check alone."""
    month, state = month_of(col(Comment.said_at), session), col(Comment.state)
    danger = case((col(Comment.danger) != "", 1), else_=0)
    # "+ 0" keeps SQLite from walking through all the community's comments by their other index.
    found: Any = (
        select(literal(""), month, state, func.count(), func.sum(danger))
        .join(Label, col(Label.comment_id) == col(Comment.id), isouter=True)
        .where(unread(), col(Comment.community_id) + 0 == community_id, col(Label.id).is_(None))
        .group_by(month, state)
    )
    return cast(Select[Any], found)


def urgent_among(session: Session, ids: Select[Any]) -> int:
    """How many of these comments are urgent, by their label or else their reading."""
    query = _with_reading(select(func.coalesce(func.sum(_rank), 0)).where(col(Comment.id).in_(ids)))
    return int(session.execute(query).scalar_one())


def unread() -> ColumnElement[bool]:
    """The condition of the partial index over unread comments, spelt as the index spells it."""
    return text("comment.state IN ('waiting', 'failed')")  # type: ignore[return-value]


def comment_page(
    session: Session,
    community_id: int,
    *,
    only: CommentFilter = EVERYTHING,
    after: CommentKey | None = None,
    most: int = PAGE,
) -> CommentPage:
    """One page of comments, urgent ones first, then the latest; `after` is the page before's `after`.

    The area is the primary one, so that a list is as long as the count it was opened from.
    Raises ValueError for a month that is none.
    """
    shown = (
        col(Comment.id), col(Comment.redacted), col(Comment.said_at), col(Comment.channel), _state, _area,
        _others, func.coalesce(col(Label.sentiment), col(Classification.sentiment), ""),
        func.coalesce(col(Label.intent), col(Classification.intent), ""), _rank, _labelled,
    )  # fmt: skip
    query = _joined(select(*shown), community_id).where(*_filters(only))
    if after is not None:
        query = query.where(_behind(after))
    order = (_rank.desc(), col(Comment.said_at).desc(), col(Comment.id).desc())
    rows = session.execute(query.order_by(*order).limit(most + 1)).all()
    items = tuple(map(_item, rows[:most]))
    if len(rows) <= most:
        return CommentPage(items, None)
    return CommentPage(items, CommentKey(items[-1].urgent, items[-1].said_at, items[-1].comment_id))


def _joined(query: Select[Any], community_id: int) -> Select[Any]:
    """The community's comments with their reading and label."""
    return _with_reading(query).where(col(Comment.community_id) == community_id)


def _with_reading(query: Select[Any]) -> Select[Any]:
    """Comments with the reading that holds and the newest label, where there are any."""
    newest = col(Label.id).in_(select(_newest.c.id))
    return (
        query.select_from(Comment)
        .join(Classification, col(Classification.id) == col(Comment.classification_id), isouter=True)
        .join(Label, and_(col(Label.comment_id) == col(Comment.id), newest), isouter=True)
    )


def _filters(only: CommentFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if only.area:
        found.append(_area == only.area)
    if only.state:
        found.append(_state == only.state)
    if only.month:
        first = datetime.strptime(only.month, "%Y-%m").replace(tzinfo=CHINA)
        next_year, before = divmod(first.month, 12)
        until = first.replace(year=first.year + next_year, month=before + 1)
        found += [col(Comment.said_at) >= first, col(Comment.said_at) < until]
    return found


def _behind(key: CommentKey) -> ColumnElement[bool]:
    said_at, before = col(Comment.said_at), col(Comment.id) < key.comment_id
    after_it = or_(said_at < key.said_at, and_(said_at.in_((key.said_at,)), before))
    return or_(_rank < int(key.urgent), and_(_rank.in_((int(key.urgent),)), after_it))


def _item(row: Any) -> CommentItem:
    comment_id, text, said_at, channel, state, area, others, sentiment, intent, urgent, by_person = row
    areas = tuple(dict.fromkeys(code for code in (area, *others.split(";")) if code))
    return CommentItem(
        comment_id, text, said_at, channel, state, areas, sentiment, intent, bool(urgent), bool(by_person)
    )

"""Comments of one community: how many by area, month and state, and page after page to read.

A person's label goes before the machine's reading: then the comment counts as classified, by that label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlmodel import Session, col

from core.database import month_of
from core.words import CHINA
from models.comment import Classification, Comment, Label
from models.tally import CommentTally

PAGE = 10


class Counted(NamedTuple):
    """How many comments of an area (empty: not decided), month (2026-10, China's time) and state, and how
    many of these n are urgent."""

    area: str
    month: str
    state: str
    n: int
    urgent: int


COUNTED = list(Counted._fields)


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


# Statements asked on every run of a screen are put together once: that costs more than carrying them out.
_HERE: Final = bindparam("community_id", type_=BigInteger())
_IN: Final = select(func.count()).select_from(Comment).where(col(Comment.community_id) == _HERE)


def comments_in(session: Session, community_id: int) -> int:
    """How many comments came in, counted from the comments alone: what the states must add up to."""
    return int(session.execute(_IN, {"community_id": community_id}).scalar_one())


def counted(session: Session, community_id: int) -> tuple[Counted, ...]:
    """Comments by area, month and state, in this order.

    Those read come from the comment tally, those still unread from the comments themselves.
    """
    name = session.get_bind().dialect.name
    if name not in _counting:
        _counting[name] = union_all(_read_counts(), _unread_counts(session))
    rows = session.execute(_counting[name], {"community_id": community_id})
    return tuple(sorted(Counted(area, month, state, int(n), int(u)) for area, month, state, n, u in rows))


# By the name of the dialect: the month is spelt otherwise in each.
_counting: Final[dict[str, CompoundSelect[Any]]] = {}


def comment_counts(session: Session, community_id: int) -> pd.DataFrame:
    """`counted` as a frame: area, month, state, n, urgent."""
    return as_frame(counted(session, community_id))


def as_frame(rows: Sequence[Counted]) -> pd.DataFrame:
    """Rows of `counted` as a frame."""
    return pd.DataFrame(rows, columns=COUNTED).astype({"n": "int64", "urgent": "int64"})


def _read_counts() -> Select[Any]:
    """Comments that were read, by area, month and state."""
    tally = (col(CommentTally.area), col(CommentTally.month), col(CommentTally.state))
    n, urgent = col(CommentTally.n), case((col(CommentTally.urgent), col(CommentTally.n)), else_=0)
    found: Any = select(*tally, func.sum(n), func.sum(urgent)).group_by(*tally).having(func.sum(n) > 0)
    return cast(Select[Any], found.where(col(CommentTally.community_id) == _HERE))


def _unread_counts(session: Session) -> Select[Any]:
    """Unread comments nobody has labelled, by month and state; urgent by the light check alone."""
    month, state = month_of(col(Comment.said_at), session), col(Comment.state)
    danger = case((col(Comment.danger) != "", 1), else_=0)
    # "+ 0" keeps SQLite from walking through all the community's comments by their other index.
    found: Any = (
        select(literal(""), month, state, func.count(), func.sum(danger))
        .join(Label, col(Label.comment_id) == col(Comment.id), isouter=True)
        .where(unread(), col(Comment.community_id) + 0 == _HERE, col(Label.id).is_(None))
        .group_by(month, state)
    )
    return cast(Select[Any], found)


def urgent_among(ids: Select[Any]) -> Select[Any]:
    """Asks how many of these comments are urgent, by their label or else their reading."""
    return _with_reading(select(func.coalesce(func.sum(_rank), 0)).where(col(Comment.id).in_(ids)))


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
    query = _LISTED.where(*_filters(only))
    if after is not None:
        query = query.where(_behind(after))
    rows = session.execute(query.limit(most + 1), {"community_id": community_id}).all()
    items = tuple(map(_item, rows[:most]))
    if len(rows) <= most:
        return CommentPage(items, None)
    return CommentPage(items, CommentKey(items[-1].urgent, items[-1].said_at, items[-1].comment_id))


def _with_reading(query: Select[Any]) -> Select[Any]:
    """Comments with the reading that holds and the newest label, where there are any."""
    newest = col(Label.id).in_(select(_newest.c.id))
    return (
        query.select_from(Comment)
        .join(Classification, col(Classification.id) == col(Comment.classification_id), isouter=True)
        .join(Label, and_(col(Label.comment_id) == col(Comment.id), newest), isouter=True)
    )


_SHOWN: Final = (
    col(Comment.id), col(Comment.redacted), col(Comment.said_at), col(Comment.channel), _state, _area,
    _others, func.coalesce(col(Label.sentiment), col(Classification.sentiment), ""),
    func.coalesce(col(Label.intent), col(Classification.intent), ""), _rank, _labelled,
)  # fmt: skip
_LISTED: Final[Select[Any]] = (
    _with_reading(select(*_SHOWN))
    .where(col(Comment.community_id) == _HERE)
    .order_by(_rank.desc(), col(Comment.said_at).desc(), col(Comment.id).desc())
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

"""人工复核: what a reviewer reads next: what teaches most, what is urgent, the sample, a second reading."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    extract,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlmodel import Session, col

from core.analysis.review_sample import draw
from core.queries.review import Desk, urgent_first, with_reading
from core.queries.reviewed import reviewed
from models.comment import Classification, Comment, Correction, Label
from models.tally import CommentTally

# Until a community has this many labels one of everything is shown; then what the machine doubts most.
DIVERSE_FIRST = 100
# Of a very large number of comments so many are looked at for that; it takes long enough to order them.
DIVERSE_AMONG = 5_000
# One comment in so many is read by a second reviewer.
SECOND_ONE_IN = 10
SAMPLE_STEP = 300
# Comments taken up at once: their order is settled again after so many.
BATCH = 30
_FACTOR, _PRIME = 1_103_515_245, 2_147_483_647
# An id, or a place for one in a statement that is put together once.
Id = int | BindParameter[int]


class Order(StrEnum):
    """Which comments come first."""

    TEACHES = "teaches"
    URGENT = "urgent"
    SAMPLE = "sample"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many comments nobody has labelled, and how many wait for a second reading by this reviewer."""

    first: int
    second: int


_labelled: Final = exists().where(col(Label.comment_id) == col(Comment.id))
# A comment that could not be read is what the machine knows least about.
_margin: Final[ColumnElement[Any]] = func.coalesce(
    col(Classification.probability)
    - func.coalesce(col(Classification.second_probability), 1 - col(Classification.probability)),
    0.0,
)
# Spelt as the partial index over unread comments spells it.
_unread: Final = text("comment.state IN ('waiting', 'failed')")
# A fixed draw: the same comment gets the same number in every process and on every database.
_draw: Final[ColumnElement[Any]] = col(Comment.id) * _FACTOR % _PRIME


def queue(
    session: Session, desk: Desk, order: Order, *, skip: Collection[int] = (), most: int = BATCH
) -> list[int]:
    """Ids of the comments to review next, in order; `skip` are passed over.

    TEACHES: those first whose author says they were read wrongly; then, until the community has DIVERSE_FIRST
    labels, one comment after another of the area × month with the fewest labels; then the smallest margin
    between the two likeliest areas. URGENT: urgent ones, then the latest. SAMPLE: the random sample from
    which the machine's errors are counted. SECOND: one in SECOND_ONE_IN, where one other person has labelled
    it.
    """
    if order is Order.TEACHES:
        first = _corrected(session, desk, set(skip), most)
        left = most - len(first)
        return [*first, *_teaching(session, desk, {*skip, *first}, left)] if left else first
    if order is Order.SAMPLE:
        return _sampled(session, desk, set(skip))
    by = {
        Order.URGENT: (case((urgent_first, 0), else_=1), col(Comment.said_at).desc(), col(Comment.id).desc()),
        Order.SECOND: (_draw, col(Comment.id)),
    }[order]
    query = _comments(desk, order).where(col(Comment.id).not_in(skip))
    return list(session.scalars(query.order_by(*by).limit(most)))


def still_open(session: Session, desk: Desk, order: Order, ids: Sequence[int]) -> list[int]:
    """Those of the ids that still wait for this reviewer, in their order."""
    left = set(session.scalars(_comments(desk, order).where(col(Comment.id).in_(ids))))
    return [id_ for id_ in ids if id_ in left]


def waiting(session: Session, desk: Desk) -> Waiting:
    """How much there is to do; asked of the comment tally, for comments are many."""
    given = {"community_id": desk.community_id, "account_id": desk.account_id}
    tallied, unread, labelled, second = session.execute(_waiting(), given).one()
    return Waiting(int(tallied) + unread - labelled, second)


@cache
def _waiting() -> Select[Any]:
    """Comments in the tally, unread ones, labelled ones, and those for a second reading by the reviewer.

    Asked on every run of the screen, and put together once: that costs more than carrying it out.
    """
    place, account = (bindparam(name, type_=BigInteger()) for name in ("community_id", "account_id"))
    tallied = select(func.coalesce(func.sum(col(CommentTally.n)), 0))
    unread = select(func.count()).select_from(Comment)
    readers = _readers(place, account)
    return select(
        tallied.where(col(CommentTally.community_id) == place).scalar_subquery(),
        unread.where(_unread, col(Comment.community_id) == place, ~_labelled).scalar_subquery(),
        select(func.count()).select_from(readers).scalar_subquery(),
        select(func.count()).where(_for_second(readers)).scalar_subquery(),
    )


def _corrected(session: Session, desk: Desk, skip: set[int], most: int) -> list[int]:
    """Unlabelled comments whose author says what was meant: few, so they are looked up one by one."""
    query = _comments(desk, Order.TEACHES).where(col(Comment.id).in_(select(col(Correction.comment_id))))
    query = query.where(col(Comment.id).not_in(skip)).order_by(col(Comment.id))
    return list(session.scalars(query.limit(most)))


def _teaching(session: Session, desk: Desk, skip: set[int], most: int) -> list[int]:
    given = _comments(desk).where(_labelled).with_only_columns(func.count())
    missing = DIVERSE_FIRST - int(session.execute(given).scalar_one())
    found = _diverse(session, desk, skip, min(missing, most)) if missing > 0 else []
    if len(found) == most:
        return found
    doubted = _comments(desk, Order.TEACHES).where(col(Comment.id).not_in(skip | set(found)))
    doubted = doubted.order_by(_margin, col(Comment.id)).limit(most - len(found))
    return [*found, *session.scalars(doubted)]


def _diverse(session: Session, desk: Desk, skip: set[int], most: int) -> list[int]:
    """Unlabelled comments of the strata with the fewest labels: each ranks behind its stratum's labels."""
    said_at = col(Comment.said_at)
    area = func.coalesce(col(Classification.area), "")
    labelled = case((_labelled, 1), else_=0)
    # Which of a stratum stands first is drawn, and those labelled already stand before all others.
    rank = func.row_number().over(
        partition_by=(area, extract("year", said_at), extract("month", said_at)),
        order_by=(labelled.desc(), _draw),
    )
    ranked = (
        _comments(desk)
        .where(or_(_labelled, and_(col(Comment.state) != "waiting", _draw < _share_of(session, desk))))
        .with_only_columns(
            col(Comment.id).label("id"), labelled.label("labelled"), rank.label("rank"), _draw.label("draw")
        )
        .subquery("ranked")
    )
    query = select(ranked.c.id).where(ranked.c.labelled == 0, ranked.c.id.not_in(skip))
    return list(session.scalars(query.order_by(ranked.c.rank, ranked.c.draw, ranked.c.id).limit(most)))


def _share_of(session: Session, desk: Desk) -> int:
    """Below which drawn number about DIVERSE_AMONG of the community's comments lie; all of fewer."""
    tallied = select(func.sum(col(CommentTally.n))).where(col(CommentTally.community_id) == desk.community_id)
    n = int(session.scalar(tallied) or 0)
    return _PRIME if n <= DIVERSE_AMONG else _PRIME * DIVERSE_AMONG // n


def _sampled(session: Session, desk: Desk, skip: set[int]) -> list[int]:
    """What is still unread of the random sample, all of it; it grows by SAMPLE_STEP once it is all read."""
    frame = reviewed(session, desk.community_id)
    for budget in range(SAMPLE_STEP, len(frame) + SAMPLE_STEP, SAMPLE_STEP):
        drawn = draw(frame, budget)
        ids = [int(id_) for id_ in drawn.loc[~drawn["labelled"], "comment_id"] if id_ not in skip]
        if ids:
            return ids
    return []


def _comments(desk: Desk, order: Order | None = None) -> Select[Any]:
    """Ids of the community's comments: all of them, or those that wait for this reviewer in an order."""
    query = with_reading(select(col(Comment.id))).where(col(Comment.community_id) == desk.community_id)
    if order in (Order.TEACHES, Order.SAMPLE):
        return query.where(~_labelled, col(Comment.state) != "waiting")
    if order is Order.URGENT:
        return query.where(~_labelled)
    if order is Order.SECOND:
        readers = _readers(desk.community_id, desk.account_id)
        return query.where(col(Comment.id).in_(select(readers.c.comment_id).where(_for_second(readers))))
    return query


def _readers(community_id: Id, account_id: Id) -> Subquery:
    """Labelled comments of the community: comment_id, n (people who read it), mine (1: this one did).

    Begins at the labels and looks each comment up, for labels are few and comments many.
    """
    place = (
        select(col(Comment.community_id)).where(col(Comment.id) == col(Label.comment_id)).scalar_subquery()
    )
    return (
        select(
            col(Label.comment_id).label("comment_id"),
            func.count(func.distinct(col(Label.account_id))).label("n"),
            func.max(case((col(Label.account_id) == account_id, 1), else_=0)).label("mine"),
        )
        .where(place.scalar_subquery() == community_id)
        .group_by(col(Label.comment_id))
        .subquery("readers")
    )


def _for_second(readers: Subquery) -> ColumnElement[bool]:
    """Drawn for a second reading, read by one person, and not by this one."""
    drawn = readers.c.comment_id * _FACTOR % _PRIME % SECOND_ONE_IN == literal(0)
    return and_(readers.c.n == 1, readers.c.mine == 0, drawn)

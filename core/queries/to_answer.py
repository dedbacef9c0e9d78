"""Comments as those see them who answer: who waits, urgent first, and what the author thinks of the answer.

No data frames: this is a list of work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.words import CHINA
from models.alert import Alert
from models.comment import AnswerToResidents, Classification, Comment, Correction, Label, Verdict

# As many as fit beside the one that is being answered.
PAGE: Final = 10
# Filter of the state: comments without an answer. The first state only says that the comment came in.
OPEN, ONLY_RECEIVED = "open", "received"
# An alert that turned out to be nothing, or was raised for the same matter before, puts nobody first.
FALSE_ALARMS: Final = ("not_danger", "duplicate")
# The list's parts: an alert is open, there was danger, no answer yet, answered. The first three wait.
ALERT, DANGER, WAITING, ANSWERED = range(4)


class WorkFilter(NamedTuple):
    """What the list is narrowed to; empty means all. `month` is 2026-10 in China's time; `state`: OPEN or one
    of taxonomy.ANSWER_STATES, that of the last answer."""

    area: str = ""
    month: str = ""
    state: str = OPEN


WHO_WAITS: Final = WorkFilter()


class WorkKey(NamedTuple):
    """Where a page ended: the part of the list, and the last comment's place in it."""

    part: int
    said_at: datetime
    comment_id: int


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """One comment to answer, redacted. `area` is empty while nobody is sure; `state` that of its last answer.

    `verdict` and `correction` are its author's, or empty. `alert`: there may be or was danger.
    """

    comment_id: int
    text: str
    said_at: datetime
    channel: str
    area: str
    alert: bool
    state: str
    verdict: str
    correction: str


@dataclass(frozen=True, slots=True)
class WorkPage:
    """One page of the list; `after` is where the next begins, None on the last."""

    items: tuple[ToAnswer, ...]
    after: WorkKey | None


class Waiting(NamedTuple):
    """How many comments have no answer, and how many of these may speak of danger."""

    n: int
    urgent: int


_last: Any = aliased(AnswerToResidents, name="last_answer")
_any_answer: Any = aliased(AnswerToResidents, name="any_answer")
_any_label: Any = aliased(Label, name="any_label")
_newest_answer = (
    select(func.max(_any_answer.id))
    .where(_any_answer.comment_id == col(Comment.id))
    .correlate(Comment)
    .scalar_subquery()
)
_newest_label = (
    select(func.max(_any_label.id))
    .where(_any_label.comment_id == col(Comment.id))
    .correlate(Comment)
    .scalar_subquery()
)
_area: ColumnElement[Any] = case(
    (col(Label.id).is_not(None), col(Label.area)),
    (col(Comment.state) == "classified", func.coalesce(col(Classification.area), "")),
    else_="",
)
_answered = exists().where(_any_answer.comment_id == col(Comment.id), _any_answer.state != ONLY_RECEIVED)
_alarmed = exists().where(col(Alert.comment_id) == col(Comment.id), col(Alert.outcome).not_in(FALSE_ALARMS))
_alert_open = exists().where(col(Alert.comment_id) == col(Comment.id), col(Alert.closed_at).is_(None))
_PARTS: Final[tuple[tuple[ColumnElement[bool], ...], ...]] = (
    (_alert_open, ~_answered),
    (_alarmed, ~_alert_open, ~_answered),
    (~_alarmed, ~_answered),
    (_answered,),
)


def _comments(shown: Sequence[Any]) -> Select[Any]:
    """Comments with the reading that holds, the newest label, the last answer and their author's word."""
    return (
        select(*shown)
        .select_from(Comment)
        .outerjoin(Classification, col(Classification.id) == col(Comment.classification_id))
        .outerjoin(Label, col(Label.id) == _newest_label)
        .outerjoin(_last, _last.id == _newest_answer)
        .outerjoin(Verdict, col(Verdict.comment_id) == col(Comment.id))
        .outerjoin(Correction, col(Correction.comment_id) == col(Comment.id))
    )


_SHOWN: Final = (
    col(Comment.id), col(Comment.redacted), col(Comment.said_at), col(Comment.channel), _area, _alarmed,
    func.coalesce(_last.state, ""), func.coalesce(col(Verdict.verdict), ""),
    func.coalesce(col(Correction.area), ""),
)  # fmt: skip


def work_page(
    session: Session,
    community_id: int,
    *,
    only: WorkFilter = WHO_WAITS,
    after: WorkKey | None = None,
    most: int = PAGE,
) -> WorkPage:
    """One page: open alerts first, then past ones, then who waits longest; the answered ones come last.

    `after` is the page before's `after`. Raises ValueError for a month that is none.
    """
    found: list[tuple[int, ToAnswer]] = []
    for part in range(after.part if after else ALERT, ANSWERED + 1):
        if only.state == OPEN and part == ANSWERED:
            break
        query = _comments(_SHOWN).where(
            col(Comment.community_id) == community_id, *_PARTS[part], *_filters(only)
        )
        if after is not None and after.part == part:
            query = query.where(_behind(after))
        query = query.order_by(col(Comment.said_at), col(Comment.id)).limit(most + 1 - len(found))
        found += [(part, ToAnswer(*row)) for row in session.execute(query)]
        if len(found) > most:
            break
    items = tuple(item for _, item in found[:most])
    if len(found) <= most:
        return WorkPage(items, None)
    part, last = found[most - 1]
    return WorkPage(items, WorkKey(part, last.said_at, last.comment_id))


def _behind(key: WorkKey) -> ColumnElement[bool]:
    said_at = col(Comment.said_at)
    return or_(said_at > key.said_at, and_(said_at.in_((key.said_at,)), col(Comment.id) > key.comment_id))


def _filters(only: WorkFilter) -> list[ColumnElement[bool]]:
    rules: list[ColumnElement[bool]] = []
    if only.area:
        rules.append(_area == only.area)
    if only.state and only.state != OPEN:
        # The answers are few: to begin with them spares looking at every comment.
        given = select(_any_answer.comment_id).where(_any_answer.state == only.state)
        rules += [col(Comment.id).in_(given), _last.state == only.state]
    if only.month:
        first = datetime.strptime(only.month, "%Y-%m").replace(tzinfo=CHINA)
        years, months = divmod(first.month, 12)
        until = first.replace(year=first.year + years, month=months + 1)
        rules += [col(Comment.said_at) >= first, col(Comment.said_at) < until]
    return rules


def one_to_answer(session: Session, community_id: int, comment_id: int) -> ToAnswer | None:
    """One comment of the community, whatever list it is on; None when it is gone."""
    query = _comments(_SHOWN).where(col(Comment.community_id) == community_id, col(Comment.id) == comment_id)
    row = session.execute(query).first()
    return ToAnswer(*row) if row else None


def waiting(session: Session, community_id: int) -> Waiting:
    """How many comments wait for an answer."""
    here = (col(Comment.community_id) == community_id, ~_answered)
    query = select(func.count(), func.count(case((_alarmed, 1)))).select_from(Comment).where(*here)
    return Waiting(*map(int, session.execute(query).one()))

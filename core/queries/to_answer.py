"""Comments as those see them who answer: who waits, urgent first, and what the author thinks of the answer.

No data frames: this is a list of work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.words import CHINA
from models.alert import Alert
from models.base import UTCDateTime
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
_HERE: Final = col(Comment.community_id) == bindparam("community_id", type_=BigInteger())
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
        behind = after if after is not None and after.part == part else None
        query = _part(part, bool(only.area), only.state, bool(only.month), behind is not None)
        values = {"community_id": community_id, "most": most + 1 - len(found)} | _values(only, behind)
        found += [(part, ToAnswer(*row)) for row in session.execute(query, values)]
        if len(found) > most:
            break
    items = tuple(item for _, item in found[:most])
    if len(found) <= most:
        return WorkPage(items, None)
    part, last = found[most - 1]
    return WorkPage(items, WorkKey(part, last.said_at, last.comment_id))


# To put such a query together costs more than to run it.
@lru_cache(maxsize=128)
def _part(part: int, of_area: bool, state: str, of_month: bool, behind: bool) -> Select[Any]:
    """One part of the list, narrowed as the filter says; its values are those of `_values`."""
    said_at = col(Comment.said_at)
    rules: list[ColumnElement[bool]] = [_HERE, *_PARTS[part]]
    if of_area:
        rules.append(_area == bindparam("area", type_=String()))
    if state and state != OPEN:
        # The answers are few: to begin with them spares looking at every comment.
        given = select(_any_answer.comment_id).where(_any_answer.state == state)
        rules += [col(Comment.id).in_(given), _last.state == state]
    if of_month:
        rules += [said_at >= _moment("first"), said_at < _moment("until")]
    if behind:
        later = col(Comment.id) > bindparam("behind_id", type_=BigInteger())
        rules.append(or_(said_at > _moment("behind"), and_(said_at.in_((_moment("behind"),)), later)))
    query = _comments(_SHOWN).where(*rules).order_by(said_at, col(Comment.id))
    return query.limit(bindparam("most", type_=Integer()))


def _moment(name: str) -> Any:
    return bindparam(name, type_=UTCDateTime())


def _values(only: WorkFilter, behind: WorkKey | None) -> dict[str, Any]:
    """What the query of a part is asked with. Raises ValueError for a month that is none."""
    found: dict[str, Any] = {"area": only.area} if only.area else {}
    if only.month:
        first = datetime.strptime(only.month, "%Y-%m").replace(tzinfo=CHINA)
        years, months_on = divmod(first.month, 12)
        found |= {"first": first, "until": first.replace(year=first.year + years, month=months_on + 1)}
    if behind is not None:
        found |= {"behind": behind.said_at, "behind_id": behind.comment_id}
    return found


def one_to_answer(session: Session, community_id: int, comment_id: int) -> ToAnswer | None:
    """One comment of the community, whatever list it is on; None when it is gone."""
    query = _comments(_SHOWN).where(col(Comment.community_id) == community_id, col(Comment.id) == comment_id)
    row = session.execute(query).first()
    return ToAnswer(*row) if row else None


def months(session: Session, community_id: int) -> list[str]:
    """The months (2026-10, China's time) from the first comment to the last, the latest first."""
    ends = [
        select(end(col(Comment.said_at))).where(col(Comment.community_id) == community_id).scalar_subquery()
        for end in (func.min, func.max)
    ]
    first, last = session.execute(select(*ends)).one()
    if first is None:
        return []
    begin, end = (at.astimezone(CHINA).year * 12 + at.astimezone(CHINA).month - 1 for at in (first, last))
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(end, begin - 1, -1)]


def waiting(session: Session, community_id: int) -> Waiting:
    """How many comments wait for an answer."""
    return Waiting(*map(int, session.execute(_WAITING, {"community_id": community_id}).one()))


_WAITING: Final = (
    select(func.count(), func.count(case((_alarmed, 1)))).select_from(Comment).where(_HERE, ~_answered)
)

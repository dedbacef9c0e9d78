"""Who is behind a sign-in token, and which communities they may look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, or_, select
from sqlmodel import Session, col

from core.access import Grant, Right, Viewer
from core.queries.rounds import CommunityCard, communities
from core.security import token_hash
from core.settings import settings
from models.account import Account, AccountRole, StaffSession
from models.base import UTCDateTime
from models.place import Community
from models.programme import Contract, ContractCommunity


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A viewer, and when the record last noted that they were active."""

    viewer: Viewer
    seen_at: datetime


_AT: Final = bindparam("at", type_=UTCDateTime())
_IDLE_SINCE: Final = bindparam("idle_since", type_=UTCDateTime())


@cache
def _by_token(*, demo: bool) -> Select[Any]:
    """Who a token belongs to, a row for each of their roles; `demo`: whether demo accounts are usable.

    Asked on every run of every screen, and put together once: that costs more than carrying it out.
    """
    rules = [
        col(Account.active).is_(True),
        or_(col(Account.expires_at).is_(None), col(Account.expires_at) > _AT),
    ]
    if not demo:
        rules.append(col(Account.demo).is_(False))
    shown: tuple[Any, ...] = (
        StaffSession.seen_at,
        Account.id,
        Account.name,
        Account.display,
        AccountRole.role,
        AccountRole.scope,
        AccountRole.scope_id,
    )
    return (
        select(*map(col, shown))
        .join(Account, col(Account.id) == col(StaffSession.account_id))
        .outerjoin(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(
            col(StaffSession.token_hash) == bindparam("token_hash"),
            col(StaffSession.expires_at) > _AT,
            col(StaffSession.seen_at) > _IDLE_SINCE,
            *rules,
        )
        .order_by(col(AccountRole.id))
    )


def signed_in(session: Session, token: str, at: datetime) -> SignedIn | None:
    """Who the token belongs to; None when it is unknown, idle for too long, at its end or not usable."""
    idle_since = at - timedelta(minutes=settings().idle_minutes)
    given = {"token_hash": token_hash(token), "at": at, "idle_since": idle_since}
    rows = session.execute(_by_token(demo=settings().demo), given).all()
    if not rows:
        return None
    seen_at, account_id, name, display, *_ = rows[0]
    grants = tuple(Grant(role, scope, scope_id) for *_, role, scope, scope_id in rows if role)
    return SignedIn(Viewer(account_id, name, display, grants), seen_at)


def viewer_of(session: Session, token: str, at: datetime) -> Viewer | None:
    """The viewer a token belongs to at a moment, if it still counts."""
    found = signed_in(session, token, at)
    return found.viewer if found else None


def communities_for(session: Session, viewer: Viewer, right: Right) -> list[CommunityCard]:
    """The communities where the viewer has the right, in the order they were made."""
    grants = viewer.granting(right)
    if not grants:
        return []
    found = communities(session)
    if any(grant.scope == "all" for grant in grants):
        return found
    ids = {id_ for grant in grants for id_ in _within(session, grant)}
    return [card for card in found if card.community_id in ids]


def _within(session: Session, grant: Grant) -> list[int]:
    """Ids of the communities a grant's scope covers."""
    if grant.scope == "community":
        return [] if grant.scope_id is None else [grant.scope_id]
    if grant.scope == "subdistrict":
        query = select(col(Community.id)).where(col(Community.subdistrict_id) == grant.scope_id)
        return list(session.scalars(query))
    query = select(col(ContractCommunity.community_id)).join(
        Contract, col(Contract.id) == col(ContractCommunity.contract_id)
    )
    bought = {"provider": col(Contract.provider_id), "contract": col(Contract.id)}
    return list(session.scalars(query.where(bought[grant.scope] == grant.scope_id)))

"""What is provided, entered: provider → contract → programme → activity → attendance, and other provision.

Each function takes a row that is not stored yet, checks what the database cannot, and returns its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from math import isclose

from sqlalchemy import select
from sqlmodel import Session, col

from core.actions.audit import audit
from core.errors import Invalid, NotFound
from core.words import say
from models.base import Base
from models.place import Community, Grid
from models.programme import (
    Activity,
    Contract,
    ContractCommunity,
    OtherProvision,
    Programme,
    ProgrammeNeed,
    Provider,
    ServiceUser,
)
from models.taxonomy import AGE_LABELS, AREA_LABELS, GROUPS, SEX_LABELS

Coded = Provider | Contract | Programme | Activity | ServiceUser


@dataclass(frozen=True, slots=True)
class Serves:
    """A need item a programme serves: `places` at each of `sessions`, of which one person needs some.

    `grid_id` only where the service is bound to a grid.
    """

    need: str
    places: int
    sessions: int = 1
    sessions_per_person: int = 1
    grid_id: int | None = None


def persons_served(places: int, sessions: int, sessions_per_person: int) -> int:
    """How many persons can be served: places × sessions ÷ sessions each person needs, rounded down."""
    return places * sessions // sessions_per_person


def add_provider(session: Session, provider: Provider) -> int:
    """A provider; raises Invalid when its code is taken."""
    return _stored(session, provider)


def add_contract(session: Session, contract: Contract, communities: Sequence[int]) -> int:
    """A contract and the communities it covers.

    Raises Invalid (code taken, dates, tranches that are not the whole), NotFound (provider, community).
    """
    if session.get(Provider, contract.provider_id) is None:
        raise NotFound(say("programmes.unknown_provider"))
    if not isclose(sum(contract.tranches), 1, abs_tol=1e-9) or min(contract.tranches, default=0) < 0:
        raise Invalid(say("programmes.tranches_wrong"))
    if contract.amount_fen < 0:
        raise Invalid(say("programmes.below_zero"))
    _check_dates(contract)
    if not communities:
        raise Invalid(say("programmes.no_community"))
    id_ = _stored(session, contract)
    for community_id in dict.fromkeys(communities):
        _community(session, community_id)
        session.add(ContractCommunity(contract_id=id_, community_id=community_id))
    session.flush()
    return id_


def add_programme(session: Session, programme: Programme, needs: Sequence[Serves] = ()) -> int:
    """A programme and the need items it serves; the persons of each are computed here.

    Raises Invalid (code taken, dates, area, group, a need twice), NotFound (community, contract, grid).
    """
    _community(session, programme.community_id)
    _check_area(programme.area)
    _check_groups(programme.groups)
    _check_dates(programme)
    if programme.contract_id is not None:
        _check_covered(session, programme.contract_id, programme.community_id)
    keys = sorted((need.need, need.grid_id or 0) for need in needs)
    if any(len(list(same)) > 1 for _, same in groupby(keys)):
        raise Invalid(say("programmes.need_twice"))
    id_ = _stored(session, programme)
    for need in needs:
        _check_grid(session, need.grid_id, programme.community_id)
        if need.places < 0 or need.sessions < 1 or need.sessions_per_person < 1:
            raise Invalid(say("programmes.below_zero"))
        persons = persons_served(need.places, need.sessions, need.sessions_per_person)
        session.add(ProgrammeNeed(programme_id=id_, persons=persons, **asdict(need)))
    session.flush()
    return id_


def add_other_provision(session: Session, other: OtherProvision) -> int:
    """What somebody else provides; raises Invalid without source or below zero, NotFound."""
    _community(session, other.community_id)
    _check_grid(session, other.grid_id, other.community_id)
    if other.persons < 0:
        raise Invalid(say("programmes.below_zero"))
    if not other.source.strip():
        raise Invalid(say("programmes.no_source"))
    session.add(other)
    return _noted(session, other, other.__tablename__)


def add_activity(session: Session, activity: Activity) -> int:
    """An activity; raises Invalid (code taken, area), NotFound (community, programme of that community)."""
    _community(session, activity.community_id)
    _check_area(activity.area)
    if activity.programme_id is not None:
        programme = session.get(Programme, activity.programme_id)
        if programme is None or programme.community_id != activity.community_id:
            raise NotFound(say("programmes.unknown_programme"))
    return _stored(session, activity)


def add_service_user(session: Session, card: ServiceUser) -> int:
    """A pseudonymous card; raises Invalid (code taken, strata), NotFound (community, grid)."""
    _community(session, card.community_id)
    _check_grid(session, card.grid_id, card.community_id)
    _check_groups(card.groups)
    if card.age_band not in AGE_LABELS or card.sex not in SEX_LABELS:
        raise Invalid(say("programmes.strata_wrong"))
    return _stored(session, card)


def _stored(session: Session, row: Coded) -> int:
    """Store a row with a code; raises Invalid when the code is taken."""
    kind = type(row)
    if session.scalars(select(col(kind.id)).where(col(kind.code) == row.code)).first() is not None:
        raise Invalid(say("programmes.code_taken", code=row.code))
    session.add(row)
    return _noted(session, row, str(kind.__tablename__))


def _noted(session: Session, row: Base, name: str) -> int:
    session.flush()
    id_ = int(row.id)  # type: ignore[attr-defined]
    audit(session, f"{name}.added", name[:20], id_)
    return id_


def _community(session: Session, community_id: int) -> None:
    if session.get(Community, community_id) is None:
        raise NotFound.say("unknown_community", name=community_id)


def _check_covered(session: Session, contract_id: int, community_id: int) -> None:
    if session.get(ContractCommunity, (contract_id, community_id)) is None:
        raise NotFound(say("programmes.unknown_contract"))


def _check_grid(session: Session, grid_id: int | None, community_id: int) -> None:
    grid = session.get(Grid, grid_id) if grid_id is not None else None
    if grid_id is not None and (grid is None or grid.community_id != community_id):
        raise NotFound.say("unknown_grid")


def _check_dates(row: Contract | Programme) -> None:
    if row.ends_on < row.starts_on:
        raise Invalid(say("programmes.dates_wrong"))


def _check_area(area: str) -> None:
    if area not in AREA_LABELS:
        raise Invalid(say("programmes.unknown_area", area=area))


def _check_groups(groups: str) -> None:
    for group in groups.split(";") if groups else ():
        if group not in GROUPS:
            raise Invalid(say("programmes.unknown_group", group=group))

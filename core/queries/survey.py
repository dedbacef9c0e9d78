"""One needs round as the estimates take it: its need items, and its frames with population and provision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Select, select
from sqlmodel import Session, col

from core.analysis.survey import NeedItem, SurveyFrames
from core.errors import NotFound
from core.queries import provision as asking
from core.queries.tally import asked, cells, counts
from core.questionnaires.counting import ANY
from core.questionnaires.load import parse
from core.questionnaires.schema import Definition
from core.words import CHINA
from models.base import now
from models.place import Community
from models.questionnaire import Questionnaire, Round


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round and where it is asked; `closes_at` is null while nobody has set an end."""

    definition: Definition
    round_id: int
    code: str
    name: str
    community_id: int
    synthetic: bool
    opens_at: datetime
    closes_at: datetime | None


def rounds_of(session: Session, community_id: int | None, kind: str) -> list[RoundCard]:
    """The rounds of a kind (needs, feedback) that have opened, the newest first; None: of every community."""
    query = _rounds().where(col(Questionnaire.kind) == kind, col(Round.opens_at) <= now())
    if community_id is not None:
        query = query.where(col(Round.community_id) == community_id)
    found = session.execute(query.order_by(col(Round.opens_at).desc(), col(Round.id).desc()))
    return [_card(row) for row in found]


def newest_round(session: Session, community_id: int | None, kind: str = "needs") -> RoundCard | None:
    """The round of a kind that opened last; None when none has."""
    found = rounds_of(session, community_id, kind)
    return found[0] if found else None


def round_named(session: Session, code: str) -> RoundCard:
    """The round of a code; raises NotFound."""
    row = session.execute(_rounds().where(col(Round.code) == code)).first()
    if row is None:
        raise NotFound.say("unknown_round")
    return _card(row)


def _rounds() -> Select[Any]:
    shown = (
        Questionnaire.definition, Round.id, Round.code, Round.name, Round.community_id, Community.synthetic,
        Round.opens_at, Round.closes_at,
    )  # fmt: skip
    return (
        select(*map(col, shown))
        .join_from(Round, Questionnaire)
        .join(Community, col(Community.id) == col(Round.community_id))
    )


def _card(row: Sequence[Any]) -> RoundCard:
    return RoundCard(parse(row[0]), *row[1:])


def needs_of(definition: Definition) -> list[NeedItem]:
    """The need items in the questionnaire's order: each choice with an area at a question about needs."""
    return [
        NeedItem(
            str(choice.code), question.code, choice.area, question.eligible.age_from, question.eligible.age_to
        )
        for question in definition.questions
        if question.eligible and question.kind == "multiple" and question.counted
        for choice in question.choices
        if choice.area
    ]


def areas_of(definition: Definition) -> list[NeedItem]:
    """One item for each area asked about: persons who ticked any need of it. `code` is the area's."""
    owners: dict[str, list[NeedItem]] = {}
    for item in needs_of(definition):
        owners.setdefault(item.area, []).append(item)
    return [replace(_owner(items), code=area) for area, items in owners.items()]


def _owner(items: Sequence[NeedItem]) -> NeedItem:
    """Whoever was asked the area's question is the base; where several ask about it, who was asked any."""
    if len({item.question for item in items}) == 1:
        return items[0]
    ages = min(item.age_from for item in items), max(item.age_to for item in items)
    return NeedItem("", ANY, items[0].area, *ages)


def survey_frames(session: Session, found: RoundCard, *, at: datetime | None = None) -> SurveyFrames:
    """Everything `core.analysis.estimates.estimate` needs to know of a round and its community.

    Holds the items of `needs_of` and of `areas_of`. Provision is what runs on the day of `at` (now), or ran
    on the round's last day once it has closed.
    """
    areas = areas_of(found.definition)
    questions = sorted({item.question for item in [*needs_of(found.definition), *areas]} | {ANY})
    taken = counts(session, found.round_id, questions)
    owner = {item.code: item.question for item in areas}
    taken["question"] = taken["item"].map(owner).fillna(taken["question"])
    return SurveyFrames(
        cells=cells(session, found.round_id),
        counts=taken,
        asked=asked(session, found.round_id, questions),
        population=asking.population(session, found.community_id),
        provision=supply(session, found, at=at),
    )


def provided_on(closes_at: datetime | None, at: datetime) -> date:
    """The day whose provision stands against a round's demand: that of `at`, or the round's last one."""
    return (min(closes_at, at) if closes_at else at).astimezone(CHINA).date()


def supply(session: Session, found: RoundCard, *, at: datetime | None = None) -> pd.DataFrame:
    """Own programmes and other providers, in persons: item, grid (null = all), provision, reached, own.

    `own` tells the community's programmes (True) from others' (False); `reached` is known of own ones only.
    """
    on = provided_on(found.closes_at, at or now())
    others = asking.other_provision(session, found.community_id)
    parts = [
        asking.provision(session, found.community_id, on).assign(own=True),
        asking.reached(session, found.community_id, on).assign(own=True),
        others.rename(columns={"persons": "provision"}).assign(own=False),
    ]
    types = {"grid": "Int64", "provision": "Int64", "reached": "Int64", "own": "bool"}
    columns = ["item", *types]
    return pd.concat([part.reindex(columns=columns).astype(types) for part in parts], ignore_index=True)

"""The demo's services: provider, contract, programmes, a year of activities and who came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlmodel import Session

from core.actions.attendance import attend
from core.actions.demo_feedback import Attended
from core.actions.demo_people import age_class, cells
from core.actions.place_file import Place
from core.actions.programmes import (
    Serves,
    add_activity,
    add_contract,
    add_other_provision,
    add_programme,
    add_provider,
    add_service_user,
)
from core.words import CHINA
from models.programme import (
    Activity,
    Contract,
    OtherProvision,
    Programme,
    Provider,
    ServiceUser,
)

YEAR, MONTH = 365, 30
# Of those who come, the share with a card; the others count as attendances only.
WITH_CARD = 0.86
KEEN = 0.5
NOTICE = "2026-11"


@dataclass(frozen=True, slots=True)
class Here:
    """Where the demo stands: community, grid ids by code, and the moment it is loaded."""

    community_id: int
    grids: Mapping[str, int]
    at: datetime

    @property
    def today(self) -> date:
        """The day in China."""
        return self.at.astimezone(CHINA).date()

    def contract_began(self, months_ago: int) -> date:
        """The first of the month so many months ago."""
        months = self.today.year * 12 + self.today.month - 1 - months_ago
        return date(months // 12, months % 12 + 1, 1)


def provide(
    session: Session, rng: np.random.Generator, plan: Mapping[str, Any], *, here: Here, place: Place
) -> list[Attended]:
    """Store all services of data/seed/programmes.yaml; the activities that took place."""
    starts_on = here.contract_began(plan["contract_began_months_ago"])
    programmes = _programmes(session, plan, here, starts_on)
    for item, name, kind, persons, unit, grid, source in plan["other"]:
        other = OtherProvision(
            community_id=here.community_id, need=item, name=name, kind=kind, persons=persons,
            dose_unit=unit, grid_id=here.grids[grid] if grid else None, source=source, as_of=starts_on,
        )  # fmt: skip
        add_other_provision(session, other)
    cards = _cards(session, rng, plan, here=here, place=place)
    taking_place = sorted(_activities(plan, here, programmes, starts_on), key=lambda one: one[0].starts_at)
    circles: dict[str, list[int]] = {}
    attended = []
    for activity, series in taking_place:
        activity_id = add_activity(session, activity)
        if activity.starts_at + timedelta(minutes=activity.minutes) < here.at:
            circle = circles.setdefault(series["code"], _circle(rng, cards[series["cards"]], series))
            heads = _come(session, rng, (activity_id, activity), circle=circle, series=series)
            ends_at = activity.starts_at + timedelta(minutes=activity.minutes)
            attended.append(Attended(activity_id, activity.area, activity.need or "", ends_at, heads))
    return attended


def _programmes(
    session: Session, plan: Mapping[str, Any], here: Here, starts_on: date
) -> dict[str, Programme]:
    ends_on = date(starts_on.year + 1, starts_on.month, 1) - timedelta(days=1)
    provider_id = add_provider(session, Provider(**plan["provider"]))
    contract = Contract(provider_id=provider_id, starts_on=starts_on, ends_on=ends_on, **plan["contract"])
    contract_id = add_contract(session, contract, [here.community_id])
    found = {}
    for spec in plan["programmes"]:
        facts = {key: value for key, value in spec.items() if key != "needs"}
        programme = Programme(
            community_id=here.community_id, contract_id=contract_id, starts_on=starts_on, ends_on=ends_on,
            **facts,
        )  # fmt: skip
        needs = [
            Serves(item, places, sessions, each, here.grids[grid] if grid else None)
            for item, places, sessions, each, grid in spec["needs"]
        ]
        add_programme(session, programme, needs)
        found[programme.code] = programme
    return found


def _cards(
    session: Session, rng: np.random.Generator, plan: Mapping[str, Any], *, here: Here, place: Place
) -> dict[str, list[int]]:
    """Service users' cards by age class; strata as the residents', some grids more often."""
    residents, k = cells(place), 0
    found: dict[str, list[int]] = {}
    for kind, spec in plan["cards"].items():
        strata = [cell for cell in residents if age_class(cell[1]) == kind]
        weights = np.array([residents[cell] * spec["grid"].get(cell[0], 1.0) for cell in strata])
        drawn = rng.choice(len(strata), size=spec["n"], p=weights / weights.sum())
        found[kind] = []
        for grid, age, sex in (strata[i] for i in drawn):
            k += 1
            groups = _groups(age, alone=kind == "elder" and rng.random() < plan["alone"])
            card = ServiceUser(
                code=f"D{k:05d}", community_id=here.community_id, grid_id=here.grids[grid], age_band=age,
                sex=sex, groups=groups, notice_version=NOTICE, since_on=here.today - timedelta(days=YEAR),
            )  # fmt: skip
            found[kind].append(add_service_user(session, card))
    return found


def _groups(age: int, *, alone: bool) -> str:
    by_age = {"child": ["age0_17"], "elder": ["age60"], "adult": []}[age_class(age)]
    return ";".join([*by_age, *(["age80"] if age == 9 else []), *(["alone"] if alone else [])])


def _activities(
    plan: Mapping[str, Any], here: Here, programmes: Mapping[str, Programme], starts_on: date
) -> Iterator[tuple[Activity, Mapping[str, Any]]]:
    for series in plan["series"]:
        programme = programmes.get(series["programme"] or "")
        first = starts_on if programme else here.today - timedelta(days=YEAR)
        days = YEAR if programme else YEAR + MONTH
        for k in range(series["count"]):
            day = first + timedelta(days=int((k + 0.5) * days / series["count"]))
            # to the series' weekday within ± 3 days, so a month never loses its meeting
            day += timedelta(days=(series["weekday"] - day.weekday() + 3) % 7 - 3)
            at = datetime.combine(day, time(series["hour"]), CHINA).astimezone(UTC)
            topic = series["topics"][k % len(series["topics"])]
            activity = Activity(
                code=f"d-{series['code']}-{k + 1:02d}",
                community_id=here.community_id,
                programme_id=programme.id if programme else None,
                name=series["name"].format(topic=topic, k=k + 1, month=day.month),
                area=programme.area if programme else series["area"],
                need=series["need"],
                starts_at=at,
                minutes=series["minutes"],
                venue=series["venue"],
                capacity=series["capacity"],
                needs_contact=series.get("contact", False),
            )
            yield activity, series


def _circle(rng: np.random.Generator, cards: list[int], series: Mapping[str, Any]) -> list[int]:
    """The cards that may come to a series: its circle, or everybody of the class."""
    size = min(series["circle"], len(cards)) or len(cards)
    return [cards[int(i)] for i in rng.permutation(len(cards))[:size]]


def _come(
    session: Session,
    rng: np.random.Generator,
    activity: tuple[int, Activity],
    *,
    circle: list[int],
    series: Mapping[str, Any],
) -> int:
    """Sign in who came to one activity; how many they were. The first of a circle come most often."""
    activity_id, facts = activity
    wanted = max(1, round(series["come"] * (1 + 0.12 * rng.standard_normal())))
    heads = int(min(wanted, series["capacity"] or wanted))
    keen = 1 / (np.arange(len(circle)) + len(circle) * KEEN)
    k = min(round(heads * WITH_CARD), len(circle))
    drawn = rng.choice(len(circle), size=k, replace=False, p=keen / keen.sum())
    cards = [circle[int(i)] for i in sorted(drawn)]
    attend(session, activity_id, cards, heads=heads - k, at=facts.starts_at)
    return heads

"""Loading D社区（示范）: a synthetic community with a year behind it. See data/seed/README.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from core import database
from core.actions import round_cache
from core.actions.audit import audit
from core.actions.community import init_community, load_place
from core.actions.demo_answers import Filling
from core.actions.demo_comments import handed_out
from core.actions.demo_feedback import Attended, feedback
from core.actions.demo_people import Person, people
from core.actions.demo_services import Here, provide
from core.actions.fold import fold_all
from core.actions.place_file import Place
from core.actions.rounds import NewRound, open_round, publish_questionnaire
from core.actions.seed_data import PLACE, SeedComment, seed_comments, seed_plan
from core.actions.submit import Submission, save_responses
from core.errors import Invalid
from core.questionnaires.load import load_shipped
from core.questionnaires.schema import Definition
from core.words import CHINA, say
from models.account import AuditEntry
from models.base import now
from models.place import Building, Community, Grid
from models.questionnaire import Round

NEEDS, FEEDBACK = "needs-v1", "feedback-v1"
DEED = "demo.loaded"
# Residents answer in the waking hours.
FIRST_HOUR, LAST_HOUR = 7.5, 21.5
# What only the young themselves would say: from 14 on they answer for themselves.
TEEN, TEEN_BAND = "teen", 3


@dataclass(frozen=True, slots=True)
class DemoLoaded:
    """What was loaded: ids of the community and its rounds, and how much is in them."""

    community_id: int
    needs_round_id: int
    earlier_round_id: int
    feedback_round_id: int
    needs_responses: int
    earlier_responses: int
    feedback_responses: int
    activities: int


@dataclass(frozen=True, slots=True)
class _Base:
    """What stands before the answers come: places, rounds, activities that took place."""

    here: Here
    buildings: Mapping[tuple[str, str], int]
    rounds: Mapping[str, Round]
    attended: Sequence[Attended]


def demo_loaded(session: Session) -> bool:
    """Whether the demo community is loaded completely."""
    query = select(col(AuditEntry.id)).where(col(AuditEntry.deed) == DEED).limit(1)
    return session.scalars(query).first() is not None


def load_demo(at: datetime | None = None) -> DemoLoaded:
    """Load D社区（示范） into a record that has no community of its code; dates count back from `at` (now).

    The same moment gives the same record. Services are one transaction, answers the next; the community
    stands complete once `demo_loaded` says so. Raises Invalid when its code is taken (also by a load that
    was cut short), Unavailable.
    """
    moment = at or now()
    place, plan = load_place(PLACE), seed_plan("answers")
    # How many activities a year has depends on the calendar: the answers draw from a stream of their own.
    services, rng = np.random.default_rng(plan["seed"]).spawn(2)
    with database.writing() as session:
        if session.scalars(select(Community).where(col(Community.code) == place.community.code)).first():
            raise Invalid(say("demo.there" if demo_loaded(session) else "demo.torn", name=place.name))
        base = _stand(session, services, place, at=moment)
    round_cache.forget()
    definition = load_shipped(NEEDS)
    sheets = {
        kind: _needs(rng, plan, (place, definition), base=base, kind=kind) for kind in ("earlier", "needs")
    }
    sheets["feedback"] = _feedback(rng, plan, base)
    stored = {kind: len(save_responses(found)) for kind, found in sheets.items()}
    fold_all()
    with database.writing() as session:
        audit(session, DEED, "community", base.here.community_id)
    return DemoLoaded(
        base.here.community_id,
        **{f"{kind}_round_id": _id(found) for kind, found in base.rounds.items()},
        **{f"{kind}_responses": n for kind, n in stored.items()},
        activities=len(base.attended),
    )


def _stand(session: Session, rng: np.random.Generator, place: Place, *, at: datetime) -> _Base:
    """Places, questionnaires, rounds and services, in one transaction."""
    community_id = init_community(session, place)
    grids = {
        g.code: _id(g) for g in session.scalars(select(Grid).where(col(Grid.community_id) == community_id))
    }
    code_of = {id_: code for code, id_ in grids.items()}
    found = session.scalars(select(Building).where(col(Building.grid_id).in_(code_of)))
    buildings = {(code_of[b.grid_id], b.code): _id(b) for b in found}
    here = Here(community_id, grids, at)
    for code in (NEEDS, FEEDBACK):
        publish_questionnaire(session, load_shipped(code))
    rounds = {new.code: _round(session, new) for new in _rounds(here)}
    attended = provide(session, rng, seed_plan("programmes"), here=here, place=place)
    of_kind = dict(zip(("earlier", "feedback", "needs"), rounds.values(), strict=True))
    session.expunge_all()
    return _Base(here, buildings, of_kind, attended)


def _rounds(here: Here) -> list[NewRound]:
    """The earlier needs round (closed), the standing feedback round, the open needs round."""
    plan, year = seed_plan("answers"), here.today.year
    closed = _midnight(here, plan["earlier"]["ended"])
    spans = {
        "earlier": (closed - timedelta(days=plan["earlier"]["days"]), closed),
        "feedback": (_midnight(here, 400), None),
        "needs": (_midnight(here, plan["needs"]["days"]), _midnight(here, -plan["needs"]["closes_in"])),
    }
    asked = {"earlier": NEEDS, "feedback": FEEDBACK, "needs": NEEDS}
    codes = {"earlier": f"d-needs-{closed.year}", "feedback": "d-feedback", "needs": f"d-needs-{year}"}
    names = {
        "earlier": say("demo.round_earlier", year=closed.year),
        "feedback": say("demo.round_feedback"),
        "needs": say("demo.round_needs", year=year),
    }
    return [
        NewRound(here.community_id, asked[kind], codes[kind], names[kind], *span)
        for kind, span in spans.items()
    ]


def _midnight(here: Here, days_ago: int) -> datetime:
    return datetime.combine(here.today - timedelta(days=days_ago), time.min, CHINA).astimezone(UTC)


def _round(session: Session, new: NewRound) -> Round:
    return session.get_one(Round, open_round(session, new))


def _id(row: Grid | Building | Round | Community) -> int:
    assert row.id is not None
    return row.id


def _needs(
    rng: np.random.Generator,
    plan: Mapping[str, Any],
    asked: tuple[Place, Definition],
    *,
    base: _Base,
    kind: str,
) -> list[Submission]:
    """The sheets of one needs round, by time of receipt."""
    place, definition = asked
    found = people(rng, place, plan, plan[kind]["responses"])
    sheets = Filling(rng, plan, definition, found).fill()
    if kind == "needs":
        _say(rng, sheets, found, round(plan["comments"] * len(found)))
    round_ = base.rounds[kind]
    times = _times(
        rng, round_.opens_at, until=min(round_.closes_at or base.here.at, base.here.at), n=len(found)
    )
    made = [
        Submission(
            round_id=_id(round_),
            answers=sheet | {"grid": _place(person, base)},
            key=f"demo-{kind}-{i:04d}",
            mode=person.mode,
            collector=person.collector,
            short=person.short,
            seconds=person.seconds,
            received_at=moment,
        )
        for i, (person, sheet, moment) in enumerate(zip(found, sheets, times, strict=True))
    ]
    return sorted(made, key=lambda sheet: (sheet.received_at or base.here.at, sheet.key))


def _place(person: Person, base: _Base) -> dict[str, int]:
    if not person.grid:
        return {}
    building = {"building": base.buildings[person.grid, person.building]} if person.building else {}
    return {"grid": base.here.grids[person.grid]} | building


def _say(rng: np.random.Generator, sheets: list[dict[str, Any]], found: Sequence[Person], most: int) -> None:
    def _fits(said: SeedComment, i: int) -> bool:
        person = found[i]
        in_grid = not said.grids or person.grid in said.grids
        return in_grid and said.who in ("any", person.age_class, TEEN if person.age == TEEN_BAND else "any")

    comments = seed_comments("needs_comments")
    for i, text in handed_out(rng, comments, _fits, n=len(found), most=most).items():
        sheets[i]["open"] = text


def _feedback(rng: np.random.Generator, plan: Mapping[str, Any], base: _Base) -> list[Submission]:
    rated = [one for one in base.attended if one.area in plan["feedback_rating"]]
    sheets = feedback(rng, plan, rated, comments=seed_comments("feedback_comments"), until=base.here.at)
    return [replace(sheet, round_id=_id(base.rounds["feedback"])) for sheet in sheets]


def _times(rng: np.random.Generator, start: datetime, *, until: datetime, n: int) -> list[datetime]:
    """n moments from `start` on, more at the beginning than later, in waking hours, all before `until`."""
    days = max(1, (until - start).days)
    found = []
    for _ in range(n):
        day = int(days * rng.beta(1.0, 1.6))
        hours = FIRST_HOUR + (LAST_HOUR - FIRST_HOUR) * rng.beta(2.2, 2.0)
        found.append(min(start + timedelta(days=day, hours=float(hours)), until - timedelta(minutes=1)))
    return found

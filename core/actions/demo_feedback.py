"""The demo's feedback: who of those who came rated an activity, how, and what they said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from core.actions.demo_answers import DISPOSED, FIVE
from core.actions.demo_comments import handed_out
from core.actions.seed_data import SeedComment
from core.actions.seed_draw import Floats, one_each, ranked, whole
from core.actions.submit import Submission

ITEMS = ("gain", "content", "worker", "arrange")
PLEASED, DISPLEASED = 4.25, 3.25
MEAN_HOURS = 7.5
WAYS = {("screen", "self"): 0.5, ("kiosk", "kiosk"): 0.25, ("paper", "paper"): 0.15, ("plain", "self"): 0.1}


@dataclass(frozen=True, slots=True)
class Attended:
    """An activity that took place: whoever rates it was one of `heads`."""

    activity_id: int
    area: str
    need: str
    ends_at: datetime
    heads: int


def ratings(
    rng: np.random.Generator, plan: Mapping[str, Any], attended: Sequence[Attended], n: int
) -> list[tuple[Attended, dict[str, Any]]]:
    """n ratings, more of larger activities (as the root of who came); exactly the planted shares by area."""
    per = whole(np.sqrt([a.heads for a in attended]), n)
    found: list[tuple[Attended, dict[str, Any]]] = []
    for area, spec in plan["feedback_rating"].items():
        of_area = [a for a, k in zip(attended, per, strict=True) if a.area == area for _ in range(k)]
        content = rng.standard_normal(len(of_area))
        columns = {item: _rated(rng, content, spec[item]) for item in ITEMS}
        columns["again"] = one_each(rng, len(of_area), {1: spec["again"], 2: 1 - spec["again"]})
        found += [(a, {item: columns[item][i] for item in columns}) for i, a in enumerate(of_area)]
    return found


def _rated(rng: np.random.Generator, content: Floats, shares: Sequence[float]) -> list[int]:
    mood = DISPOSED * content + rng.standard_normal(len(content))
    return ranked(mood, dict(zip(FIVE, shares, strict=True)))


def mood_of(answers: Mapping[str, Any]) -> str:
    """pos, neu or neg: how a rating as a whole reads."""
    mean = sum(answers[item] for item in ITEMS) / len(ITEMS)
    return "pos" if mean >= PLEASED else "neg" if mean <= DISPLEASED else "neu"


def feedback(
    rng: np.random.Generator,
    plan: Mapping[str, Any],
    attended: Sequence[Attended],
    *,
    comments: Sequence[SeedComment],
    until: datetime,
) -> list[Submission]:
    """The demo's feedback sheets by time of receipt; `round_id` is still 0, keys are fixed."""
    wanted = plan["feedback"]
    rated = ratings(rng, plan, attended, wanted["responses"])
    most = round(wanted["comments"] * len(rated))

    def _fits(said: SeedComment, i: int) -> bool:
        activity, answers = rated[i]
        return (
            said.area in (activity.area, "any")
            and said.need in (activity.need, "")
            and said.mood == mood_of(answers)
        )

    texts = handed_out(rng, comments, _fits, n=len(rated), most=most)
    ways = one_each(rng, len(rated), WAYS)
    sheets = []
    for i, (activity, answers) in enumerate(rated):
        later = activity.ends_at + timedelta(hours=float(rng.exponential(MEAN_HOURS)))
        said = {"suggest": texts[i]} if i in texts else {}
        sheets.append(_sheet(i, activity, answers | said, way=ways[i], at=min(later, until)))
    return sorted(sheets, key=lambda sheet: (sheet.received_at or until, sheet.key))


def _sheet(
    i: int, activity: Attended, answers: dict[str, Any], *, way: tuple[str, str], at: datetime
) -> Submission:
    return Submission(
        round_id=0,
        answers=answers,
        key=f"demo-feedback-{i:04d}",
        mode=way[0],
        collector=way[1],
        short=True,
        activity_id=activity.activity_id,
        received_at=at,
    )

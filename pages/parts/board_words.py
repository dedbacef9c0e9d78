"""看回应 in words, for both doors: need figures with their range, answers, topics, activities to come.

Each item is a title and its lines; whoever draws them escapes them. Knows no Streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from core.actions.round_cache import round_facts
from core.analysis.suppression import SMALLEST_SHOWN
from core.queries.board import ComingActivity, PublishedAnswer, PublishedResult
from core.queries.topics import PublicTopic
from core.questionnaires.translate import translated
from core.words import CHINA, clock, day, label, say, spoken
from models.taxonomy import ANSWER_STATES, AREA_LABELS

# How far ahead activities are shown, and of how long ago what residents said.
AHEAD: Final = timedelta(days=60)
TOPICS_OF: Final = timedelta(days=90)
_CROSSED: Final = ("grid", "age_band", "sex")


class Item(NamedTuple):
    """One thing on the board: its title, and what is said about it line by line (none empty)."""

    title: str
    lines: tuple[str, ...]


def area_name(code: str) -> str:
    """The service area as residents read it."""
    return label(f"area.{code}", AREA_LABELS.get(code, code))


def on(wanted: date) -> str:
    """A date as residents read it: 2026 年 10 月 8 日."""
    return day(datetime.combine(wanted, time(12), CHINA))


def need_labels(round_id: int) -> dict[str, str]:
    """The questionnaire's own words for each need item, in the language spoken."""
    questions = translated(round_facts(round_id).definition, spoken()).questions
    return {str(c.code): c.label for q in questions if q.eligible for c in q.choices}


def figure_rows(result: PublishedResult) -> list[dict[str, Any]]:
    """The published rows of the whole community, item by item, the most needed first."""
    whole = [row for row in result.figures if row.get("need") and not any(row.get(c) for c in _CROSSED)]
    return sorted(whole, key=lambda row: -(row.get("persons") or 0))


def figure(row: Mapping[str, Any], labels: Mapping[str, str]) -> Item:
    """One published figure: how many persons, between what and what, resting on how many."""
    title = labels.get(str(row["need"]), str(row["need"]))
    if row.get("n") is None or row.get("persons") is None:
        return Item(title, (say("resident.board.share_hidden"),))
    low, high = round(row["low"]), round(row["high"])
    base = say("resident.board.share_base", n=f"{round(row['n']):,}")
    return Item(title, (say("resident.board.share_range", low=f"{low:,}", high=f"{high:,}"), base))


def answer(given: PublishedAnswer) -> Item:
    """One public answer: what it is about, how many said so, its state, why, by whom and until when."""
    enough = (given.voices or 0) >= SMALLEST_SHOWN
    state = label(f"answer_state.{given.state}", ANSWER_STATES[given.state])
    lines = (
        say("resident.board.voices", n=f"{given.voices:,}") if enough else "",
        say("resident.receipt.answered", state=state, day=day(given.answered_at)),
        given.reason,
        say("resident.receipt.owner", owner=given.owner) if given.owner else "",
        say("resident.receipt.due", day=on(given.due_on)) if given.due_on else "",
    )
    return Item(given.topic or area_name(given.area), tuple(filter(None, lines)))


def topic(found: PublicTopic) -> Item:
    """One topic by its approved title, and how many spoke of it."""
    return Item(found.title, (say("resident.board.voices", n=f"{found.voices:,}"),))


def activity(coming: ComingActivity) -> Item:
    """One activity to come: when, where, and how many places are left."""
    when = say(
        "resident.board.when", day=day(coming.starts_at), clock=clock(coming.starts_at), venue=coming.venue
    )
    return Item(coming.name, (when, places(coming.free)))


def places(free: int | None) -> str:
    """How many places are left; None is without a limit."""
    if free is None:
        return say("resident.board.unlimited")
    return say("resident.board.free", n=f"{free:,}") if free else say("resident.board.full")

"""看回应: what residents need, what became of what they said, what they can join."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from html import escape
from typing import Any

import streamlit as st

from core import database
from core.actions.round_cache import round_facts
from core.queries.board import (
    ComingActivity,
    PublishedAnswer,
    PublishedResult,
    coming_activities,
    latest_result,
    published_answers,
)
from core.queries.topics import PublicTopic, public_topics
from core.words import clock, day, say
from models.base import now
from models.taxonomy import ANSWER_STATES, AREA_LABELS
from pages.parts import here

AHEAD, TOPICS_OF = timedelta(days=60), timedelta(days=90)
# So many items are shown at once, the others on a tap.
FIRST_FIGURES = 8
CROSSED = ("grid", "age_band", "sex")


def section(title: str, items: list[str], nothing: str, *, first: int = 99) -> None:
    """A heading with a list of ready-made items, the `first` at once; or that there is nothing."""
    begin, rest = items[:first], items[first:]
    listed = as_list(begin) if items else f'<p class="ls-note">{escape(nothing)}</p>'
    if rest:
        more = escape(say("resident.board.rest", n=len(rest)))
        listed += f'<details class="ls-more"><summary>{more}</summary>{as_list(rest)}</details>'
    st.html(f"<h2>{escape(title)}</h2>{listed}")


def as_list(items: list[str]) -> str:
    """Ready-made items as a list."""
    return f'<ul class="ls-list">{"".join(items)}</ul>'


def card(title: str, *lines: str) -> str:
    """One item: a title and its lines, everything escaped."""
    return f"<li><b>{escape(title)}</b>{''.join(f'<p>{escape(line)}</p>' for line in lines if line)}</li>"


def need_labels(round_id: int) -> dict[str, str]:
    """The questionnaire's own words for each need item."""
    questions = round_facts(round_id).definition.questions
    return {str(c.code): c.label for q in questions if q.eligible for c in q.choices}


def figure(row: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """One published figure in words: how many persons, between what and what, resting on how many."""
    title = labels.get(str(row["need"]), str(row["need"]))
    if row.get("n") is None or row.get("persons") is None:
        return card(title, say("resident.board.share_hidden"))
    low, high = round(row["low"]), round(row["high"])
    base = say("resident.board.share_base", n=f"{round(row['n']):,}")
    return card(title, say("resident.board.share_range", low=f"{low:,}", high=f"{high:,}"), base)


def figures(result: PublishedResult) -> list[str]:
    """All items in the whole community, those most needed first."""
    labels = need_labels(result.round_id)
    whole = [row for row in result.figures if row.get("need") and not any(row.get(c) for c in CROSSED)]
    whole.sort(key=lambda row: -(row.get("persons") or 0))
    return [figure(row, labels) for row in whole]


def answer(given: PublishedAnswer) -> str:
    """One public answer: topic, how many said so, its state, why, by whom and until when."""
    voices = say("resident.board.voices", n=given.voices) if (given.voices or 0) >= 5 else ""
    state = say("resident.receipt.answered", state=ANSWER_STATES[given.state], day=day(given.answered_at))
    owner = say("resident.receipt.owner", owner=given.owner) if given.owner else ""
    due = say("resident.receipt.due", day=here.on(given.due_on)) if given.due_on else ""
    return card(given.topic or AREA_LABELS.get(given.area, ""), voices, state, given.reason, owner, due)


def topic(found: PublicTopic) -> str:
    """One topic by its approved title, and how many spoke of it."""
    return card(found.title, say("resident.board.voices", n=f"{found.voices:,}"))


def activity(coming: ComingActivity) -> str:
    """One activity to come: when, where, and how many places are left."""
    when = say(
        "resident.board.when", day=day(coming.starts_at), clock=clock(coming.starts_at), venue=coming.venue
    )
    if coming.free is None:
        places = say("resident.board.unlimited")
    else:
        places = say("resident.board.free", n=coming.free) if coming.free else say("resident.board.full")
    return card(coming.name, when, places)


place = here.show(say("resident.board.title"))
with database.reading() as session:
    result = latest_result(session, place.community_id)
    answers = published_answers(session, place.community_id)
    topics = public_topics(session, place.community_id, now() - TOPICS_OF, now())
    coming = coming_activities(session, place.community_id, since=now(), until=now() + AHEAD)

if result is not None:
    here.note(say("resident.board.results_line", name=result.name, day=day(result.published_at)))
public = figures(result) if result else []
section(say("resident.board.results"), public, say("resident.board.results_none"), first=FIRST_FIGURES)
if topics:
    often = say("resident.board.topics", n=TOPICS_OF.days)
    section(often, list(map(topic, topics)), "", first=FIRST_FIGURES)
section(say("resident.board.answers"), list(map(answer, answers)), say("resident.board.answers_none"))
section(say("resident.board.activities"), list(map(activity, coming)), say("resident.board.activities_none"))

"""看回应: what residents need, what became of what they said, what they can join."""

from __future__ import annotations

from html import escape

import streamlit as st

from core import database
from core.queries.board import coming_activities, latest_result, published_answers
from core.queries.topics import public_topics
from core.words import day, say
from models.base import now
from pages.parts import board_words, here
from pages.parts.board_words import AHEAD, TOPICS_OF, Item

# So many items are shown at once, the others on a tap.
FIRST_FIGURES = 8


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


def card(item: Item) -> str:
    """One item: a title and its lines, everything escaped."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in item.lines)
    return f"<li><b>{escape(item.title)}</b>{lines}</li>"


place = here.show(say("resident.board.title"))
with database.reading() as session:
    result = latest_result(session, place.community_id)
    answers = published_answers(session, place.community_id)
    topics = public_topics(session, place.community_id, now() - TOPICS_OF, now())
    coming = coming_activities(session, place.community_id, since=now(), until=now() + AHEAD)

public: list[str] = []
if result is not None:
    here.note(say("resident.board.results_line", name=result.name, day=day(result.published_at)))
    labels = board_words.need_labels(result.round_id)
    public = [card(board_words.figure(row, labels)) for row in board_words.figure_rows(result)]
section(say("resident.board.results"), public, say("resident.board.results_none"), first=FIRST_FIGURES)
if topics:
    often = say("resident.board.topics", n=TOPICS_OF.days)
    section(often, [card(board_words.topic(one)) for one in topics], "", first=FIRST_FIGURES)
given = [card(board_words.answer(one)) for one in answers]
section(say("resident.board.answers"), given, say("resident.board.answers_none"))
ahead = [card(board_words.activity(one)) for one in coming]
section(say("resident.board.activities"), ahead, say("resident.board.activities_none"))

"""Beside the answers: what stands on the board, to be taken down; who signed up for what is to come."""

from __future__ import annotations

from datetime import datetime
from html import escape

import pandas as pd
import streamlit as st

from core import database
from core.actions.answers import take_down
from core.errors import LinshengError
from core.queries.board import ComingActivity, coming_activities
from core.queries.given_answers import OnBoard, on_the_board
from core.words import CHINA, say
from models.taxonomy import ANSWER_STATES, AREA_LABELS
from pages.parts import deeds, show
from pages.parts.answer_card import desk
from pages.parts.board_words import AHEAD
from pages.parts.gate import Seat

MOST_ACTIVITIES = 60


def board(seat: Seat) -> None:
    """The answers residents see on the board, each with a way to take it down."""
    show.section(say("answers.public.title"), say("answers.public.note"))
    with database.reading() as session:
        found = on_the_board(session, seat.community.community_id)
    if not found:
        show.empty(say("answers.public.none"))
    for one in found:
        with st.container(key=f"answer-public-{one.answer_id}", horizontal=True, vertical_alignment="center"):
            st.html(_row(one))
            if st.button(say("answers.public.take_down"), key=f"answers.down.{one.answer_id}"):
                _take_down(seat, one.answer_id)


def _row(one: OnBoard) -> str:
    parts = [AREA_LABELS.get(one.area, one.area), ANSWER_STATES[one.state]]
    parts.append(f"{one.answered_at.astimezone(CHINA):%Y-%m-%d}")
    parts += [say("answers.public.voices", n=f"{one.voices:,}")] if one.voices else []
    meta = "".join(f"<span>{escape(part)}</span>" for part in parts)
    return f'<p class="cm-meta">{meta}</p><p>{escape(one.wording)}</p>'


def _take_down(seat: Seat, answer_id: int) -> None:
    try:
        with database.writing() as session:
            take_down(session, answer_id, desk(seat))
    except LinshengError as error:
        show.fail(str(error))
        return
    deeds.done(say("answers.public.done"))


def signups(community_id: int, at: datetime) -> None:
    """How many signed up for each activity to come, and how many wait."""
    show.section(say("answers.signups.title"), say("answers.signups.note"))
    with database.reading() as session:
        found = coming_activities(session, community_id, since=at, until=at + AHEAD, most=MOST_ACTIVITIES)
    if not found:
        show.empty(say("answers.signups.none"))
        return
    heads = ("activity", "when", "capacity", "taken", "waiting", "contact")
    named = [say(f"answers.signups.{head}") for head in heads]
    twin = show.table_html(pd.DataFrame([_cells(one) for one in found], columns=named), numeric=named[2:5])
    summary = escape(say("answers.signups.all", n=f"{len(found):,}"))
    st.html(f'<details class="st-under"><summary>{summary}</summary>{twin}</details>')


def _cells(one: ComingActivity) -> list[str]:
    capacity = say("answers.signups.unlimited") if one.capacity is None else f"{one.capacity:,}"
    when = f"{one.starts_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    contact = say("answers.signups.yes" if one.needs_contact else "answers.signups.no")
    return [one.name, when, capacity, f"{one.enrolled:,}", f"{one.waiting:,}", contact]

"""公示结果: what residents will see on the board, then one button that freezes it."""

from __future__ import annotations

import time

import pandas as pd
import streamlit as st

from core import database
from core.access import Right
from core.actions.rounds import MOST_NOTE, publish_snapshot
from core.errors import LinshengError
from core.output.public import public_rows
from core.queries.board import latest_result
from core.words import clock, day, say
from pages.parts import figures, gate, show

seat = gate.require(Right.PUBLISH)
mark = figures.mark()
survey = figures.survey(seat.community.community_id, mark)
SCREEN, DONE = say("publish.screen"), "publish.done"
# What was done is told for a while: said on one run only, it is lost when another one follows at once.
TOLD_SECONDS = 20.0


def told(row: dict[str, object]) -> str:
    """How many need it, as residents will read it."""
    if row["persons"] is None:
        return say("show.hidden")
    return say("publish.range", low=f"{row['low']:,}", high=f"{row['high']:,}")


def asked(row: dict[str, object]) -> str:
    """How many were asked."""
    return f"{row['n']:,}" if row["n"] else say("show.none")


def preview(found: figures.Survey, rows: list[dict[str, object]]) -> pd.DataFrame:
    """The rows as a table; an "other" is named by its group, for its own label says nothing."""
    need, persons, n = (say(f"publish.column.{name}") for name in ("need", "persons", "n"))
    named = {need.code: need.short if need.other else need.label for need in found.needs.values()}
    return pd.DataFrame(
        {
            need: named[str(row["need"])],
            persons: told(row),
            n: f"{row['n']:,}" if row["n"] else say("show.none"),
        }
        for row in rows
    )


def publish(round_id: int, rows: list[dict[str, object]]) -> None:
    """Freeze the figures shown; a failure is said and nothing is published."""
    try:
        with database.writing() as session:
            note = st.session_state.get("publish.note", "")
            publish_snapshot(session, round_id, rows, note, account_id=seat.viewer.account_id)
    except LinshengError as error:
        st.session_state[DONE] = (False, str(error), time.monotonic())
    else:
        st.session_state[DONE] = (True, say("publish.done"), time.monotonic())


def draw(found: figures.Survey) -> None:
    """What is public now, what would be, and the button."""
    with database.reading() as session:
        public = latest_result(session, seat.community.community_id)
    how = say("publish.how", round=found.name, n=f"{found.n:,}")
    if mark.folded_at:
        how = f"{how} · {say('show.as_of', clock=clock(mark.folded_at))}"
    finding = say("publish.finding", day=day(public.published_at)) if public else say("publish.none_yet")
    show.top(seat.community, SCREEN, finding, how=how)
    done = st.session_state.get(DONE)
    if done and time.monotonic() - done[2] < TOLD_SECONDS:
        (show.note if done[0] else show.fail)(done[1])
    rows = public_rows(found.estimates)
    show.section(say("publish.preview"), say("publish.preview_note"))
    show.table(preview(found, rows), numeric=[say("publish.column.n")], caption=say("publish.caption"))
    st.text_area(say("publish.note"), key="publish.note", max_chars=MOST_NOTE, height=90)
    st.button(
        say("publish.button"), key="publish", type="primary", on_click=publish, args=(found.round_id, rows)
    )


if survey is None or survey.n == 0:
    show.top(seat.community, SCREEN, say("publish.nothing"))
    show.empty(say("publish.nothing_do"))
else:
    draw(survey)

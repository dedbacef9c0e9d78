"""总览: what waits today, who answered and who did not, what was found."""

from __future__ import annotations

from html import escape

import streamlit as st

from core import database
from core.access import Right
from core.errors import LinshengError
from core.output import overview
from core.queries.overview import CommentsToDo, comments_to_do
from core.words import say
from pages.parts import figures, gate, map_parts, overview_parts, satisfaction_parts, show

seat = gate.require(Right.OVERVIEW)
COMMUNITY = seat.community.community_id
READS_COMMENTS = seat.viewer.may(Right.COMMENTS)
at = figures.mark()


def waiting() -> CommentsToDo:
    """The comments that wait; stops the run when the record cannot be read."""
    try:
        with database.reading() as session:
            return comments_to_do(session, COMMUNITY)
    except LinshengError as error:
        show.fail(str(error))
        st.stop()


def today(todo: CommentsToDo) -> None:
    """Work that waits, the urgent first; it is never hidden from those who do it."""
    show.section(say("overview.today.title"))
    counts = {"urgent": todo.urgent, "abstained": todo.abstained, "waiting": todo.waiting}
    lines = [
        f'<li class="st-todo-{name}"><b>{n:,}</b> {escape(say(f"overview.today.{name}"))}</li>'
        for name, n in counts.items()
        if n
    ]
    if lines:
        st.html(f'<ul class="st-todo">{"".join(lines)}</ul>')
    else:
        show.note(say("overview.today.none", total=f"{todo.total:,}"))
    st.page_link("committee/comments.py", label=say("overview.today.open"))


def who_answered(answers: overview_parts.Answers) -> None:
    """The small map of responses per hundred households; nothing where there are no grids."""
    if answers.map is None:
        return
    show.section(say("overview.answers.title"), say("overview.answers.note"))
    show.chart(answers.map, "", key="answers-map", alt=say("overview.answers.map", finding=answers.finding))
    twin, picture = answers.table, ("answers-map", answers.finding)
    show.under(twin, "answers", answers.explain, numeric=twin.columns[1:], picture=picture)


def three_findings() -> None:
    """The findings as sentences, and the way to paper and map."""
    show.section(say("overview.findings.title"))
    told = overview_parts.findings(found, at)
    lines = "".join(
        f"<li>{escape(one.sentence)}<small>{escape(one.interval)} · {escape(one.base)}</small></li>"
        for one in told
    )
    if lines:
        st.html(f'<ol class="st-findings">{lines}</ol>')
    else:
        show.empty(say("overview.findings.none"))
    if seat.viewer.may(Right.DEMAND):
        st.page_link("committee/demand_map.py", label=say("overview.findings.map"))
    st.page_link("committee/findings.py", label=say("overview.findings.print"))


found = map_parts.round_or_stop(seat.community, say("overview.screen"), figures.survey(COMMUNITY, at))
answers = overview_parts.answers(COMMUNITY, at)
ways = overview_parts.ways(at, found.round_id)
how = overview.how(found.name, found.opens_at, found.closes_at, ways)
show.top(
    seat.community, say("overview.screen"), answers.finding, how=" · ".join([*how, *map_parts.as_of(at)])
)
left, right = st.columns([45, 55], gap="large")
with left:
    if READS_COMMENTS:
        today(waiting())
    three_findings()
    satisfied = satisfaction_parts.overall(COMMUNITY, at)
    told = satisfied.finding if satisfied else say("overview.satisfaction.none")
    show.section(say("overview.satisfaction.title"), told)
with right:
    who_answered(answers)

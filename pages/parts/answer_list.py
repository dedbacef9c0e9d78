"""The comments to answer: filters, ten a page, and which of them is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core import database
from core.queries.to_answer import (
    OPEN,
    PAGE,
    ToAnswer,
    WorkFilter,
    WorkKey,
    WorkPage,
    one_to_answer,
    work_page,
)
from core.words import CHINA, say
from models.taxonomy import ANSWER_STATES, AREA_LABELS, CHANNELS, VERDICTS
from pages.parts import comment_list, show

_PAGES, _FOR, _CHOSEN = "answers.pages", "answers.for", "answers.chosen"


def filters(months: Sequence[str]) -> WorkFilter:
    """Draw the three filters and return what was chosen; at first those who wait."""
    states = {OPEN: say("answers.filter.open"), "": say("comments.filter.all_states"), **ANSWER_STATES}
    with st.container(key="answer-filters", horizontal=True):
        area = _choose("area", {"": say("comments.filter.all_areas"), **AREA_LABELS})
        month = _choose("month", {"": say("comments.filter.all_months"), **{m: m for m in months}})
        state = _choose("state", states)
    return WorkFilter(area, month, state)


def _choose(name: str, named: dict[str, str]) -> str:
    label = say(f"comments.filter.{name}")
    return st.selectbox(label, list(named), format_func=named.__getitem__, key=f"answers.{name}")


def page(community_id: int, only: WorkFilter) -> WorkPage:
    """The page one has come to; a changed filter begins at the first one."""
    if st.session_state.get(_FOR) != (community_id, only):
        st.session_state[_FOR], st.session_state[_PAGES] = (community_id, only), []
        st.session_state.pop(_CHOSEN, None)
    with database.reading() as session:
        return work_page(session, community_id, only=only, after=_after())


def _after() -> WorkKey | None:
    behind: list[WorkKey] = st.session_state[_PAGES]
    return behind[-1] if behind else None


def chosen(community_id: int, shown: WorkPage) -> ToAnswer | None:
    """The comment looked at: the chosen one, wherever it is on the list by now, else the first."""
    kept = st.session_state.get(_CHOSEN)
    on_page = {item.comment_id: item for item in shown.items}
    if kept in on_page:
        return on_page[kept]
    if kept is not None:
        with database.reading() as session:
            found = one_to_answer(session, community_id, kept)
        if found is not None:
            return found
    return shown.items[0] if shown.items else None


def listing(shown: WorkPage, looked_at: ToAnswer | None) -> None:
    """Draw the comments, each with a way to answer it, and the ways on and back."""
    if not shown.items:
        show.empty(say("answers.list.none"))
    for item in shown.items:
        here = looked_at is not None and item.comment_id == looked_at.comment_id
        note = f'<p class="st-note">{escape(say("answers.list.here"))}</p>' if here else ""
        st.html(row(item) + note)
        if not here:
            st.button(
                say("answers.list.answer"),
                key=f"answers.look.{item.comment_id}",
                on_click=choose,
                args=(item.comment_id,),
            )
    _ways(shown)


def choose(comment_id: int | None) -> None:
    """Look at this comment from the next run on; None: at the first of the list."""
    st.session_state[_CHOSEN] = comment_id


def row(item: ToAnswer) -> str:
    """One comment as HTML: everything of it escaped, so that it is read and never obeyed."""
    mark = " cm-first" if item.alert else ""
    return f'<div class="cm-item{mark}">{meta(item)}{comment_list.folded(item.text)}</div>'


def meta(item: ToAnswer) -> str:
    """What is known about a comment, in one line of HTML."""
    parts = []
    if item.alert:
        parts.append(f'<span class="cm-urgent">{escape(say("answers.list.alert"))}</span>')
    if item.area:
        parts.append(f"<b>{escape(AREA_LABELS.get(item.area, item.area))}</b>")
    parts.append(f"{item.said_at.astimezone(CHINA):%Y-%m-%d}")
    parts.append(escape(CHANNELS.get(item.channel, item.channel)))
    parts.append(escape(ANSWER_STATES.get(item.state) or say("answers.list.unanswered")))
    if item.verdict:
        parts.append(f"<b>{escape(say('answers.list.verdict', verdict=VERDICTS[item.verdict]))}</b>")
    if item.correction:
        area = AREA_LABELS.get(item.correction, item.correction)
        parts.append(escape(say("answers.list.correction", area=area)))
    return f'<p class="cm-meta">{"".join(f"<span>{part}</span>" for part in parts)}</p>'


def _ways(shown: WorkPage) -> None:
    behind: list[WorkKey] = st.session_state[_PAGES]
    first = len(behind) * PAGE + 1
    with st.container(key="answer-ways", horizontal=True, vertical_alignment="center"):
        if behind:
            st.button(say("comments.list.back"), on_click=_turn, args=(None,), key="answers.back")
        if shown.items:
            told = say("comments.list.page", first=first, last=first + len(shown.items) - 1)
            st.html(f'<p class="st-note">{escape(told)}</p>')
        if shown.after is not None:
            onwards = say("comments.list.next")
            st.button(onwards, on_click=_turn, args=(shown.after,), key="answers.next")


def _turn(after: WorkKey | None) -> None:
    """Go on behind a comment, or (None) one page back."""
    behind: list[WorkKey] = st.session_state[_PAGES]
    st.session_state[_PAGES] = behind[:-1] if after is None else [*behind, after]
    st.session_state.pop(_CHOSEN, None)

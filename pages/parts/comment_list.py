"""The list of comments: filters by area, month and state, page by page, words as they were said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from core import database
from core.queries.comments import PAGE, CommentFilter, CommentItem, CommentKey, CommentPage, comment_page
from core.words import CHINA, say
from models.taxonomy import AREA_LABELS, CHANNELS, INTENTS, READING_STATES, SENTIMENTS
from pages.parts import show

# A longer text is folded after its last pause between these two lengths.
FOLD_FROM, FOLD_AT = 70, 120
# What is left must be worth a click.
FOLD_LEAST = 40
_PAUSE = re.compile(r".*[。！？；，、\n.!?;, ]", re.DOTALL)
# Marks that turn the direction of what follows: with them a text would be read otherwise than it was typed.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_CSS = Path(__file__).with_name("comment_list.css")
_PAGES = "comment_list.pages"
_FOR = "comment_list.for"


@cache
def style() -> str:
    """The look of comments as HTML."""
    return f"<style>{_CSS.read_text(encoding='utf8')}</style>"


def filters(months: Sequence[str]) -> CommentFilter:
    """Draw the three filters and return what was chosen; the months on offer have comments in them."""
    with st.container(key="comment-filters", horizontal=True):
        area = _choose("area", "all_areas", AREA_LABELS)
        month = _choose("month", "all_months", {month: month for month in months})
        state = _choose("state", "all_states", READING_STATES)
    return CommentFilter(area, month, state)


def _choose(name: str, everything: str, labels: dict[str, str]) -> str:
    named = {"": say(f"comments.filter.{everything}"), **labels}
    label = say(f"comments.filter.{name}")
    return st.selectbox(label, list(named), format_func=named.__getitem__, key=f"comments.{name}")


def listing(community_id: int, only: CommentFilter) -> None:
    """Draw the page one has come to and the ways on and back; a changed filter begins at the first page."""
    if st.session_state.get(_FOR) != (community_id, only):
        st.session_state[_FOR], st.session_state[_PAGES] = (community_id, only), []
    behind: list[CommentKey] = st.session_state[_PAGES]
    with database.reading() as session:
        page = comment_page(session, community_id, only=only, after=behind[-1] if behind else None)
    if not page.items:
        show.empty(say("comments.list.none"))
    else:
        st.html(f'{style()}<ol class="cm-list">{"".join(map(item, page.items))}</ol>')
    _ways(page, behind)


def _ways(page: CommentPage, behind: list[CommentKey]) -> None:
    first = len(behind) * PAGE + 1
    with st.container(key="comment-ways", horizontal=True, vertical_alignment="center"):
        if behind:
            st.button(say("comments.list.back"), on_click=_turn, args=(None,), key="comments.back")
        if page.items:
            last = first + len(page.items) - 1
            st.html(f'<p class="st-note">{escape(say("comments.list.page", first=first, last=last))}</p>')
        if page.after is not None:
            onwards = say("comments.list.next")
            st.button(onwards, on_click=_turn, args=(page.after,), key="comments.next")


def _turn(after: CommentKey | None) -> None:
    """Go on behind a comment, or (None) one page back."""
    behind: list[CommentKey] = st.session_state[_PAGES]
    st.session_state[_PAGES] = behind[:-1] if after is None else [*behind, after]


def item(said: CommentItem) -> str:
    """One comment as HTML: everything of it escaped, so that it is read and never obeyed."""
    mark = " cm-first" if said.urgent else ""
    known = "".join(f"<span>{part}</span>" for part in _known(said))
    return f'<li class="cm-item{mark}"><p class="cm-meta">{known}</p>{folded(said.text)}</li>'


def _known(said: CommentItem) -> list[str]:
    """What is known about a comment, each part as HTML."""
    parts = []
    if said.urgent:
        parts.append(f'<span class="cm-urgent">{escape(say("comments.list.urgent"))}</span>')
    names = [escape(AREA_LABELS.get(area, area)) for area in said.areas]
    if names:
        parts.append(f"<b>{names[0]}</b>")
    if names[1:]:
        areas = escape(say("comments.list.and")).join(names[1:])
        parts.append(say("comments.list.also", areas=areas))
    words = [_on(said.said_at), CHANNELS.get(said.channel, said.channel)]
    words += [INTENTS[said.intent]] if said.intent not in ("", "none") else []
    words += [SENTIMENTS[said.sentiment]] if said.sentiment not in ("", "neu") else []
    parts += map(escape, words)
    state = escape(READING_STATES[said.state])
    parts.append(f'<span class="cm-unsure">{state}</span>' if said.state != "classified" else state)
    return [*parts, escape(say("comments.list.by_person"))] if said.by_person else parts


def _on(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y-%m-%d")


def folded(text: str) -> str:
    """The text as HTML; of a long one the beginning, and the rest to open."""
    text = text.translate(_TURNING)
    if len(text) <= FOLD_AT + FOLD_LEAST:
        return f'<p class="cm-text" dir="auto">{escape(text)}</p>'
    pause = _PAUSE.match(text[:FOLD_AT])
    cut = pause.end() if pause and pause.end() >= FOLD_FROM else FOLD_AT
    begin, rest = text[:cut], text[cut:]
    more = escape(say("comments.list.rest", n=f"{len(rest):,}"))
    return (
        f'<p class="cm-text cm-cut" dir="auto">{escape(begin)}</p><details><summary>{more}</summary>'
        f'<p class="cm-text" dir="auto">{escape(rest)}</p></details>'
    )

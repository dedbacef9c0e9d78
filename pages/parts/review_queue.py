"""What a reviewer's browser session remembers: the queue, what was skipped, the choices not saved yet.

A button's press is noted here and carried out after the gate has let the reviewer in (`carry_out`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core import database
from core.actions.labels import MOST_SECONDARY, NO_AREA, Decision, Reviewer, label_comment, withdraw_last
from core.errors import LinshengError
from core.queries.review import Desk, ReviewItem, review_item
from core.queries.review_queue import Order, queue, still_open
from core.words import say
from models.taxonomy import AREA_LABELS, INTENTS, SENTIMENTS

_QUEUE, _FOR, _SKIPPED = "review.queue", "review.for", "review.skipped"
_AGAIN, _DRAFT, _DEED, _TOLD = "review.again", "review.draft", "review.deed", "review.told"
MODE = "review.mode"
# How much of a comment is said back once it is labelled.
SAID_BACK = 16


@dataclass(frozen=True, slots=True)
class Draft:
    """What goes with the area once it is chosen: at first as the machine read it."""

    comment_id: int
    areas: tuple[str, ...]
    sentiment: str
    intent: str
    urgent: bool


def note(deed: str, *what: Any) -> None:
    """A button was pressed: to be carried out on the run that follows."""
    st.session_state[_DEED] = (deed, *what)


def mode(value: str) -> None:
    """Show the list of areas (`others`, `also`), or (empty) the suggestions."""
    st.session_state[MODE] = value


def draft(item: ReviewItem) -> Draft:
    """The choices for this comment; those for another one are forgotten."""
    kept = st.session_state.get(_DRAFT)
    if kept is None or kept.comment_id != item.comment_id:
        kept = Draft(item.comment_id, item.areas, item.sentiment, item.intent, item.urgent)
        st.session_state[_DRAFT] = kept
    return kept


def turn(field: str) -> None:
    """The next value of one choice."""
    kept: Draft = st.session_state[_DRAFT]
    if field == "urgent":
        st.session_state[_DRAFT] = replace(kept, urgent=not kept.urgent)
        return
    if field == "sentiment":
        st.session_state[_DRAFT] = replace(kept, sentiment=_after(kept.sentiment, list(SENTIMENTS)))
    else:
        st.session_state[_DRAFT] = replace(kept, intent=_after(kept.intent, list(INTENTS)))


def _after(code: str, codes: list[str]) -> str:
    return codes[(codes.index(code) + 1) % len(codes)]


def toggle(area: str) -> None:
    """Put a secondary area on or off; of more than may be the first gives way."""
    kept: Draft = st.session_state[_DRAFT]
    areas = [code for code in kept.areas if code != area]
    if len(areas) == len(kept.areas):
        areas.append(area)
    st.session_state[_DRAFT] = replace(kept, areas=tuple(areas[-MOST_SECONDARY:]))


def carry_out(desk: Desk) -> tuple[str, str]:
    """Do what was noted; a sentence on what came of it and the kind of it (`note`, `fail`, or nothing)."""
    deed = st.session_state.pop(_DEED, None)
    if deed is None:
        return "", ""
    st.session_state[MODE] = ""
    name, *what = deed
    try:
        return "note", _DEEDS[name](desk, *what)
    except LinshengError as error:
        return "fail", str(error)


def _label(desk: Desk, item: ReviewItem, area: str) -> str:
    kept = draft(item)
    areas = () if area == NO_AREA else tuple(code for code in kept.areas if code not in (area, NO_AREA))
    decision = Decision(area, areas, kept.sentiment, kept.intent, kept.urgent)
    with database.writing() as session:
        label_comment(session, item.comment_id, decision, Reviewer(desk.community_id, desk.account_id))
    st.session_state.pop(_AGAIN, None)
    return say("review.done.labelled", area=AREA_LABELS[area], text=_short(item.text))


def _undo(desk: Desk) -> str:
    with database.writing() as session:
        comment_id = withdraw_last(session, Reviewer(desk.community_id, desk.account_id))
    st.session_state[_AGAIN] = comment_id
    st.session_state.pop(_DRAFT, None)
    return say("review.done.withdrawn")


def _skip(desk: Desk, comment_id: int) -> str:
    if st.session_state.pop(_AGAIN, None) != comment_id:
        _skipped().append(comment_id)
    return ""


def _again(desk: Desk, comment_id: int) -> str:
    st.session_state[_AGAIN] = comment_id
    return ""


_DEEDS: dict[str, Callable[..., str]] = {"label": _label, "undo": _undo, "skip": _skip, "again": _again}


def _skipped() -> list[int]:
    found: list[int] = st.session_state.setdefault(_SKIPPED, [])
    return found


def n_skipped() -> int:
    """How many comments were passed over."""
    return len(_skipped())


def unskip() -> None:
    """Take up again what was passed over."""
    st.session_state[_SKIPPED] = []
    st.session_state[_QUEUE] = []


def current(desk: Desk, order: Order) -> ReviewItem | None:
    """The comment to review now: the one asked for again, else the next that is still open."""
    if st.session_state.get(_FOR) != (desk, order):
        st.session_state[_FOR] = (desk, order)
        st.session_state[_QUEUE], st.session_state[_SKIPPED] = [], []
        st.session_state[MODE] = ""
        st.session_state.pop(_AGAIN, None)
    with database.reading() as session:
        if again := st.session_state.get(_AGAIN):
            if found := review_item(session, desk, again):
                return found
            st.session_state.pop(_AGAIN)
        skipped = _skipped()
        ids = [id_ for id_ in st.session_state[_QUEUE] if id_ not in skipped]
        ids = still_open(session, desk, order, ids) or queue(session, desk, order, skip=skipped)
        st.session_state[_QUEUE] = ids
        return review_item(session, desk, ids[0]) if ids else None


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SAID_BACK else f"{plain[:SAID_BACK]}…"

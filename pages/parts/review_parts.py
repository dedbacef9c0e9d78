"""What the review screen is made of: the comment, the keys to decide with, how far one agrees, the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from pathlib import Path

import pandas as pd
import streamlit as st

from core.actions.labels import MOST_SECONDARY, NO_AREA
from core.queries.review import ReviewItem
from core.queries.review_history import Reviewed, Said
from core.words import CHINA, clock, say
from models.comment import UNDO_MINUTES
from models.taxonomy import AREA_LABELS, CHANNELS, INTENTS, READING_STATES, SENTIMENTS
from pages.parts import review_because, review_queue, show

_CSS = Path(__file__).with_name("review.css")
# One letter for each area, always the same; Streamlit keeps C and R for itself, J and U are taken here.
LETTERS = dict(zip((code for code in AREA_LABELS if code != NO_AREA), "ABDEFGHIKLMN", strict=True))
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@cache
def style() -> str:
    """The look of this screen alone."""
    return f"<style>{_CSS.read_text(encoding='utf8')}</style>"


def comment(item: ReviewItem) -> None:
    """One comment, large; a long one scrolls in its own frame. All of it escaped."""
    parts = [f'<b class="rv-urgent">{escape(say("review.item.urgent"))}</b>'] if item.urgent else []
    parts += [escape(_day(item)), escape(CHANNELS.get(item.channel, item.channel))]
    state = say("review.item.state", state=READING_STATES[item.state])
    parts += [escape(state)] if item.state != "classified" else []
    known = "".join(f"<span>{part}</span>" for part in parts)
    mark = " rv-first" if item.urgent else ""
    words = escape(item.text.translate(_TURNING))
    meant = escape(say("review.item.meant", area=AREA_LABELS.get(item.meant, item.meant)))
    why = review_because.line(item)
    because = f'<p class="rv-meta">{escape(why)}</p>' if why else ""
    by_author = f'<p class="rv-meta"><b>{meant}</b></p>' if item.meant else ""
    st.html(
        f'<div class="rv-card{mark}" data-comment="{item.comment_id}" tabindex="0" role="region" '
        f'aria-live="polite" aria-label="{escape(say("review.item.words"))}"><p class="rv-meta">{known}</p>'
        f'<p class="rv-text" dir="auto">{words}</p>{because}{by_author}</div>'
    )


def _day(item: ReviewItem) -> str:
    return item.said_at.astimezone(CHINA).strftime("%Y-%m-%d")


def decide(item: ReviewItem) -> None:
    """The keys: suggestions, other areas, none, undo, skip; while a list of areas is open, that instead."""
    mode = st.session_state.get(review_queue.MODE, "")
    if mode == "others":
        _areas(item)
    elif mode == "also":
        _also(item)
    else:
        _suggestions(item)
        _ways(item)
        _details(item)


def _label_button(item: ReviewItem, area: str, key: str, *, first: bool = False) -> None:
    # The comment's id is in the button's key: a press meant for one comment never falls on the next.
    st.button(
        AREA_LABELS[area], key=f"review.{key}.{item.comment_id}", shortcut=key, width="stretch", wrap=True,
        type="primary" if first else "secondary", on_click=review_queue.note, args=("label", item, area),
    )  # fmt: skip


def undo_button() -> None:
    """The way back where no comment is left to show."""
    st.button(
        say("review.pick.undo"), key="review.undo.0", shortcut=say("review.key.undo"),
        on_click=review_queue.note, args=("undo",),
    )  # fmt: skip


def _suggestions(item: ReviewItem) -> None:
    if not item.suggestions:
        return
    with st.container(key="review-suggest", horizontal=True):
        for place, area in enumerate(item.suggestions):
            key = say("review.key.first" if place == 0 else "review.key.second")
            _label_button(item, area, key, first=place == 0)


def _ways(item: ReviewItem) -> None:
    with st.container(key="review-ways", horizontal=True):
        _button(item, "others", review_queue.mode, "others")
        _button(item, "none", review_queue.note, "label", item, NO_AREA)
        _button(item, "undo", review_queue.note, "undo")
        _button(item, "skip", review_queue.note, "skip", item.comment_id)


def _button(item: ReviewItem, name: str, call: Callable[..., None], *args: object) -> None:
    st.button(
        say(f"review.pick.{name}"), key=f"review.{name}.{item.comment_id}", width="stretch", wrap=True,
        shortcut=say(f"review.key.{name}"), on_click=call, args=args,
    )  # fmt: skip


def _details(item: ReviewItem) -> None:
    """What goes with the area, as the machine read it; each key turns one on to its next value."""
    kept = review_queue.draft(item)
    named = {
        "sentiment": SENTIMENTS[kept.sentiment],
        "intent": INTENTS[kept.intent],
        "urgent": say("review.detail.yes" if kept.urgent else "review.detail.no"),
        "also": names(kept.areas),
    }
    st.html(f'<p class="st-note rv-small">{escape(say("review.detail.title"))}</p>')
    with st.container(key="review-details", horizontal=True):
        for field, value in named.items():
            call, arg = (review_queue.mode, "also") if field == "also" else (review_queue.turn, field)
            st.button(
                say(f"review.detail.{field}", value=value), key=f"review.{field}.{item.comment_id}",
                shortcut=say(f"review.key.{field}"), on_click=call, args=(arg,), type="tertiary",
            )  # fmt: skip


def names(areas: Sequence[str]) -> str:
    """Secondary areas as words."""
    found = say("review.detail.and").join(AREA_LABELS.get(code, code) for code in areas)
    return found or say("review.detail.nothing")


def _areas(item: ReviewItem) -> None:
    st.html(f'<p class="st-note rv-small">{escape(say("review.pick.choose"))}</p>')
    with st.container(key="review-areas", horizontal=True):
        for area, letter in LETTERS.items():
            _label_button(item, area, letter)
    _back(item, "back")


def _also(item: ReviewItem) -> None:
    kept = review_queue.draft(item)
    st.html(f'<p class="st-note rv-small">{escape(say("review.pick.also", most=MOST_SECONDARY))}</p>')
    with st.container(key="review-areas", horizontal=True):
        for area, letter in LETTERS.items():
            st.button(
                AREA_LABELS[area], key=f"review.also.{letter}.{item.comment_id}", shortcut=letter,
                width="stretch", wrap=True, type="primary" if area in kept.areas else "secondary",
                on_click=review_queue.toggle, args=(area,),
            )  # fmt: skip
    _back(item, "done")


def _back(item: ReviewItem, word: str) -> None:
    st.button(
        say(f"review.pick.{word}"), key=f"review.{word}.{item.comment_id}", shortcut=say("review.key.others"),
        on_click=review_queue.mode, args=("",),
    )  # fmt: skip


def told(sentence: str, *, failed: bool = False) -> None:
    """What the last key did, in one line that a screen reader is told of; nothing to tell keeps its place."""
    if failed:
        show.fail(sentence)
    else:
        st.html(f'<p class="rv-told" role="status">{escape(sentence)}</p>')


def history(said: Sequence[Said]) -> None:
    """Machine and people side by side, oldest first."""
    if not said:
        show.empty(say("review.history.none"))
        return
    frame = pd.DataFrame([_said(one) for one in said])
    frame.columns = pd.Index([say(f"review.history.{name}") for name in ("who", "what")])
    show.table(frame, caption=say("review.history.title"))
    st.html(f'<p class="st-note rv-small">{escape(say("review.history.note", minutes=UNDO_MINUTES))}</p>')


def _said(one: Said) -> tuple[str, str]:
    """Who, when; what: area first, then the rest."""
    probability = f"{one.probability or 0:.0%}"
    who = one.by if one.person else say("review.history.machine", version=one.by[:6], probability=probability)
    who += say("review.history.withdrawn") if one.withdrawn_at else ""
    when = f"{one.at.astimezone(CHINA):%m-%d} {clock(one.at)}"
    urgent = [say("review.item.urgent")] if one.urgent else []
    what = [AREA_LABELS.get(one.area, one.area), SENTIMENTS[one.sentiment], INTENTS[one.intent], *urgent]
    what += [say("review.detail.also", value=names(one.areas))] if one.areas else []
    return f"{who} · {when}", " · ".join(what)


def recent(rows: Sequence[Reviewed]) -> None:
    """What one labelled last: the machine's reading beside one's own, each to be changed."""
    if not rows:
        return
    unread = say("review.recent.unread")
    table = [
        (str(n), _cut(row.text), AREA_LABELS.get(row.machine, unread), AREA_LABELS[row.label])
        for n, row in enumerate(rows, 1)
    ]
    heads = ["#", *(say(f"review.recent.{name}") for name in ("text", "machine", "label"))]
    show.table(pd.DataFrame(table, columns=heads), numeric=["#"], caption=say("review.recent.title"))
    with st.container(key="review-again", horizontal=True):
        for n, row in enumerate(rows, 1):
            st.button(
                f"{say('review.pick.again')} {n}", key=f"review.again.{n}.{row.comment_id}", type="tertiary",
                on_click=review_queue.note, args=("again", row.comment_id),
            )  # fmt: skip


def _cut(text: str, most: int = 40) -> str:
    plain = " ".join(text.translate(_TURNING).split())
    return plain if len(plain) <= most else f"{plain[:most]}…"

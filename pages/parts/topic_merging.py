"""Two topics that are one matter: a person says so, sees what was merged into what, and takes it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final, NamedTuple

import pandas as pd
import streamlit as st

from core import database
from core.actions.topic_titles import merge_topics, restore_topic
from core.errors import LinshengError
from core.queries.topics import MergedTopic
from core.words import say
from models.topic import HIDDEN
from pages.parts import deeds, show
from pages.parts.gate import Seat

# A topic without a title is named by so many of its words.
WORDS: Final = 4


class Merging(NamedTuple):
    """One area's topics by number, as a list names them, and those without a title; the merged ones by
    number; by the number of those they were merged into, which these are."""

    topics: dict[int, str]
    untitled: frozenset[int]
    merged: dict[int, str]
    inside: dict[int, str]


def named(title: str, words: str) -> str:
    """A topic's approved title, else its first words (`words` joined by 、)."""
    return title or say("topics.and").join(words.split("、")[:WORDS])


def merging(topics: pd.DataFrame, merged: Sequence[MergedTopic]) -> Merging:
    """What the form of one area offers; `topics` has columns topic, title, words, state."""
    rows: list[Any] = list(topics.itertuples(name="Card"))
    all_ = [(named(one.title, one.words), one) for one in rows]
    often = Counter(told for told, _ in all_)
    inside: dict[int, list[str]] = {}
    for one in merged:
        inside.setdefault(one.into_id, []).append(named(one.title, one.words))
    return Merging(
        {int(one.topic): _option(told, one, alone=often[told] == 1) for told, one in all_},
        frozenset(int(one.topic) for _, one in all_ if not one.title),
        {one.topic_id: _pair(one) for one in merged},
        {into: _inside(told) for into, told in inside.items()},
    )


def _option(told: str, topic: Any, *, alone: bool) -> str:
    """Two topics of one name are told apart by all their words."""
    one = told if alone else say("topics.merge.same_name", name=told, words=topic.words)
    return say("topics.merge.hidden", name=one) if topic.state == HIDDEN else one


def _inside(told: Sequence[str]) -> str:
    return say("topics.merge.inside", topics=say("topics.merge.between").join(told))


def _pair(one: MergedTopic) -> str:
    topic, into = named(one.title, one.words), named(one.into_title, one.into_words)
    return say("topics.merge.pair", topic=topic, into=into)


def section(offered: Merging, area: str, seat: Seat, *, forget: Callable[[], None]) -> None:
    """Merge two topics of the area, or part what was merged; nothing is drawn where there is neither.

    `forget` is called when the topics offered may be old.
    """
    if len(offered.topics) < 2 and not offered.merged:
        return
    # A switch, for what is folded costs as much as what is open.
    if not st.toggle(say("topics.merge.title"), key="topics.merge"):
        return
    key = f"topic-merge-{area}-{deeds.turn()}"
    st.html(f'<p class="st-note">{escape(say("topics.merge.note"))}</p>')
    asked = [_merge(offered, key, seat), _part(offered, key, seat)]
    deed = next((one for one in asked if one is not None), None)
    if deed is None:
        return
    forget()
    try:
        with database.writing() as session:
            told = deed(session)
    except LinshengError as error:
        show.fail(str(error))
        return
    deeds.done(*told)


Deed = Callable[[Any], tuple[str, ...]]


def _merge(offered: Merging, key: str, seat: Seat) -> Deed | None:
    """The two lists and their button; what to carry out, if anything."""
    if len(offered.topics) < 2:
        return None
    chosen: list[int | None] = []
    with st.container(key=key, horizontal=True, vertical_alignment="bottom"):
        for which in ("this", "into"):
            one = st.selectbox(
                say(f"topics.merge.{which}"), list(offered.topics), index=None, key=f"{key}-{which}",
                format_func=offered.topics.__getitem__, placeholder=say("topics.merge.choose"), width=320,
            )  # fmt: skip
            chosen.append(one)
        pressed = st.button(say("topics.merge.save"), key=f"{key}-save")
    if not pressed:
        return None
    topic, into = chosen
    if topic is None or into is None:
        show.fail(say("topics.merge.both"))
        return None

    def _deed(session: Any) -> tuple[str, ...]:
        merge_topics(session, topic, into, **_where(seat))
        done = say("topics.merge.done", topic=offered.topics[topic], into=offered.topics[into])
        return (done, say("topics.merge.untitled")) if into in offered.untitled else (done,)

    return _deed


def _part(offered: Merging, key: str, seat: Seat) -> Deed | None:
    """The list of merged ones and its button; what to carry out, if anything."""
    if not offered.merged:
        return None
    with st.container(key=f"{key}-merged", horizontal=True, vertical_alignment="bottom"):
        one = st.selectbox(
            say("topics.merge.which"), list(offered.merged), key=f"{key}-which",
            format_func=offered.merged.__getitem__, width=480,
        )  # fmt: skip
        pressed = st.button(say("topics.merge.part"), key=f"{key}-part")
    if not pressed:
        return None

    def _deed(session: Any) -> tuple[str, ...]:
        restore_topic(session, one, **_where(seat))
        return (say("topics.merge.parted", topic=offered.merged[one]),)

    return _deed


def _where(seat: Seat) -> dict[str, int]:
    return {"community_id": seat.community.community_id, "by": seat.viewer.account_id}

"""Hot topics on screen: the kept figures, one card a topic with what it is typically said as, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from core import database
from core.actions.topic_titles import approve_title, hide_topic, restore_topic
from core.analysis.keywords import keywords
from core.analysis.suppression import SMALLEST_SHOWN
from core.analysis.trends import FADING, NEW, RISING, hot_topics
from core.errors import LinshengError
from core.queries.keywords import word_counts
from core.queries.topics import Span, Typical, area_voices, topic_counts, typical_comments
from core.words import say
from models.base import now
from models.topic import HIDDEN
from pages.parts import comment_list, deeds, show
from pages.parts.figures import kept
from pages.parts.gate import Seat

# A card names so many words of a topic without a title.
WORDS: Final = 4


@dataclass(frozen=True, slots=True)
class Hot:
    """The topics of all areas (core.analysis.trends.hot_topics), one comment each, the area most told of."""

    span: tuple[datetime, datetime]
    topics: pd.DataFrame
    typical: dict[int, Typical]
    first_area: str


@kept
def hot(url: str, community_id: int, days: int) -> Hot:
    """The topics of the last days beside as many before."""
    span = Span.last(days, now())
    with database.reading() as session:
        counts = topic_counts(session, community_id, span)
        totals = area_voices(session, community_id, span)
        typical = {said.topic_id: said for said in typical_comments(session, community_id, span)}
    heard = totals[totals["area"] != "other"].sort_values("now", ascending=False, kind="stable")
    first = str(heard["area"].iloc[0]) if len(heard) else ""
    return Hot((span.since, span.until), hot_topics(counts, totals), typical, first)


@kept
def marking(url: str, community_id: int, days: int) -> pd.DataFrame:
    """The words that mark each area's comments of the last days (core.analysis.keywords)."""
    span = Span.last(days, now())
    with database.reading() as session:
        return keywords(*word_counts(session, community_id, span.since, span.until))


def name(topic: Any) -> str:
    """A topic's approved title, else its first words."""
    return str(topic.title) or say("topics.and").join(topic.words.split("、")[:WORDS])


def count(n: Any) -> str:
    """A count that may be told, or that it is below five."""
    return say("show.fewer_than", n=SMALLEST_SHOWN) if pd.isna(n) else f"{n:,}"


def card(topic: Any, found: Hot, seat: Seat) -> None:
    """One topic: how many spoke of it, whether that changed, a comment typical of it, what to decide."""
    parts = [f"<b>{escape(name(topic))}</b>", escape(say("topics.screen.people", n=count(topic.now)))]
    if topic.trend in (NEW, RISING, FADING):
        parts.append(f"<b>{escape(say(f'topics.trend.{topic.trend}'))}</b>")
    parts.append(escape(say(f"topics.state.{topic.state}")))
    meta = "".join(f"<span>{part}</span>" for part in parts)
    said = found.typical.get(int(topic.topic))
    quote = f"{comment_list.folded(said.text)}{_alike(said.alike)}" if said else ""
    with st.container(border=True):
        st.html(f'<div class="cm-item"><p class="cm-meta">{meta}</p>{quote}</div>')
        _decide(topic, seat)


def _alike(n: int) -> str:
    if not n:
        return ""
    few = n < SMALLEST_SHOWN
    told = say("topics.screen.alike_few") if few else say("topics.screen.alike", n=f"{n:,}")
    return f'<p class="st-note">{escape(told)}</p>'


def _decide(topic: Any, seat: Seat) -> None:
    key, hidden = f"topic-{topic.topic}-{deeds.turn()}", topic.state == HIDDEN
    with st.container(key=key, horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(say("topics.screen.label"), topic.title, key=f"{key}-title", width=320)
        saved = st.button(say("topics.screen.save"), key=f"{key}-save")
        other = "restore" if hidden else "hide"
        changed = st.button(say(f"topics.screen.{other}"), key=f"{key}-{other}")
    if not saved and not changed:
        return
    where = {"community_id": seat.community.community_id, "by": seat.viewer.account_id}
    try:
        with database.writing() as session:
            if saved:
                approve_title(session, int(topic.topic), title, **where)
            else:
                (restore_topic if hidden else hide_topic)(session, int(topic.topic), **where)
    except LinshengError as error:
        show.fail(str(error))
        return
    hot.clear()
    deeds.done(say(f"topics.screen.{'saved' if saved else 'restored' if hidden else 'hidden'}"))

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
from core.output import keywords_chart
from core.queries.keywords import word_counts
from core.queries.topics import (
    MergedTopic,
    Span,
    Typical,
    area_voices,
    merged_topics,
    topic_counts,
    typical_comments,
)
from core.settings import settings
from core.words import say
from models.base import now
from models.taxonomy import AREA_LABELS
from models.topic import HIDDEN
from pages.parts import comment_list, deeds, show
from pages.parts.figures import kept
from pages.parts.gate import Seat
from pages.parts.topic_merging import Merging, merging, named

# So many topics are shown as cards, all of them in the table.
MOST_CARDS: Final = 8


@dataclass(frozen=True, slots=True)
class Hot:
    """The topics of all areas (core.analysis.trends.hot_topics), one comment each, the area most told of,
    what was merged into what."""

    span: tuple[datetime, datetime]
    topics: pd.DataFrame
    typical: dict[int, Typical]
    first_area: str
    merged: tuple[MergedTopic, ...]


@dataclass(frozen=True, slots=True)
class OfArea:
    """One area's topics, ready to draw: the finding, those shown as cards and whether there are more, all of
    them as a table, what can be merged and was."""

    finding: str
    cards: tuple[Any, ...]
    more: bool
    table: pd.DataFrame
    merging: Merging


@dataclass(frozen=True, slots=True)
class Marking:
    """The words that mark each area (core.analysis.keywords), and when they were counted."""

    at: datetime
    words: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Words:
    """The words that mark one area, ready to draw: a sentence, their table, their bars (None for no word)."""

    sentence: str
    table: pd.DataFrame
    spec: dict[str, Any] | None


@kept
def hot(url: str, community_id: int, days: int) -> Hot:
    """The topics of the last days beside as many before."""
    span = Span.last(days, now())
    with database.reading() as session:
        counts = topic_counts(session, community_id, span)
        totals = area_voices(session, community_id, span)
        typical = {said.topic_id: said for said in typical_comments(session, community_id, span)}
        merged = tuple(merged_topics(session, community_id))
    heard = totals[totals["area"] != "other"].sort_values("now", ascending=False, kind="stable")
    first = str(heard["area"].iloc[0]) if len(heard) else ""
    return Hot((span.since, span.until), hot_topics(counts, totals), typical, first, merged)


@kept
def of_area(url: str, community_id: int, span: tuple[datetime, datetime], area: str, _found: Hot) -> OfArea:
    """The topics of one area among those of `span`: anew whenever the figures are."""
    days = (span[1] - span[0]).days
    topics = _found.topics[_found.topics["area"] == area]
    now_told = topics[topics["now"].isna() | (topics["now"] > 0)]
    return OfArea(
        finding(topics, AREA_LABELS[area], days),
        tuple(now_told.head(MOST_CARDS).itertuples(name="Card")),
        len(now_told) > MOST_CARDS,
        table(topics),
        merging(topics, [one for one in _found.merged if one.area == area]),
    )


def finding(topics: pd.DataFrame, area: str, days: int) -> str:
    """The topic most spoken of, and the first other that is spoken of more than before."""
    told = topics[topics["now"].fillna(0) > 0]
    if not len(told):
        return say("topics.screen.none", area=area, days=days)
    first, *others = told.itertuples()
    n, topic = count(first.now), name(first)
    sentence = say("topics.screen.finding", area=area, topic=topic, days=days, n=n)
    more = next((one for one in others if one.trend in (NEW, RISING)), None)
    return sentence + (say("topics.screen.more", topic=name(more), days=days) if more else "")


def table(topics: pd.DataFrame) -> pd.DataFrame:
    """All topics of the area as text."""
    rows = [
        (name(one), say(f"topics.state.{one.state}"), count(one.now), count(one.before),
         say(f"topics.trend.{one.trend}"))
        for one in topics.itertuples()
    ]  # fmt: skip
    heads = [say(f"topics.table.{head}") for head in ("topic", "state", "now", "before", "trend")]
    return pd.DataFrame(rows, columns=heads, dtype=str)


@kept
def marking(url: str, community_id: int, days: int) -> Marking:
    """The words that mark each area's comments of the last days."""
    at = now()
    span = Span.last(days, at)
    with database.reading() as session:
        return Marking(at, keywords(*word_counts(session, community_id, span.since, span.until)))


def words(community_id: int, days: int, area: str) -> Words:
    """The words that mark one area."""
    url = settings().url
    found = marking(url, community_id, days)
    return _words(url, community_id, found.at, area, found.words)


@kept
def _words(url: str, community_id: int, at: datetime, area: str, _marking: pd.DataFrame) -> Words:
    twin = keywords_chart.table(_marking, area)
    return Words(
        keywords_chart.finding(_marking, area, AREA_LABELS[area]),
        twin,
        show.packed(keywords_chart.keyword_bars(_marking, area)) if len(twin) else None,
    )


def name(topic: Any) -> str:
    """A topic's approved title, else its first words."""
    return named(str(topic.title), str(topic.words))


def count(n: Any) -> str:
    """A count that may be told, or that it is below five."""
    return say("show.fewer_than", n=SMALLEST_SHOWN) if pd.isna(n) else f"{n:,}"


def card(topic: Any, found: Hot, seat: Seat, *, inside: str = "") -> None:
    """One topic: how many spoke of it, whether that changed, a comment typical of it, what to decide.

    `inside`: what was merged into it, in words.
    """
    parts = [f"<b>{escape(name(topic))}</b>", escape(say("topics.screen.people", n=count(topic.now)))]
    if topic.trend in (NEW, RISING, FADING):
        parts.append(f"<b>{escape(say(f'topics.trend.{topic.trend}'))}</b>")
    parts.append(escape(say(f"topics.state.{topic.state}")))
    meta = "".join(f"<span>{part}</span>" for part in parts)
    said = found.typical.get(int(topic.topic))
    quote = f"{comment_list.folded(said.text)}{_alike(said.alike)}" if said else ""
    quote += f'<p class="st-note">{escape(inside)}</p>' if inside else ""
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

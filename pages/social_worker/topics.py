"""主题与关键词: what the comments of an area are about, whether that changes, the words that mark it."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from core.access import Right
from core.analysis.trends import NEW, RISING
from core.errors import LinshengError
from core.output import keywords_chart
from core.settings import settings
from core.words import CHINA, say
from models.taxonomy import AREA_LABELS
from pages.parts import comment_list, deeds, gate, show, topic_parts

seat = gate.require(Right.COMMENTS)

PERIODS: Final = (30, 90, 365)
# What says nothing has no topic.
AREAS: Final = {code: label for code, label in AREA_LABELS.items() if code != "other"}
# So many topics are shown as cards, all of them in the table.
MOST_CARDS: Final = 8


def finding(topics: pd.DataFrame, area: str, days: int) -> str:
    """The topic most spoken of, and the first other that is spoken of more than before."""
    told = topics[topics["now"].fillna(0) > 0]
    if not len(told):
        return say("topics.screen.none", area=area, days=days)
    first, *others = told.itertuples()
    n, topic = topic_parts.count(first.now), topic_parts.name(first)
    sentence = say("topics.screen.finding", area=area, topic=topic, days=days, n=n)
    more = next((one for one in others if one.trend in (NEW, RISING)), None)
    return sentence + (say("topics.screen.more", topic=topic_parts.name(more), days=days) if more else "")


def how(found: topic_parts.Hot) -> str:
    """Of which time, and where the texts come from."""
    first, last = (f"{moment.astimezone(CHINA):%Y-%m-%d}" for moment in found.span)
    source = seat.community.source
    parts = [say("topics.screen.source", source=source)] if source else []
    return " · ".join([*parts, say("topics.screen.how", first=first, last=last)])


def table(topics: pd.DataFrame) -> pd.DataFrame:
    """All topics of the area as text."""
    rows = [
        (topic_parts.name(one), say(f"topics.state.{one.state}"), topic_parts.count(one.now),
         topic_parts.count(one.before), say(f"topics.trend.{one.trend}"))
        for one in topics.itertuples()
    ]  # fmt: skip
    heads = [say(f"topics.table.{head}") for head in ("topic", "state", "now", "before", "trend")]
    return pd.DataFrame(rows, columns=heads, dtype=str)


def cards(topics: pd.DataFrame, found: topic_parts.Hot) -> None:
    """The topics spoken of now, each with what to decide; then all of them as a table."""
    show.section(say("topics.screen.topics"), say("topics.screen.topics_note"))
    deeds.told()
    if not len(topics):
        show.empty(say("topics.screen.nothing"))
        return
    now = topics[topics["now"].isna() | (topics["now"] > 0)]
    st.html(comment_list.style())
    for topic in now.head(MOST_CARDS).itertuples():
        topic_parts.card(topic, found, seat)
    if len(now) > MOST_CARDS:
        st.caption(say("topics.screen.more_topics", n=MOST_CARDS))
    twin = table(topics)
    show.under(twin, "topics", say("topics.trend.explain"), numeric=twin.columns[2:4])


def words(area: str, days: int) -> None:
    """The words that mark the area, as bars with their table."""
    marking = topic_parts.marking(settings().url, seat.community.community_id, days)
    sentence = keywords_chart.finding(marking, area, AREAS[area])
    show.section(say("topics.screen.keywords"), sentence)
    twin = keywords_chart.table(marking, area)
    if not len(twin):
        return
    spec, note = keywords_chart.keyword_bars(marking, area), say("topics.screen.keywords_note")
    show.chart(spec, note, key="words", alt=sentence)
    explain = say("topics.keywords.explain")
    show.under(twin, "keywords", explain, numeric=twin.columns[1:], picture=("words", sentence))


def screen() -> None:
    """Choose, read what is on top, decide, look at the words."""
    top = st.container()
    with st.container(key="topic-choices", horizontal=True):
        days = st.selectbox(
            say("topics.screen.period"), PERIODS, index=1, key="topics.days",
            format_func=lambda n: say("topics.screen.days", n=n),
        )  # fmt: skip
        found = topic_parts.hot(settings().url, seat.community.community_id, days)
        codes = list(AREAS)
        begin = codes.index(found.first_area) if found.first_area in AREAS else 0
        area = st.selectbox(
            say("topics.screen.area"), codes, index=begin, key="topics.area", format_func=AREAS.__getitem__
        )
    topics = found.topics[found.topics["area"] == area]
    said = finding(topics, AREAS[area], days)
    with top:
        show.top(seat.community, say("topics.screen.title"), said, how=how(found))
    cards(topics, found)
    words(area, days)


try:
    screen()
except LinshengError as error:
    show.fail(str(error))

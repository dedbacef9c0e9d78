"""主题与关键词: what the comments of an area are about, whether that changes, the words that mark it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.access import Right
from core.errors import LinshengError
from core.settings import settings
from core.words import CHINA, say
from models.taxonomy import AREA_LABELS
from pages.parts import comment_list, deeds, gate, show, topic_merging, topic_parts

seat = gate.require(Right.COMMENTS)
HERE = seat.community.community_id

PERIODS: Final = (30, 90, 365)
# What says nothing has no topic.
AREAS: Final = {code: label for code, label in AREA_LABELS.items() if code != "other"}


def how(found: topic_parts.Hot) -> str:
    """Of which time, and where the texts come from."""
    first, last = (f"{moment.astimezone(CHINA):%Y-%m-%d}" for moment in found.span)
    source = seat.community.source
    parts = [say("topics.screen.source", source=source)] if source else []
    return " · ".join([*parts, say("topics.screen.how", first=first, last=last)])


def cards(area: str, told: topic_parts.OfArea, *, found: topic_parts.Hot) -> None:
    """The topics spoken of now, each with what to decide; then all of them as a table."""
    show.section(say("topics.screen.topics"), say("topics.screen.topics_note"))
    deeds.told()
    topic_merging.section(told.merging, area, seat, forget=topic_parts.hot.clear)
    twin = told.table
    if not len(twin):
        show.empty(say("topics.screen.nothing"))
        return
    st.html(comment_list.style())
    for topic in told.cards:
        inside = told.merging.inside.get(int(topic.topic), "")
        topic_parts.card(topic, found, seat, inside=inside)
    if told.more:
        st.caption(say("topics.screen.more_topics", n=topic_parts.MOST_CARDS))
    show.under(twin, "topics", say("topics.trend.explain"), numeric=twin.columns[2:4])


def words(area: str, days: int) -> None:
    """The words that mark the area, as bars with their table."""
    found = topic_parts.words(HERE, days, area)
    show.section(say("topics.screen.keywords"), found.sentence)
    twin = found.table
    if found.spec is None:
        return
    show.chart(found.spec, say("topics.screen.keywords_note"), key="words", alt=found.sentence)
    explain = say("topics.keywords.explain")
    show.under(twin, "keywords", explain, numeric=twin.columns[1:], picture=("words", found.sentence))


def screen() -> None:
    """Choose, read what is on top, decide, look at the words."""
    top = st.container()
    with st.container(key="topic-choices", horizontal=True):
        days = st.selectbox(
            say("topics.screen.period"), PERIODS, index=1, key="topics.days",
            format_func=lambda n: say("topics.screen.days", n=n),
        )  # fmt: skip
        found = topic_parts.hot(settings().url, HERE, days)
        codes = list(AREAS)
        begin = codes.index(found.first_area) if found.first_area in AREAS else 0
        area = st.selectbox(
            say("topics.screen.area"), codes, index=begin, key="topics.area", format_func=AREAS.__getitem__
        )
    told = topic_parts.of_area(settings().url, HERE, found.span, area, found)
    with top:
        show.top(seat.community, say("topics.screen.title"), told.finding, how=how(found))
    cards(area, told, found=found)
    words(area, days)


try:
    screen()
except LinshengError as error:
    show.fail(str(error))

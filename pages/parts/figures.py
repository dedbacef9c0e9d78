"""The figures screens share, computed once and kept: the only place with one of Streamlit's caches.

What is kept carries the database's address and the tally's watermark in its key, so a new fold shows at once;
provision and population are looked up again after KEPT_SECONDS at the latest. It is handed to all sessions as
it is: st.cache_data would unpickle it on every run, which costs more than drawing it. Nobody may change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import pandas as pd
import streamlit as st

from core import database
from core.analysis.estimates import estimate
from core.analysis.survey import NeedItem, SurveyFrames
from core.queries import provision as asking
from core.queries.survey import RoundCard, areas_of, needs_of, newest_round, survey_frames
from core.queries.tally import watermark
from core.settings import settings
from models.taxonomy import AREA_LABELS

KEPT_SECONDS = 60.0
# For what other parts make of these figures: keyed by plain values, the database's address among them.
kept = st.cache_resource(ttl=KEPT_SECONDS, max_entries=128, show_spinner=False)


class Mark(NamedTuple):
    """How fresh the tally is: when it was folded last (None: never), and how many responses came since."""

    folded_at: datetime | None
    behind: int


@dataclass(frozen=True, slots=True)
class Need:
    """How a need item, or a whole area, is named: `short` on charts, `label` in the resident's words.

    `ages` are those whose need is asked, both included; `other`: what residents wrote in themselves.
    """

    code: str
    area: str
    question: str
    short: str
    label: str
    ages: tuple[int, int]
    other: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """One needs round, ready to draw.

    `estimates`: rows of core.analysis.estimates with SHARE_BOUNDS, for areas and need items, by the
    community, grid, age band and sex. `frames`: what they were computed from. `n`: responses in the tally.
    """

    community_id: int
    round_id: int
    code: str
    name: str
    opens_at: datetime
    closes_at: datetime | None
    needs: dict[str, Need]
    estimates: pd.DataFrame
    frames: SurveyFrames
    n: int
    population_source: tuple[str, date] | None


def mark() -> Mark:
    """The watermark as it is now; one small query."""
    with database.reading() as session:
        return Mark(*watermark(session))


def survey(community_id: int, at: Mark) -> Survey | None:
    """The community's newest needs round; None when none has opened yet."""
    return _survey(settings().url, community_id, at.folded_at)


@st.cache_resource(ttl=KEPT_SECONDS, max_entries=32, show_spinner=False)
def _survey(url: str, community_id: int, folded_at: datetime | None) -> Survey | None:
    with database.reading() as session:
        found = newest_round(session, community_id)
        if found is None:
            return None
        frames = survey_frames(session, found)
        source = asking.population_source(session, community_id)
    items = [*areas_of(found.definition), *needs_of(found.definition)]
    estimates = estimate(items, frames, share_bounds=True)
    return Survey(
        community_id, found.round_id, found.code, found.name, found.opens_at, found.closes_at,
        _named(found), estimates, frames, int(frames.cells["n"].sum()), source,
    )  # fmt: skip


def _named(found: RoundCard) -> dict[str, Need]:
    """The words of each item and area, by code."""
    choices = {(q.code, str(c.code)): c for q in found.definition.questions for c in q.choices}
    named = {
        item.code: Need(
            item.code, item.area, item.question, AREA_LABELS[item.area], AREA_LABELS[item.area], _ages(item)
        )
        for item in areas_of(found.definition)
    }
    for item in needs_of(found.definition):
        choice = choices[item.question, item.code]
        named[item.code] = Need(
            item.code, item.area, item.question, choice.short or choice.label, choice.label, _ages(item),
            choice.other,
        )  # fmt: skip
    return named


def _ages(item: NeedItem) -> tuple[int, int]:
    return item.age_from, item.age_to

"""What the satisfaction screen draws, kept like all figures: feedback by area, and the needs round's say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd

from core import database
from core.analysis.estimates import estimate
from core.analysis.importance import importance_satisfaction
from core.analysis.satisfaction import csi_of, satisfaction, service_indices
from core.analysis.survey import weighed
from core.output import satisfaction_rows
from core.output.numbers import decimal, number, people, percent, percent_span
from core.output.satisfaction_chart import importance_chart, satisfaction_chart
from core.output.weighting import weighting_notes
from core.queries.feedback import CONTENT, WAYS, matrix, matrix_of, overall_frames, rated, scales_of
from core.queries.place_picker import grids_to_choose
from core.queries.survey import RoundCard, newest_round
from core.settings import settings
from core.words import say
from models.taxonomy import AREA_LABELS
from pages.parts import show
from pages.parts.figures import Mark, kept

# The survey's ten aspects of the service, and the question on the whole.
ALL: Final = satisfaction_rows.EVERYWHERE


@dataclass(frozen=True, slots=True)
class Feedback:
    """How activities were rated: finding, chart, table by area, E1 by area, ways of answering; n answers."""

    finding: str
    how: str
    spec: dict[str, Any]
    table: pd.DataFrame
    indices: pd.DataFrame
    ways: pd.DataFrame
    n: int


@dataclass(frozen=True, slots=True)
class Overall:
    """What residents of the needs round say on the whole: a sentence, the chart and table by grid, notes."""

    finding: str
    spec: dict[str, Any]
    table: pd.DataFrame
    explain: str
    n: int


@dataclass(frozen=True, slots=True)
class Aspects:
    """Ten aspects, their importance beside satisfaction; the index may be None where too few rated."""

    spec: dict[str, Any]
    table: pd.DataFrame
    note: str


def feedback(community_id: int, at: Mark) -> Feedback | None:
    """The newest feedback round; None when none has opened."""
    return _feedback(settings().url, community_id, at.folded_at)


@kept
def _feedback(url: str, community_id: int, folded_at: datetime | None) -> Feedback | None:
    with database.reading() as session:
        found = newest_round(session, community_id, "feedback")
        if found is None:
            return None
        given = rated(session, found)
    items = _texts(found, scales_of(found.definition))
    areas = {ALL: say("satisfaction.all_areas"), **AREA_LABELS}
    ways = {ALL: say("satisfaction.all_ways"), **{way: say(f"satisfaction.way.{way}") for way in WAYS}}
    rows = satisfaction_rows.lines(satisfaction(given.by_area), areas, items)
    by_way = satisfaction_rows.lines(satisfaction(given.by_way), ways, items)
    first = say("satisfaction.column.area")
    indices = service_indices(given.by_area, given.activity_types)
    n = int(given.by_way.groupby("question")["n"].sum().max()) if len(given.by_way) else 0
    return Feedback(
        satisfaction_rows.finding(rows),
        " · ".join([say("satisfaction.how.read"), say("satisfaction.how.n", n=people(n)), found.name]),
        show.packed(satisfaction_chart(rows)),
        satisfaction_rows.table(rows, first=first),
        satisfaction_rows.indices(indices, areas),
        satisfaction_rows.wide(by_way, first=say("satisfaction.column.way")),
        n,
    )


def _texts(found: RoundCard, codes: list[str]) -> dict[str, str]:
    """The questions in the residents' words, without the question mark."""
    mark = say("satisfaction.question_mark")
    return {code: found.definition.by_code[code].text.rstrip(mark) for code in codes}


def overall(community_id: int, at: Mark) -> Overall | None:
    """The newest needs round on the whole; None when none has opened or it doesn't ask."""
    return _overall(settings().url, community_id, at.folded_at)


@kept
def _overall(url: str, community_id: int, folded_at: datetime | None) -> Overall | None:
    with database.reading() as session:
        found = newest_round(session, community_id)
        if found is None or CONTENT.question not in found.definition.by_code:
            return None
        frames = overall_frames(session, found)
        grids = {str(row.grid_id): row.name for row in grids_to_choose(session, community_id)}
    estimates = estimate([CONTENT], frames, breakdowns=("grid",), share_bounds=True)
    rows = satisfaction_rows.by_group(estimates, {ALL: say("satisfaction.overall.everybody")} | grids)
    whole = rows.iloc[0]
    figures = {
        "share": percent(whole["satisfied"]), "between": percent_span(whole["low"], whole["high"]),
        "n": number(whole["n"]), "round": found.name,
    }  # fmt: skip
    return Overall(
        say(f"satisfaction.overall.{whole['state']}", **figures),
        show.packed(satisfaction_chart(rows)),
        satisfaction_rows.table(rows, first=say("satisfaction.column.question")),
        "\n".join([say("satisfaction.overall.explain"), *weighting_notes(weighed(CONTENT, frames))]),
        int(frames.asked["asked"].sum()),
    )


def aspects(community_id: int, at: Mark) -> Aspects | None:
    """Importance and satisfaction of the newest needs round; None while too few rated to show any."""
    return _aspects(settings().url, community_id, at.folded_at)


@kept
def _aspects(url: str, community_id: int, folded_at: datetime | None) -> Aspects | None:
    with database.reading() as session:
        found = newest_round(session, community_id)
        if found is None:
            return None
        given = matrix(session, found)
    pairs = matrix_of(found.definition)
    ratings = satisfaction(given)
    placed = importance_satisfaction(ratings, pairs)
    if placed.empty:
        return None
    labels = {row.code: row.label for q in found.definition.questions for row in q.rows}
    index = csi_of(ratings, pairs)
    note = say(
        "satisfaction.matrix.note", csi=decimal(index, 1), widest=labels[str(placed["question"].iloc[0])]
    )
    table = satisfaction_rows.matrix_table(placed, ratings, labels=labels)
    return Aspects(show.packed(importance_chart(placed, labels)), table, note)

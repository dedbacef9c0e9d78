"""Asking how activities were rated: by the area of the rated activity, and by the way of answering."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlmodel import Session

from core.analysis.satisfaction import POINTS, SATISFIED
from core.analysis.survey import NeedItem, SurveyFrames
from core.queries.provision import population
from core.queries.survey import RoundCard
from core.queries.tally import asked, cells, counts, margin, totals
from core.questionnaires.schema import Definition
from models.tally import ASKED

ONLINE, KIOSK, PAPER, ASSISTED = WAYS = ("online", "kiosk", "paper", "assisted")
# Somebody else was there when it was filled in.
_ASSISTED = ("family", "worker", "phone")
COLUMNS = ["question", "choice", "n"]
# Whoever rated the services on the whole with 4 or 5, as an item of the estimates.
CONTENT = NeedItem("content", "overall", "")


@dataclass(frozen=True, slots=True)
class Rated:
    """The ratings of one feedback round, from the tally: their cost does not grow with the answers.

    by_area: area, question, choice, n (of rated activities) · by_way: area (one of WAYS), question, choice, n
    · activity_types: how many need items the rated activities of each area serve.
    """

    by_area: pd.DataFrame
    by_way: pd.DataFrame
    activity_types: dict[str, int]


def scales_of(definition: Definition) -> list[str]:
    """The questionnaire's five-point questions, in its order."""
    return [question.code for question in definition.questions if question.kind == "scale"]


def rated(session: Session, found: RoundCard) -> Rated:
    """How a feedback round was answered; empty frames when nobody has."""
    scales = scales_of(found.definition)
    by_area = _levels(margin(session, found.round_id, "area", scales))
    ways = _levels(margin(session, found.round_id, "how", scales))
    by_way = ways.assign(area=ways["area"].map(way_of)).groupby(["area", *COLUMNS[:2]], as_index=False).sum()
    types = {str(area): _types(session, found.round_id, str(area)) for area in by_area["area"].unique()}
    return Rated(by_area, by_way, types)


def _levels(frame: pd.DataFrame) -> pd.DataFrame:
    """A margin with its level as `area`, without the rows that say how many were asked."""
    return frame[frame["choice"] != ASKED].rename(columns={"level": "area"})[["area", *COLUMNS]]


def _types(session: Session, round_id: int, area: str) -> int:
    return len(margin(session, round_id, f"need:{area}", [ASKED]))


def way_of(level: str) -> str:
    """The way of answering of a level of the margin `how`, "2026-11|mode|collector|valid"."""
    _, mode, collector, _ = level.split("|")
    if mode == "paper":
        return PAPER
    if collector in _ASSISTED:
        return ASSISTED
    return KIOSK if mode == "kiosk" else ONLINE


def matrix_of(definition: Definition) -> dict[str, str]:
    """Of a needs questionnaire: each satisfaction row (sat_1) with its importance row (imp_1), in order."""
    rows = [row.code for q in definition.questions if q.kind == "matrix" for row in q.rows]
    pairs = {code: code.replace("sat_", "imp_") for code in rows if code.startswith("sat_")}
    return {code: pair for code, pair in pairs.items() if pair in rows}


def matrix(session: Session, found: RoundCard) -> pd.DataFrame:
    """Importance and satisfaction of a needs round: question, choice, n (code 8 is a choice, no rating)."""
    pairs = matrix_of(found.definition)
    frame = totals(session, found.round_id, [*pairs, *pairs.values()])
    return frame[frame["choice"] != ASKED].reset_index(drop=True)


def overall_frames(session: Session, found: RoundCard) -> SurveyFrames:
    """The frames of a needs round's question on the whole, for the estimates of the item CONTENT."""
    given = counts(session, found.round_id, [CONTENT.question])
    content = given[given["item"].isin([str(point) for point in POINTS if point >= SATISFIED])]
    return SurveyFrames(
        cells=cells(session, found.round_id),
        counts=content.assign(item=CONTENT.code),
        asked=asked(session, found.round_id, [CONTENT.question]),
        population=population(session, found.community_id),
        provision=pd.DataFrame(columns=["item", "grid", "provision", "reached"]),
    )

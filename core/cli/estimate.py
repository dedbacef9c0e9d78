"""estimate: demand, provision and gap per need item, with intervals, for one needs round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import pandas as pd
import typer
from sqlmodel import Session

from core import database
from core.actions.fold import fold_all
from core.analysis.estimates import ALL_BREAKDOWNS, estimate
from core.analysis.survey import NeedItem, SurveyFrames, weighed
from core.cli import out
from core.cli.app import app
from core.errors import NotFound
from core.output.numbers import number, people, percent, span
from core.output.weighting import weighting_notes
from core.queries.place_picker import grids_to_choose
from core.queries.survey import RoundCard, needs_of, newest_round, round_named, survey_frames
from core.words import say
from models.taxonomy import GAP_STATES


@app.command("estimate", help=say("estimate.help"))
def estimate_command(
    round_code: Annotated[str, typer.Option("--round", help=say("estimate.round"))] = "",
    as_json: out.Json = False,
) -> None:
    """Count what is new, then print the estimates of a needs round (the newest, if none is named)."""
    database.require_current()
    with out.progress(say("estimate.folding")):
        fold_all()
    with database.snapshot() as session:
        found = _round(session, round_code)
        frames = survey_frames(session, found)
        grids = {row.grid_id: row.code for row in grids_to_choose(session, found.community_id)}
    items = needs_of(found.definition)
    breakdowns = ALL_BREAKDOWNS if as_json else ()
    with out.progress(say("estimate.estimating")):
        rows = estimate(items, frames, breakdowns=breakdowns)
    if as_json:
        out.show(list(as_objects(rows, grids)), as_json=True)
        return
    out.tell(
        say("estimate.of_round", name=found.name, code=found.code, n=people(int(frames.cells["n"].sum())))
    )
    names = _names(found, items)
    out.show([_line(row, names) for row in as_objects(rows, grids)], as_json=False)
    _tell_notes(found, items, frames)


def _round(session: Session, code: str) -> RoundCard:
    """The needs round of the code, or the newest; raises NotFound, BadParameter for a round of feedback."""
    found = round_named(session, code) if code else newest_round(session, None)
    if found is None:
        raise NotFound(say("estimate.no_round"))
    if found.definition.kind != "needs":
        raise out.usage(say("estimate.not_needs", code=code))
    return found


def as_objects(rows: pd.DataFrame, grids: Mapping[int, str]) -> Iterable[dict[str, Any]]:
    """The estimate frame's rows as plain values: null for what is hidden or unknown, the grid by its code."""
    for row in rows.astype(object).where(rows.notna(), None).to_dict("records"):
        named: dict[str, Any] = {str(name): value for name, value in row.items()}
        if named["grid"] is not None:
            named["grid"] = grids[named["grid"]]
        yield named


def _names(found: RoundCard, items: Sequence[NeedItem]) -> dict[str, str]:
    choices = {(q.code, str(c.code)): c for q in found.definition.questions for c in q.choices}
    named = {item.code: choices[item.question, item.code] for item in items}
    return {code: choice.short or choice.label for code, choice in named.items()}


def _line(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """One item of the readable table."""
    cells = {
        "need": f"{row['need']} {names[row['need']]}",
        "base": number(row["base"]),
        "n": number(row["n"]),
        "share": percent(row["share"]),
        "persons": number(row["persons"]),
        "interval": span(row["low"], row["high"]),
        "provision": number(row["provision"]),
        "reached": number(row["reached"]),
        "gap": number(row["gap"]),
        "state": GAP_STATES[row["state"]],
    }
    return {say(f"estimate.column.{name}"): cell for name, cell in cells.items()}


def _tell_notes(found: RoundCard, items: Sequence[NeedItem], frames: SurveyFrames) -> None:
    """How each question was weighted, and what a reader must be told of it."""
    titles = {question.code: question.text for question in found.definition.questions}
    for question, item in {item.question: item for item in items}.items():
        for sentence in weighting_notes(weighed(item, frames)):
            out.tell(say("estimate.of_question", question=titles[question], note=sentence))

"""The machine's counts as people's reviews correct them, with their interval; or why they cannot."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd
import streamlit as st

from core import database
from core.analysis.corrected_counts import FIGURES, CorrectedCounts, corrected_counts, shown
from core.analysis.drift import drift
from core.errors import LinshengError
from core.output.comments_chart import label_of
from core.queries.reviewed import Newest, any_label, evaluated, newest_of_all, reviewed
from core.settings import settings
from core.words import say
from pages.parts import honest_months, show
from pages.parts.figures import kept

# Of the months whose agreement left the band, only the latest are told.
MOST_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Honest:
    """Ready to draw: a table as text, what it rests on, or `why` there is none; `moved`: drift in words.

    `areas`: those whose months can be shown, most comments first.
    """

    why: str
    table: pd.DataFrame
    areas: tuple[str, ...]
    basis: str
    moved: tuple[str, ...]


def section(community_id: int) -> None:
    """The machine's counts beside the corrected ones, folded; months in which the machine reads otherwise."""
    show.section(say("honest.title"), say("honest.note"))
    try:
        with database.reading() as session:
            newest = newest_of_all(session) if any_label(session, community_id) else None
        found = _counted(settings().url, community_id, newest) if newest else None
    except LinshengError as error:
        show.fail(str(error))
        return
    if newest is None or found is None or found.why:
        show.empty(found.why if found else say("honest.no_labels"))
    else:
        _table(found)
        honest_months.choose(community_id, newest, found.areas)
    if found and found.moved:
        lines = "".join(f"<li>{escape(line)}</li>" for line in found.moved)
        chance = f'<p class="st-note">{escape(say("honest.drift.chance"))}</p>'
        st.html(f'<ul class="st-todo">{lines}</ul>{chance}')


def _table(found: Honest) -> None:
    table = show.table_html(found.table, numeric=found.table.columns[1:])
    st.html(
        f'<p class="st-note">{escape(found.basis)}</p>'
        f'<details class="st-under"><summary>{escape(say("honest.open"))}</summary>{table}'
        f'<p class="st-note">{escape(say("honest.explain"))}</p></details>'
    )


@kept
def _counted(url: str, community_id: int, newest: Newest) -> Honest:
    with database.reading() as session:
        frame, reference = reviewed(session, community_id), evaluated(session)
    counts = corrected_counts(frame)
    moved = told_drift(drift(frame, reference)) if reference else ()
    figures = in_order(shown(counts.table))
    areas = tuple(figures.loc[~figures["hidden"], "area"].tolist())
    return Honest(counts.why, as_table(figures), areas, _basis(counts), moved)


def in_order(figures: pd.DataFrame) -> pd.DataFrame:
    """What corrected_counts.shown gives: most comments first, hidden ones and `other` last.

    Areas with no comment, by the machine or corrected, have no row.
    """
    rows = figures[figures["hidden"] | (figures["machine"] > 0) | (figures["corrected"].round() > 0)]
    last = rows["area"] == "other"
    return rows.assign(last=last).sort_values(
        ["last", "hidden", "corrected"], ascending=[True, True, False], kind="stable"
    )


def as_table(figures: pd.DataFrame) -> pd.DataFrame:
    """What corrected_counts.shown gives, as text, `in_order`."""
    cells = [
        [label_of(area), *honest_months.told(machine, corrected, low, high)]
        for area, machine, corrected, low, high in in_order(figures)[FIGURES].itertuples(index=False)
    ]
    return pd.DataFrame(cells, columns=[say(f"honest.column.{name}") for name in _COLUMNS])


_COLUMNS = ("area", "machine", "corrected", "interval")


def _basis(counts: CorrectedCounts) -> str:
    """How many comments and labels; the share abstained, unless it would tell of one to four comments."""
    n, share = counts.n, honest_months.share_told(counts.n, counts.abstained)
    line = say("honest.abstained", share=share) if share else say("honest.abstained_untold")
    return say("honest.basis", n=f"{n:,}", sampled=f"{counts.sampled:,}") + line


def told_drift(months: pd.DataFrame) -> tuple[str, ...]:
    """The latest months of core.analysis.drift that left the band, in words, the latest first."""
    moved = months[months["alarm"].astype(bool)].iloc[::-1][:MOST_MONTHS]
    return tuple(
        say(
            f"honest.drift.{'below' if outside < 0 else 'above'}",
            month=month, n=f"{n:,}", share=f"{agreement:.0%}", low=f"{low:.0%}", high=f"{high:.0%}",
        )
        for month, n, agreement, low, high, outside in moved[_DRIFT].itertuples(index=False)
    )  # fmt: skip


_DRIFT = ["month", "n", "agreement", "low", "high", "outside"]

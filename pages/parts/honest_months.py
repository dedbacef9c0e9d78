"""One area's months: the machine's count, the corrected one with its interval, and what it abstained from."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core import database
from core.analysis.corrected_counts import (
    FIGURES,
    corrected_by_month,
    corrected_counts,
    shown,
    shown_by_month,
)
from core.analysis.suppression import SHARE_FROM, shown_count
from core.errors import LinshengError
from core.output.comments_chart import label_of
from core.queries.reviewed import Newest, reviewed
from core.settings import settings
from core.words import say
from pages.parts import show
from pages.parts.figures import kept

_COLUMNS = ("month", "machine", "corrected", "interval", "abstained")


def choose(community_id: int, newest: Newest, areas: Sequence[str]) -> None:
    """A list of areas, and the months of the one chosen; nothing is computed before."""
    if not areas:
        return
    area = st.selectbox(
        say("honest.month.label"), areas, index=None, key="honest.area", format_func=label_of,
        placeholder=say("honest.month.choose"),
    )  # fmt: skip
    if area is None:
        return
    try:
        table = _by_area(settings().url, community_id, newest)[area]
    except LinshengError as error:
        show.fail(str(error))
        return
    caption = say("honest.month.caption", area=label_of(area))
    show.table(table, numeric=table.columns[1:], caption=caption)
    st.html(f'<p class="st-note">{say("honest.month.explain")}</p>')


@kept
def _by_area(url: str, community_id: int, newest: Newest) -> dict[str, pd.DataFrame]:
    with database.reading() as session:
        frame = reviewed(session, community_id)
    whole = shown(corrected_counts(frame).table)
    months = shown_by_month(corrected_by_month(frame).table, whole)
    return {str(area): as_table(rows) for area, rows in months.groupby("area")}


def as_table(rows: pd.DataFrame) -> pd.DataFrame:
    """One area's rows of corrected_counts.shown_by_month as text, months in order."""
    cells = [
        [month, *told(*figures), share_told(n, abstained) or say("comments.chart.hidden")]
        for month, n, abstained, *figures in rows[["month", "n", "abstained", *FIGURES[1:]]].itertuples(
            index=False
        )
    ]
    return pd.DataFrame(cells, columns=[say(f"honest.column.{name}") for name in _COLUMNS])


def told(machine: int, corrected: float, low: float, high: float) -> tuple[str, str, str]:
    """The machine's count, the corrected one and its interval as text, or that they are not shown."""
    if pd.isna(corrected):
        return (say("comments.chart.hidden"),) * 3
    return f"{machine:,}", f"{corrected:,.0f}", f"{low:,.0f}–{high:,.0f}"


def share_told(n: int, abstained: int) -> str:
    """The share of `n` comments the machine abstained from; empty below 30, or if it told of one to four."""
    few = n < SHARE_FROM or None in (shown_count(abstained), shown_count(n - abstained))
    return "" if few else f"{abstained / n:.0%}"

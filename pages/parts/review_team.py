"""For the supervisor on the review screen: what each reviewer read, how far they agree, what they changed."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from core import database
from core.access import Right
from core.analysis.agreement import by_reviewer
from core.analysis.error_rates import confusion, corrections
from core.analysis.suppression import SHARE_FROM, SMALLEST_SHOWN, shown_count
from core.queries.reviewed import labels_by_reviewer, reviewed, reviewer_names
from core.queries.viewers import communities_for
from core.settings import settings
from core.words import say
from models.taxonomy import AREA_LABELS
from pages.parts import review_agreement, show
from pages.parts.figures import kept
from pages.parts.gate import Seat

# So many kinds of corrections are told.
MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Team:
    """Ready to draw: a row per reviewer, how far they agree, the most frequent corrections in words."""

    table: pd.DataFrame
    alpha: str
    corrected: tuple[str, ...]


def section(seat: Seat) -> None:
    """A switch for who may see it here; nothing is computed before it is turned on. Raises Unavailable."""
    here = seat.community.community_id
    # Most have it nowhere, and the screen is drawn after every key.
    if not seat.viewer.may(Right.REVIEWERS):
        return
    with database.reading() as session:
        if here not in {card.community_id for card in communities_for(session, seat.viewer, Right.REVIEWERS)}:
            return
    if st.toggle(say("review.team.open"), key="review.team", help=say("review.team.note")):
        _draw(_team(settings().url, here))


def _draw(team: Team) -> None:
    if not len(team.table):
        show.empty(say("review.team.nobody"))
        return
    numeric = team.table.columns[1:]
    told = "".join(f"<li>{escape(line)}</li>" for line in team.corrected)
    none = escape(say("review.team.none", least=SMALLEST_SHOWN))
    st.html(
        show.table_html(team.table, numeric=numeric, caption=say("review.team.caption"))
        + f'<p class="st-note">{escape(team.alpha)}</p>'
        + f'<p class="st-note">{escape(say("review.team.explain"))}</p>'
    )
    show.section(say("review.team.corrections"), say("review.team.corrections_note", most=MOST))
    st.html(f'<ul class="st-todo">{told}</ul>' if told else f'<p class="st-note">{none}</p>')


@kept
def _team(url: str, community_id: int) -> Team:
    with database.reading() as session:
        labels, names = labels_by_reviewer(session, community_id), reviewer_names(session, community_id)
        frame = reviewed(session, community_id)
    twice = int((labels.groupby("comment_id").size() > 1).sum())
    alpha = say("review.team.alpha", told=review_agreement.alpha(labels, twice))
    return Team(as_table(by_reviewer(labels), names), alpha, told(corrections(confusion(frame))))


def as_table(reviewers: pd.DataFrame, names: dict[int, str]) -> pd.DataFrame:
    """Rows of core.analysis.agreement.by_reviewer as text, in the order of the names."""
    rows = [
        (names[reviewer], _amount(n), _amount(both), _share(same, both))
        for reviewer, n, both, same in reviewers.itertuples(index=False)
    ]
    heads = [say(f"review.team.{name}") for name in ("who", "n", "both", "same")]
    return pd.DataFrame(sorted(rows), columns=heads)


def _amount(n: int) -> str:
    return say("show.fewer_than", n=SMALLEST_SHOWN) if shown_count(n) is None else f"{n:,}"


def _share(same: int, both: int) -> str:
    if both < SHARE_FROM:
        return say("review.team.few", least=SHARE_FROM)
    return say("review.team.share", share=f"{same / both:.0%}", same=f"{same:,}", both=f"{both:,}")


def told(found: pd.DataFrame) -> tuple[str, ...]:
    """The first MOST rows of core.analysis.error_rates.corrections in words."""
    return tuple(
        say("review.team.correction", predicted=AREA_LABELS[predicted], label=AREA_LABELS[label], n=f"{n:,}")
        + ("" if pd.isna(share) else say("review.team.correction_share", share=f"{share:.0%}"))
        for predicted, label, n, share in found[:MOST].itertuples(index=False)
    )

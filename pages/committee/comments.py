"""居民意见: what residents said, by area and month, and the words themselves to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from core import database
from core.access import Right
from core.analysis.comment_counts import Conservation, Leading
from core.errors import LinshengError
from core.queries.comments import Counted, comments_in, counted
from core.words import say
from models.taxonomy import AREA_LABELS
from pages.parts import comment_figures, comment_list, gate, honest_figures, show
from pages.parts.comment_figures import Drawn

seat = gate.require(Right.COMMENTS)


def asked() -> tuple[Sequence[Counted], int]:
    """The counts, and how many comments came in; stops the run when the record cannot be read."""
    try:
        with database.reading() as session:
            community_id = seat.community.community_id
            return counted(session, community_id), comments_in(session, community_id)
    except LinshengError as error:
        show.fail(str(error))
        st.stop()


def finding(first: Leading | None, total: int) -> str:
    """The screen's finding in one sentence."""
    if not total:
        return say("comments.none")
    if first is None:
        return say("comments.no_leader", n=f"{total:,}")
    area, n = AREA_LABELS[first.area], f"{first.n:,}"
    if first.share is None:
        return say("comments.leading_few", area=area, n=n)
    return say("comments.leading", area=area, n=n, share=f"{first.share:.0%}")


def how(months: list[str], total: int) -> str:
    """Where the comments come from, and of which months."""
    card, n = seat.community, f"{total:,}"
    parts = [say("comments.source", source=card.source)] if card.source else []
    if len(months) == 1:
        parts.append(say("comments.one_month", first=months[0], n=n))
    elif months:
        parts.append(say("comments.period", first=months[-1], last=months[0], n=n))
    return " · ".join(parts)


def states(kept: Conservation, urgent: int) -> None:
    """What became of all comments, as a sum; work that waits is never hidden."""
    told = {name: f"{getattr(kept, name):,}" for name in kept.__dataclass_fields__}
    line = escape(say("comments.states", **told))
    first = f" <b>{escape(say('comments.urgent', n=f'{urgent:,}'))}</b>" if urgent else ""
    st.html(f'<p class="cm-states">{line}。{first}</p>')
    if kept.missing:
        show.fail(say("comments.missing", n=f"{abs(kept.missing):,}"))


def charts(shown: Drawn) -> None:
    """Comments by area, then each area's months, with the same figures as a table."""
    show.section(say("comments.chart.by_area"), say("comments.chart.by_area_note"))
    show.chart(shown.areas, "", key="comments-areas")
    show.section(say("comments.chart.by_month"), shown.months_note)
    show.chart(shown.months, "", key="comments-months")
    show.under(shown.twin, "comments", say("comments.chart.explain"), numeric=shown.twin.columns[1:])


counts, total = asked()
found = comment_figures.figures(counts)
shown = found.drawn
first = shown.first if shown else None
show.top(seat.community, say("comments.screen"), finding(first, total), how=how(found.months, total))
if not total:
    show.empty(say("comments.none_yet"))
    st.stop()
states(replace(found.states, total=total), found.urgent)
words, figures = st.columns([11, 9], gap="large")
with words:
    show.section(say("comments.list.title"), say("comments.list.note"))
    comment_list.listing(seat.community.community_id, comment_list.filters(found.months))
with figures:
    if shown:
        charts(shown)
    honest_figures.section(seat.community.community_id)

"""满意度: how activities were rated by area, and what the needs survey says of the services on the whole."""

from __future__ import annotations

from core.access import Right
from core.words import say
from pages.parts import figures, gate, map_parts, satisfaction_parts, show

seat = gate.require(Right.SATISFACTION)
COMMUNITY = seat.community.community_id
at = figures.mark()
rated = satisfaction_parts.feedback(COMMUNITY, at)
overall = satisfaction_parts.overall(COMMUNITY, at)
aspects = satisfaction_parts.aspects(COMMUNITY, at)


def head() -> None:
    """The finding: of feedback where there is some, else of the needs round."""
    finding, how = say("satisfaction.empty.title"), ""
    if rated is not None and rated.n:
        finding, how = rated.finding, rated.how
    elif overall is not None and overall.n:
        finding = overall.finding
    how = " · ".join([part for part in (how, *map_parts.as_of(at)) if part])
    show.top(seat.community, say("satisfaction.screen"), finding, how=how)


def of_activities() -> None:
    """Ratings by area, the index each area gets, and the ways of answering apart."""
    show.section(say("satisfaction.feedback.title"), say("satisfaction.feedback.note"))
    if rated is None or not rated.n:
        show.empty(
            say("satisfaction.empty.no_feedback" if rated is None else "satisfaction.empty.no_ratings")
        )
        return
    show.chart(rated.spec, "", key="rated", alt=say("satisfaction.chart.areas", finding=rated.finding))
    show.under(
        rated.table, "rated", say("satisfaction.feedback.explain"), numeric=rated.table.columns[2:-1],
        picture=("rated", rated.finding),
    )  # fmt: skip
    show.section(say("satisfaction.index.title"), say("satisfaction.index.note"))
    show.table(rated.indices, numeric=rated.indices.columns[1:3], caption=say("satisfaction.index.caption"))
    show.section(say("satisfaction.ways.title"), say("satisfaction.ways.note"))
    show.table(rated.ways, numeric=rated.ways.columns[1:], caption=say("satisfaction.ways.caption"))


def of_the_survey() -> None:
    """What the needs round says: on the whole by grid, then importance beside satisfaction."""
    if overall is None or not overall.n:
        show.section(say("satisfaction.overall.title"))
        show.empty(say("satisfaction.empty.no_survey"))
        return
    show.section(say("satisfaction.overall.title"), overall.finding)
    show.chart(
        overall.spec, "", key="overall", alt=say("satisfaction.chart.overall", finding=overall.finding)
    )
    show.under(overall.table, "overall", overall.explain, numeric=overall.table.columns[2:-1])
    if aspects is not None:
        show.section(say("satisfaction.matrix.title"), aspects.note)
        show.chart(aspects.spec, "", key="aspects", alt=say("satisfaction.chart.aspects"))
        explain = say("satisfaction.matrix.explain")
        show.under(aspects.table, "aspects", explain, numeric=aspects.table.columns[1:-1], unfolded=True)


head()
of_activities()
of_the_survey()

"""供需缺口: who needs what against what is provided, by need item, then by group."""

from __future__ import annotations

import streamlit as st

from core.access import Right
from core.words import say
from pages.parts import figures, gap_parts, gate, map_parts, show
from pages.parts.state_fields import draw_fields

seat = gate.require(Right.GAP)
COMMUNITY = seat.community.community_id
at = figures.mark()
found = gap_parts.round_or_stop(seat.community, say("gap.screen"), figures.survey(COMMUNITY, at))
BREAKDOWNS = ("age_band", "sex", "grid", "grid+age_band", "grid+sex", "age_band+sex")


def choose_area() -> str:
    """The area looked at; the address follows it."""
    offered = gap_parts.areas(found)
    asked = st.query_params.get("area", "")
    area: str = st.radio(
        say("gap.choose.area"),
        offered,
        index=offered.index(asked) if asked in offered else 0,
        format_func=gap_parts.area_label,
        horizontal=True,
        key="gap-area",
    )
    st.query_params.update({"c": seat.community.code, "area": area})
    return area


def the_area(view: gap_parts.View, area: str) -> None:
    """Demand against provision of one area, drawn and as a table."""
    if not view.provided:
        show.empty(say("gap.empty.nothing_provided"))
    show.chart(view.spec, "", key="gap", alt=say("gap.chart.name", area=gap_parts.area_label(area)))
    show.under(
        view.table, "gap", view.explain, numeric=view.table.columns[1:-1], picture=("gap", view.finding)
    )


def by_group(area: str) -> None:
    """One need of the area by group."""
    show.section(say("gap.group.title"), say("gap.group.note"))
    left, right = st.columns(2)
    names = {need.code: need.short for need in gap_parts.needs_in(found, area)}
    need = left.selectbox(say("gap.choose.need"), list(names), format_func=names.__getitem__)
    breakdown = right.selectbox(
        say("gap.choose.breakdown"), BREAKDOWNS, format_func=lambda code: say(f"gap.breakdown.{code}")
    )
    spec, table = gap_parts.group(COMMUNITY, at, need, breakdown)
    if spec is None:
        show.section("", say("gap.group.pair"))
    else:
        told = say("gap.chart.group", need=names[need], breakdown=say(f"gap.breakdown.{breakdown}"))
        show.chart(spec, "", key="gap-group", alt=told)
    show.under(table, "gap-group", say("gap.group.few"), numeric=table.columns[1:-1], unfolded=spec is None)


def referrals() -> None:
    """What social work doesn't serve: demand only, and where it goes."""
    table = gap_parts.referral(COMMUNITY, at)
    if len(table):
        show.section(say("gap.referral.title"), say("gap.referral.note"))
        show.table(table, numeric=table.columns[1:], caption=say("gap.referral.caption"))


head = st.container()
area = choose_area()
view = gap_parts.view(COMMUNITY, at, area)
with head:
    how = " · ".join([view.how, *map_parts.as_of(at)])
    show.top(seat.community, say("gap.screen"), view.finding, how=how)
the_area(view, area)
show.section(say("gap.field.title"), say("gap.field.note"))
draw_fields(gap_parts.fields(COMMUNITY, at))
by_group(area)
referrals()

"""What the gap screen draws, kept like all figures: an area, the quadrant, one need by group, referrals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from core import database
from core.analysis.estimates import ALL_BREAKDOWNS, estimate
from core.analysis.survey import NeedItem, weighed
from core.output import gap_rows, people
from core.output.gap_chart import gap_chart
from core.output.numbers import number
from core.output.weighting import weighting_notes
from core.queries import provision as asking
from core.queries.place_picker import grids_to_choose
from core.queries.rounds import CommunityCard
from core.queries.survey import provided_on
from core.settings import settings
from core.words import say
from models.base import now
from models.taxonomy import AGE_LABELS, AREA_LABELS, AREAS, BOUGHT_AREAS, SEX_LABELS
from pages.parts import figures, show
from pages.parts.figures import Mark, Need, Survey, kept

Drawn = tuple[dict[str, Any] | None, pd.DataFrame]
MORE: Final = "more"
REFERRAL: Final = frozenset(area.code for area in AREAS if area.kind == "referral")
SERVED: Final = tuple(area.code for area in AREAS if area.kind == "social_work")


@dataclass(frozen=True, slots=True)
class View:
    """One list of needs: finding, how to read it, the drawn chart, its table, how it came about."""

    finding: str
    how: str
    spec: dict[str, Any]
    table: pd.DataFrame
    explain: str
    provided: bool


def round_or_stop(community: CommunityCard, screen: str, found: Survey | None) -> Survey:
    """The round with answers; where there is none the run stops with what is missing and what to do next."""
    if found is not None and found.n:
        return found
    if community.source:
        sentence = say("gap.empty.letters", community=community.name)
    else:
        sentence = say("gap.empty.no_answers", round=found.name) if found else say("gap.empty.no_round")
    show.top(community, screen, say("gap.empty.title"))
    show.empty(sentence)
    st.stop()


def areas(found: Survey) -> list[str]:
    """The choices of areas: each one bought, then all others that social work serves, together."""
    asked = {need.area for need in found.needs.values()}
    more = [MORE] if any(area in asked for area in SERVED if area not in BOUGHT_AREAS) else []
    return [area for area in BOUGHT_AREAS if area in asked] + more


def area_label(area: str) -> str:
    """The area's name."""
    return say("gap.choose.other_areas") if area == MORE else AREA_LABELS[area]


def needs_in(found: Survey, area: str, *, written: bool = False) -> list[Need]:
    """The need items of a choice of areas; what residents wrote in themselves only with `written`."""
    wanted = {area} if area != MORE else set(SERVED) - set(BOUGHT_AREAS)
    items = (need for code, need in found.needs.items() if code != need.area)
    return [need for need in items if need.area in wanted and (written or not need.other)]


def view(community_id: int, at: Mark, area: str) -> View:
    """One area of the community's newest round."""
    return _view(settings().url, community_id, at.folded_at, area)


@kept
def _view(url: str, community_id: int, folded_at: datetime | None, area: str) -> View:
    found = _found(community_id, folded_at)
    rows = gap_rows.by_need(found.estimates, _names(needs_in(found, area)))
    everything = gap_rows.by_need(found.estimates, _names(needs_in(found, area, written=True)))
    table = gap_rows.table(everything, _supplied(found), first=say("gap.column.need"))
    provided = bool(found.frames.provision["provision"].notna().any())
    return View(
        gap_rows.finding(rows, area_label(area)), _how(found, rows), show.packed(gap_chart(rows)), table,
        _explain(found, needs_in(found, area)), provided,
    )  # fmt: skip


def _names(needs: Iterable[Need]) -> dict[str, str]:
    return {need.code: need.short for need in needs}


def _supplied(found: Survey) -> pd.DataFrame:
    """item, own, others in persons; null where nobody gave a figure."""
    given = found.frames.provision
    given = given.assign(by=given["own"].map({True: "own", False: "others"}))
    sums = given.groupby(["item", "by"])["provision"].sum(min_count=1).unstack()
    return sums.reindex(columns=["own", "others"]).reset_index()


def _how(found: Survey, rows: pd.DataFrame) -> str:
    """How to read the chart, and what its headline rests on."""
    first, unit = gap_rows.headline(rows), gap_rows.unit_of(rows)
    said = [say("gap.how.read" if unit == "persons" else "gap.how.read_share")]
    if first is not None:
        about = {"who": people.who(found.needs[first["need"]].ages), "base": number(first["base"])}
        said.append(say("gap.how.base_unknown" if pd.isna(first["base"]) else "gap.how.base", **about))
        said.append(say("gap.how.n_eff", n=number(first["n"]), n_eff=number(first["n_eff"])))
    on = _on(found)
    when = "gap.how.closed" if found.closes_at and found.closes_at <= now() else "gap.how.supply"
    return " · ".join([*said, found.name, say(when, on=on, closed=on)])


def _on(found: Survey) -> date:
    return provided_on(found.closes_at, now())


def _explain(found: Survey, needs: list[Need]) -> str:
    """How the figures came about, and who provides what, by name, source and date."""
    who = say("gap.list").join(dict.fromkeys(people.who(need.ages) for need in needs))
    said = [say("gap.explain.persons", who=who), say("gap.explain.state")]
    for need in {need.question: need for need in needs}.values():
        item = NeedItem(need.code, need.question, need.area, *need.ages)
        said += weighting_notes(weighed(item, found.frames))
    return "\n".join([*said, _population(found), _own(found, needs), _others(found, needs)])


def _population(found: Survey) -> str:
    if found.population_source is None:
        return say("gap.explain.population_none")
    source, as_of = found.population_source
    return say("gap.explain.population", source=source, as_of=as_of)


def _own(found: Survey, needs: list[Need]) -> str:
    sums = _supplied(found).set_index("item")["own"].dropna()
    listed = [
        say("gap.explain.own_one", need=need.short, n=number(sums[need.code]))
        for need in needs
        if need.code in sums.index
    ]
    words = {"on": _on(found), "list": say("gap.list").join(listed)}
    return say("gap.explain.own" if listed else "gap.explain.own_none", **words)


def _others(found: Survey, needs: list[Need]) -> str:
    with database.reading() as session:
        given = asking.other_provision(session, found.community_id)
    names = _names(needs)
    listed = [
        say(
            "gap.explain.others_one", name=row.name, need=names[str(row.item)], n=number(row.persons),
            source=row.source, as_of=row.as_of,
        )
        for row in given[given["item"].isin(names)].itertuples(index=False)
    ]  # fmt: skip
    words = "gap.explain.others" if listed else "gap.explain.others_none"
    return say(words, list=say("gap.list").join(listed))


def fields(community_id: int, at: Mark) -> dict[str, list[str]]:
    """The quadrant of all needs social work serves."""
    return _fields(settings().url, community_id, at.folded_at)


@kept
def _fields(url: str, community_id: int, folded_at: datetime | None) -> dict[str, list[str]]:
    found = _found(community_id, folded_at)
    needs = [need for area in areas(found) for need in needs_in(found, area)]
    return gap_rows.by_state(gap_rows.by_need(found.estimates, _names(needs)))


def group(community_id: int, at: Mark, need: str, breakdown: str) -> Drawn:
    """One need by group, drawn (margins only) and as a table."""
    return _group(settings().url, community_id, at.folded_at, need, breakdown)


@kept
def _group(
    url: str, community_id: int, folded_at: datetime | None, need: str, breakdown: str
) -> Drawn:  # fmt: skip
    found = _found(community_id, folded_at)
    named, axes = found.needs[need], breakdown.split("+")
    item = NeedItem(need, named.question, named.area, *named.ages)
    with database.reading() as session:
        grids = {row.grid_id: row.name for row in grids_to_choose(session, community_id)}
    names = {"grid": grids, "age_band": AGE_LABELS, "sex": SEX_LABELS}
    estimates = estimate([item], found.frames, breakdowns=ALL_BREAKDOWNS, share_bounds=True)
    rows = gap_rows.by_group(estimates, need, axes, names)
    table = gap_rows.group_table(rows, first=say("gap.column.group"))
    return show.packed(gap_chart(rows)) if len(axes) == 1 and len(rows) else None, table


def referral(community_id: int, at: Mark) -> pd.DataFrame:
    """Demand for what is referred to others, as a table."""
    return _referral(settings().url, community_id, at.folded_at)


@kept
def _referral(url: str, community_id: int, folded_at: datetime | None) -> pd.DataFrame:
    found = _found(community_id, folded_at)
    names = _names(n for code, n in found.needs.items() if n.area in REFERRAL and code != n.area)
    return gap_rows.demand_table(gap_rows.by_need(found.estimates, names), first=say("gap.column.need"))


def _found(community_id: int, folded_at: datetime | None) -> Survey:
    found = figures.survey(community_id, Mark(folded_at, 0))
    assert found is not None, "views are asked for only where a round is"
    return found

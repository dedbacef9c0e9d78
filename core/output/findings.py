"""The main findings in sentences, each with its figure, its interval and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from core.analysis.findings import Finding
from core.output import people
from core.output.demand_map import Wanted, figure, span, whole
from core.words import say


@dataclass(frozen=True, slots=True)
class Told:
    """One finding to print: the sentence, its figure with what that is, the interval, and the base."""

    kind: str
    sentence: str
    figure: str
    caption: str
    interval: str
    base: str


def tell(
    finding: Finding, needs: Mapping[str, Wanted], *, grids: Mapping[int, str], estimates: pd.DataFrame
) -> Told:
    """The finding in words; `grids` are names by id, `estimates` the frame it was found in."""
    want = needs[finding.need]
    in_shares = finding.kind in ("grid_apart", "most_wanted")
    about = {
        "need": want.name,
        "who": people.who(want.ages),
        "grid": grids.get(finding.grid or 0, ""),
        "persons": f"{finding.persons or 0:,}",
        "provision": f"{finding.provision or 0:,}",
        "of_ten": people.of_ten(finding.share or 0.0),
        "whole": f"{whole(estimates, finding.need)['share']:.0%}",
    }
    return Told(
        finding.kind,
        say(f"findings.{finding.kind}.sentence", **about),
        _figure(finding),
        say(f"findings.{finding.kind}.caption", **about),
        _share_span(finding, estimates) if in_shares else _person_span(finding),
        _base(finding, about["who"], about["grid"]),
    )


def _figure(finding: Finding) -> str:
    persons, provision = finding.persons or 0, finding.provision or 0
    if finding.kind == "largest_gap":
        return figure(persons - provision, "persons")
    if finding.kind == "largest_surplus":
        return figure(provision - persons, "persons")
    if finding.kind == "unknown_provision":
        return figure(persons, "persons")
    return figure(finding.share or 0.0, "share")


def _person_span(finding: Finding) -> str:
    return say("findings.needed", between=span(finding.low or 0, finding.high or 0, "persons"))


def _share_span(finding: Finding, estimates: pd.DataFrame) -> str:
    place = estimates["grid"].isna() if finding.grid is None else estimates["grid"] == finding.grid
    here = place.fillna(False) & estimates[["age_band", "sex"]].isna().all(axis=1)
    row = estimates[here & (estimates["need"] == finding.need)].iloc[0]
    return say("findings.interval", between=span(row["share_low"], row["share_high"], "share"))


def _base(finding: Finding, who: str, grid: str) -> str:
    """Whom it speaks of, how many live there, how many were asked."""
    where, n = say("findings.of_grid", grid=grid) if grid else "", f"{finding.n or 0:,}"
    if finding.base is None:
        return say("findings.base_unknown", where=where, who=who, n=n)
    return say("findings.base", where=where, who=who, base=f"{finding.base:,}", n=n)

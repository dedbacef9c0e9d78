"""The overview's sentences: how many answered and how, and how satisfied they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from core.analysis.suppression import shown_count
from core.output import answers_map
from core.words import day, say


def how_many(n: int) -> str:
    """A number of responses as it may be told."""
    shown = shown_count(n)
    return say("overview.answers.few") if shown is None else say("overview.answers.many", n=f"{shown:,}")


def finding(n: int, answered: pd.DataFrame, grids: pd.DataFrame) -> str:
    """How many responses came in, per hundred households where all are known, and where the fewest."""
    homes = answered["households"]
    unknown = answered.empty or homes.isna().any() or int(homes.sum()) < answers_map.FEWEST_HOUSEHOLDS
    if unknown or shown_count(n) is None:
        return say("overview.answers.finding_plain", many=how_many(n))
    first = say("overview.answers.finding", many=how_many(n), rate=f"{100 * n / int(homes.sum()):.0f}")
    least = answers_map.fewest(answered, grids)
    return say("overview.answers.both", first=first, least=least) if least else first


def how(
    name: str, opens_at: datetime, closes_at: datetime | None, ways: Mapping[str, int | None]
) -> list[str]:
    """The round, its dates, and who filled the sheets in; `ways` are counts, None where hidden."""
    told = {
        way: say("show.hidden") if n is None else say("overview.answers.count", n=f"{n:,}")
        for way, n in ways.items()
    }
    found = [say("overview.how.round", round=name, first=day(opens_at))]
    if closes_at is not None:
        found.append(say("overview.how.closes", day=day(closes_at)))
    return [*found, say("overview.how.ways", **told)]

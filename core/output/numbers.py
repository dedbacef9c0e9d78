"""How figures are written on screens, in tables and on the command line; what nobody knows is a dash."""

from __future__ import annotations

from typing import Any

import pandas as pd

from core.analysis.suppression import SMALLEST_SHOWN, shown_count
from core.words import say


def number(value: Any) -> str:
    """A whole number with its thousands, 1,234 or −310; a dash where it is null."""
    # A hyphen in front would make a formula of it in a spreadsheet.
    return say("show.none") if pd.isna(value) else f"{round(value):,}".replace("-", "−")


def people(n: int) -> str:
    """How many answered or rated; one to four are told as fewer than five."""
    return say("show.fewer_than", n=SMALLEST_SHOWN) if shown_count(n) is None else number(n)


def percent(share: Any) -> str:
    """A share of 1 as a whole percentage, 37%; what isn't quite nothing is no 0%."""
    if pd.isna(share):
        return say("show.none")
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def decimal(value: Any, places: int = 2) -> str:
    """A number with a fixed number of decimals: 0.19."""
    return say("show.none") if pd.isna(value) else f"{value:,.{places}f}"


def span(low: Any, high: Any) -> str:
    """An interval of whole numbers: 171–262."""
    return say("show.none") if pd.isna(low) or pd.isna(high) else f"{round(low):,}–{round(high):,}"


def percent_span(low: Any, high: Any) -> str:
    """An interval of shares: 24–31%."""
    return say("show.none") if pd.isna(low) or pd.isna(high) else f"{low * 100:.0f}–{high:.0%}"

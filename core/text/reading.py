"""What reading one comment yields."""

from __future__ import annotations

from typing import NamedTuple


class Reading(NamedTuple):
    """One comment as the classifier reads it.

    `area` is always the best guess and `probability` how likely it is; `abstained` says that this is too
    unsure to be counted. `areas` are up to two secondary ones. `urgent`: somebody could come to harm soon.
    `second` is the next best guess at the area (empty: there is none) and how likely that is.
    """

    area: str
    areas: tuple[str, ...]
    probability: float
    sentiment: str
    intent: str
    urgent: bool
    abstained: bool
    second: str = ""
    second_probability: float | None = None

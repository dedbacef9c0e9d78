"""Who answered, by place: responses by grid per hundred households, and by building; small counts hidden."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.analysis.suppression import SHARE_FROM, protect_line, too_few

# Who filled a sheet in, in three ways: residents themselves, others at a screen for them, anything else.
WAYS = {"self": "own", "family": "assisted", "worker": "assisted"}


def by_grid(cells: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    """One row per row of `households` (grid, households): grid, households, n, per_100, hidden.

    `per_100` = responses per hundred households: several persons of one household may answer, so it is the
    most the share of answering households can be. Null where n is hidden or there are fewer than thirty
    households (or nobody knows how many). `cells`: grid, n; persons whose grid is unknown are in no row.
    """
    counts = cells.groupby("grid")["n"].sum().reindex(households["grid"], fill_value=0)
    n = counts.to_numpy(dtype=float)
    few = too_few(n)
    hidden = protect_line(n, few, few)
    living = households["households"].to_numpy(dtype=float, na_value=np.nan)
    known = ~hidden & (living >= SHARE_FROM)
    rate = np.divide(100 * n, living, out=np.full(n.shape, np.nan), where=known)
    return pd.DataFrame(
        {
            "grid": households["grid"].to_numpy(dtype=np.int64),
            "households": households["households"].array,
            "n": pd.array(np.where(hidden, np.nan, n), dtype="Float64").astype("Int64"),
            "per_100": pd.array(rate, dtype="Float64"),
            "hidden": hidden,
        }
    )


def by_building(buildings: pd.DataFrame, counts: pd.DataFrame, grids: pd.DataFrame) -> pd.DataFrame:
    """One row per building (columns building, grid): building, grid, n (null where hidden), hidden.

    `counts`: building, n. `grids` are the rows of `by_grid`: where a grid is hidden, so are its buildings.
    Persons who named no building are in no row.
    """
    n = counts.set_index("building")["n"].reindex(buildings["building"], fill_value=0).to_numpy(dtype=float)
    place = buildings["grid"].to_numpy(dtype=np.int64)
    hidden = np.zeros(len(n), dtype=bool)
    for grid, whole in zip(grids["grid"], grids["hidden"], strict=True):
        rows = place == grid
        few = too_few(n[rows])
        hidden[rows] = True if whole else protect_line(n[rows], few, few)
    shown = pd.array(np.where(hidden, np.nan, n), dtype="Float64").astype("Int64")
    return pd.DataFrame({"building": buildings["building"], "grid": place, "n": shown, "hidden": hidden})


def by_way(responses: pd.DataFrame) -> dict[str, int | None]:
    """Responses by who filled them in (own, assisted, other); None where hidden. Columns: collector, n.

    The sum of the three is told elsewhere: where one is small, a second is hidden with it.
    """
    way = responses["collector"].map(lambda collector: WAYS.get(collector, "other"))
    n = responses.groupby(way)["n"].sum().reindex(["own", "assisted", "other"], fill_value=0)
    few = too_few(n.to_numpy())
    hidden = protect_line(n.to_numpy(dtype=float), few, few)
    return {str(name): None if gone else int(k) for (name, k), gone in zip(n.items(), hidden, strict=True)}

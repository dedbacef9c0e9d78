"""复核抽样: which comments persons read so that the machine's errors can be counted.

Strata are cells: predicted area × how sure the machine was. Every comment has one fixed random number; of
a cell the smallest ones are its sample. So nothing about the draw is stored: it is the same for everybody,
goes on where it stopped, takes in new comments, and holds when a new classifier puts comments into other
cells. (Permanent random numbers: Ohlsson 1995; allocation: Neyman 1934.)

Labels given for another reason (urgent, or what teaches most) say little about the rest of their cell: they
stand, but error rates are taken from the sample alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.analysis.cube import Bools, Floats, Ints
from models.taxonomy import AREA_LABELS

AREAS: Final = tuple(AREA_LABELS)
BANDS: Final = ("abstained", "low", "middle", "high")
# A comment the machine did not abstain from is low below .7, middle below .9, else high.
EDGES: Final = (0.7, 0.9)
CELLS: Final = len(AREAS) * len(BANDS)
CELL_AREA: Final = np.repeat(np.arange(len(AREAS)), len(BANDS))
CELL_BAND: Final = np.tile(np.arange(len(BANDS)), len(AREAS))
# The share of wrong readings by band before anybody has looked; it only decides how the work is spread.
EXPECTED_WRONG: Final = (0.5, 0.35, 0.2, 0.08)
LEAST = 2
# A cell's sample reaches as far as this share of the smallest random numbers is labelled: new comments that
# nobody has read yet do not end it, labels scattered for other reasons do not lengthen it by much.
DENSE = 0.75
SEED = 20_261_001
_GAMMA, _MIX_1, _MIX_2 = (np.uint64(x) for x in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def cells(frame: pd.DataFrame) -> Ints:
    """The cell of each comment: area × 4 + band. Columns predicted, probability, abstained.

    A code that is no area any more counts as `other`.
    """
    area = pd.Index(AREAS).get_indexer(pd.Index(frame["predicted"]))
    area = np.where(area < 0, AREAS.index("other"), area)
    sure = np.searchsorted(EDGES, frame["probability"].to_numpy(dtype=float), side="right") + 1
    band = np.where(frame["abstained"].to_numpy(dtype=bool), 0, sure)
    return np.asarray(area * len(BANDS) + band, dtype=np.int64)


def labelled(frame: pd.DataFrame) -> Bools:
    """Which comments a person has labelled: column `label` holds an area."""
    return np.asarray(frame["label"].fillna("").to_numpy() != "", dtype=bool)


def random_numbers(ids: npt.ArrayLike, seed: int = SEED) -> Floats:
    """The fixed random number of each comment id, evenly spread over [0, 1): SplitMix64 begun at the seed's.

    The seed is mixed first: else one seed's numbers would be its neighbour's, moved on by one comment.
    """
    begin = _mixed(np.array([seed], dtype=np.uint64) * _GAMMA)
    mixed = _mixed(begin + np.asarray(ids, dtype=np.uint64) * _GAMMA)
    return np.asarray((mixed >> np.uint64(11)) / float(1 << 53))


def allocate(sizes: npt.ArrayLike, budget: int) -> Ints:
    """How many of `budget` comments each of the CELLS cells gets; never more than it has.

    In proportion to size × the spread expected in its band (Neyman), but at least LEAST (or all it has) where
    that takes no more than half the budget. Fractions: largest remainder first.
    """
    size = np.asarray(sizes, dtype=np.int64)
    if budget >= size.sum():
        return size.copy()
    least = np.minimum(size, LEAST)
    least = least if 2 * least.sum() <= budget else np.zeros_like(size)
    wrong = np.asarray(EXPECTED_WRONG)[CELL_BAND]
    wanted = size * np.sqrt(wrong * (1 - wrong))
    low, high = 0.0, 1.0 / float(wanted[wanted > 0].min()) * float(size.max())
    for _ in range(60):
        middle = (low + high) / 2
        enough = np.clip(middle * wanted, least, size).sum() >= budget
        low, high = (low, middle) if enough else (middle, high)
    exact = np.clip(low * wanted, least, size)
    out = np.floor(exact).astype(np.int64)
    first = np.argsort(-(exact - out), kind="stable")[: budget - int(out.sum())]
    out[first] += 1
    return np.asarray(np.minimum(out, size))


def draw(frame: pd.DataFrame, budget: int, *, seed: int = SEED) -> pd.DataFrame:
    """The sample of `budget` comments in the order to read them, those labelled already among them.

    `frame` also has comment_id. Columns: comment_id, area, band, labelled. Wherever reading stops,
    every cell has had its share of what was read.
    """
    cell, rank, _ = _ranked(frame, seed)
    n = allocate(np.bincount(cell, minlength=CELLS), budget)[cell]
    taken = np.flatnonzero(rank < n)
    due = (rank[taken] + 0.5) / n[taken]
    taken = taken[np.lexsort((random_numbers(frame["comment_id"], seed)[taken], due))]
    return pd.DataFrame(
        {
            "comment_id": frame["comment_id"].to_numpy()[taken],
            "area": np.asarray(AREAS)[CELL_AREA[cell[taken]]],
            "band": np.asarray(BANDS)[CELL_BAND[cell[taken]]],
            "labelled": labelled(frame)[taken],
        }
    )


def sampled(frame: pd.DataFrame, *, seed: int = SEED) -> Bools:
    """Which labelled comments are a random sample of their cell: those among its DENSE smallest numbers."""
    cell, rank, order = _ranked(frame, seed)
    has = labelled(frame)
    read = np.cumsum(has[order])
    begins = np.flatnonzero(rank[order] == 0)
    before: Ints = np.repeat((read - has[order])[begins], np.diff(np.append(begins, len(order))))
    dense = has[order] & (read - before >= DENSE * (rank[order] + 1))
    reach = np.full(CELLS, -1, dtype=np.int64)
    np.maximum.at(reach, cell[order][dense], rank[order][dense])
    return np.asarray(has & (rank <= reach[cell]), dtype=bool)


def strata(frame: pd.DataFrame, budget: int, *, seed: int = SEED) -> pd.DataFrame:
    """How far the sample has come, by cell with a comment in it.

    Columns area, band, n (comments), wanted (of `budget`), labelled, sampled (labels that count for rates).
    """
    cell = cells(frame)
    n = np.bincount(cell, minlength=CELLS)
    there = np.flatnonzero(n)
    numbers = {
        "n": n,
        "wanted": allocate(n, budget),
        "labelled": np.bincount(cell[labelled(frame)], minlength=CELLS),
        "sampled": np.bincount(cell[sampled(frame, seed=seed)], minlength=CELLS),
    }
    codes = {"area": np.asarray(AREAS)[CELL_AREA[there]], "band": np.asarray(BANDS)[CELL_BAND[there]]}
    return pd.DataFrame(codes | {column: counts[there] for column, counts in numbers.items()})


def _ranked(frame: pd.DataFrame, seed: int) -> tuple[Ints, Ints, Ints]:
    """Cell of each comment, its rank by random number within the cell, and the order by cell and rank."""
    cell = cells(frame)
    ids = frame["comment_id"].to_numpy(dtype=np.int64)
    order = np.lexsort((ids, random_numbers(ids, seed), cell))
    begins = np.searchsorted(cell[order], np.arange(CELLS))
    rank = np.empty(len(cell), dtype=np.int64)
    rank[order] = np.arange(len(cell)) - begins[cell[order]]
    return cell, rank, order


def _mixed(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))

"""How often the machine errs, cell by cell (predicted area × confidence), from the review sample.

Cells are many and labels few. The *shares* are the sample's own, so that estimates have no bias; what a
cell is *expected* to hold, which only says how far its shares may be off, leans on others: a cell on its
area and its band, an area's confusions on all confusions (empirical Bayes). So no interval shrinks to
nothing because a cell of three labels saw no error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.analysis.cube import Bools, Floats, Ints
from core.analysis.review_sample import AREAS, BANDS, CELL_AREA, CELL_BAND, CELLS, cells, sampled
from core.analysis.suppression import SHARE_FROM, SMALLEST_SHOWN

# How many labels what is expected elsewhere is worth, in a cell and in an area's or band's rate.
CELL_LEANS = 3.0
RATE_LEANS = 2.0
MOST_WRONG = 0.95
_RIGHT = np.eye(len(AREAS))[CELL_AREA]


@dataclass(frozen=True, slots=True)
class Rates:
    """By cell (rows) and area a person decided on (columns); merged cells have one row, the others are empty.

    `home`: the row each cell was merged into; `sizes` comments, `n` of them in the sample; `found` their
    labels; `shares` the sample's, `expected` the smoothed ones; each row of both sums to 1.
    """

    home: Ints
    sizes: Ints
    n: Ints
    found: Ints
    shares: Floats
    expected: Floats


def error_rates(frame: pd.DataFrame, in_sample: Bools) -> Rates:
    """The rates of the sample's labels; `frame`: predicted, probability, abstained, label."""
    cell = cells(frame)
    decided = pd.Index(AREAS).get_indexer(pd.Index(frame["label"][in_sample]))
    decided = np.where(decided < 0, AREAS.index("other"), decided)
    sizes = np.bincount(cell, minlength=CELLS).astype(np.int64)
    found = np.zeros((CELLS, len(AREAS)), dtype=np.int64)
    np.add.at(found, (cell[in_sample], decided), 1)
    home = _homes(sizes, found.sum(axis=1))
    sizes, found = _moved(sizes, home), _moved(found, home)
    n = found.sum(axis=1)
    usual = _usual(sizes, found)
    shares = np.where((n > 0)[:, None], found / np.maximum(n, 1)[:, None], usual)
    return Rates(home, sizes, n, found, shares, (found + CELL_LEANS * usual) / (n + CELL_LEANS)[:, None])


def confusion(frame: pd.DataFrame, *, in_sample: Bools | None = None) -> pd.DataFrame:
    """Predicted × decided area: n (labels of the sample), share (of what was so predicted, design-weighted).

    Columns predicted, label, n, share; pairs nobody found are left out.
    """
    rates = error_rates(frame, sampled(frame) if in_sample is None else in_sample)
    asked = rates.n > 0
    weighted = np.zeros((len(AREAS), len(AREAS)))
    np.add.at(weighted, CELL_AREA[asked], (rates.sizes[:, None] * rates.shares)[asked])
    n = np.zeros(weighted.shape, dtype=np.int64)
    np.add.at(n, CELL_AREA, rates.found)
    predicted, label = np.nonzero(n)
    share = weighted / np.maximum(weighted.sum(axis=1, keepdims=True), 1)
    codes = np.asarray(AREAS)
    return pd.DataFrame(
        {
            "predicted": codes[predicted],
            "label": codes[label],
            "n": n[predicted, label],
            "share": share[predicted, label],
        }
    )


def corrections(found: pd.DataFrame) -> pd.DataFrame:
    """What people changed, of `confusion`, the most frequent first: predicted, label, n, share.

    `n` labels of the sample, five at least; `share` is null where fewer than 30 were predicted so.
    """
    of = found.groupby("predicted")["n"].transform("sum")
    wrong = (found["predicted"] != found["label"]) & (found["n"] >= SMALLEST_SHOWN)
    told = found.assign(share=found["share"].where(of >= SHARE_FROM))[wrong]
    return told.sort_values("n", ascending=False, kind="stable", ignore_index=True)


def _homes(sizes: Ints, n: Ints) -> Ints:
    """A cell nobody sampled joins the nearest sampled band of its area (ties: the less sure one)."""
    home = np.arange(CELLS)
    for cell in np.flatnonzero((sizes > 0) & (n == 0)):
        mates = np.flatnonzero((CELL_AREA[cell] == CELL_AREA) & (n > 0))
        if len(mates):
            home[cell] = mates[np.argmin(np.abs(mates - cell))]
    return home


def _moved(values: Ints, home: Ints) -> Ints:
    out = np.zeros_like(values)
    np.add.at(out, home, values)
    return out


def _usual(sizes: Ints, found: Ints) -> Floats:
    """What cells usually hold, going by the errors of their band, their area, and all confusions."""
    n = found.sum(axis=1)
    weight = sizes / np.maximum(n, 1)
    wrong = found * (1 - _RIGHT)
    of_cell = wrong.sum(axis=1)
    overall = _rate(weight * of_cell, weight * n, n, 0.5, 1.0)
    by_band = np.zeros(len(BANDS))
    for band in range(len(BANDS)):
        mine = band == CELL_BAND
        by_band[band] = _rate(
            (weight * of_cell)[mine], (weight * n)[mine], n[mine], RATE_LEANS * overall, RATE_LEANS
        )
    foreseen = np.bincount(CELL_AREA, n * by_band[CELL_BAND])
    of_area = (np.bincount(CELL_AREA, of_cell) + 1) / (foreseen + 1)
    rate = np.minimum(by_band[CELL_BAND] * of_area[CELL_AREA], MOST_WRONG)
    into = _confusions(wrong, weight)
    return np.asarray(_RIGHT * (1 - rate)[:, None] + into[CELL_AREA] * rate[:, None])


def _rate(weighted: Floats, of: Floats, n: Ints, lean: float, worth: float) -> float:
    """A weighted share on n labels, leaning on `lean` of `worth` labels."""
    share = weighted.sum() / max(of.sum(), 1e-9)
    return float((share * n.sum() + lean) / (n.sum() + worth))


def _confusions(wrong: Floats, weight: Floats) -> Floats:
    """Where the errors of each predicted area go, rows summing to 1: its own ones and all areas' together."""
    into = (wrong * weight[:, None]).sum(axis=0)
    into = into + 0.5 * max(into.sum(), 1.0) / len(AREAS)
    everywhere = np.tile(into, (len(AREAS), 1))
    np.fill_diagonal(everywhere, 0.0)
    everywhere /= everywhere.sum(axis=1, keepdims=True)
    own = np.zeros(everywhere.shape)
    np.add.at(own, CELL_AREA, wrong)
    own += RATE_LEANS * everywhere
    return np.asarray(own / own.sum(axis=1, keepdims=True))

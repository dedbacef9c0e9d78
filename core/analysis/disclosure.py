"""Which rows of the estimate frame are hidden, so that no count of 1 to 4 residents can be told."""

from __future__ import annotations

import numpy as np

from core.analysis.cube import AXES, Bools, Floats
from core.analysis.groups import Groups
from core.analysis.suppression import SHARE_FROM, protect_line, protect_table, too_few


def hidden_rows(asked: Floats, counts: Floats, groups: Groups) -> Bools:
    """Items × groups, True where every figure must be null. `asked` by group, `counts` items × groups.

    First the numbers asked, alike for all items of a question; then, item by item, the numbers who chose,
    where a row shows them: rows with n < 30 show no share, so they only lend cover. What is hidden never
    depends on which breakdowns a page shows: pairs may hide pairs, never a margin.
    """
    few_asked = too_few(asked)
    no_cap = np.full(len(asked), np.inf)
    by_asked = _spread(asked, no_cap, few_asked, few_asked, groups) if few_asked.any() else few_asked
    few = too_few(counts)
    # Where nobody is seen to have been asked a reader knows that nobody chose; such a row covers for none.
    caps = np.where((asked > 0) | by_asked, np.inf, 0.0)
    hidden = np.tile(by_asked, (len(counts), 1)) | (few & (asked >= SHARE_FROM))
    for item in np.flatnonzero(few.any(axis=1)):
        unknown = by_asked | ((asked > 0) & (asked < SHARE_FROM)) | few[item]
        hidden[item] |= _spread(counts[item], caps, unknown, few[item], groups) & ~unknown
    return hidden


def _spread(values: Floats, caps: Floats, unknown: Bools, needs: Bools, groups: Groups) -> Bools:
    """`unknown` rows plus those that must be hidden too, line by line, then table by table."""
    out = unknown.copy()
    for axis in AXES:
        rows = groups.rows[axis]
        if needs[rows].any():
            out[rows] = protect_line(
                values[rows], unknown[rows], needs[rows], caps=caps[rows], total_unknown=bool(unknown[0])
            )
    for pair, shape in groups.tables.items():
        first, _, second = pair.partition("+")
        inside, across, down = groups.rows[pair], groups.rows[first], groups.rows[second]
        frames = [_framed(x[inside].reshape(shape), x[across], x[down], x[0]) for x in (out, needs)]
        if frames[1].any():
            frames[1][-1, -1] = False
            known, most = (_with_totals(x[inside].reshape(shape)) for x in (values, caps))
            out[inside] = protect_table(known, frames[0], frames[1], caps=most)[:-1, :-1].ravel()
    return out


def _framed(inside: Bools, across: Bools, down: Bools, corner: bool) -> Bools:
    """A table's flags with those of its row and column totals at the edges."""
    return np.block([[inside, across[:, None]], [down[None, :], np.array([[corner]])]])


def _with_totals(inside: Floats) -> Floats:
    """A table with the sums of what it holds as last column and row (persons of unknown level left out)."""
    wide = np.hstack([inside, inside.sum(axis=1, keepdims=True)])
    return np.vstack([wide, wide.sum(axis=0, keepdims=True)])

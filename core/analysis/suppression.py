"""Small counts are hidden, and so is whatever would give them away (DOMAIN 4.9).

Thresholds count unweighted persons. Primary: 1 to 4. Secondary: in a line with its total, and in a table
with both margins, more cells are hidden until no hidden count can be told to within five. Persons whose
grid, age or sex is unknown are no row of any table: the rules hold even for a reader who knows how many.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from core.analysis.cube import Bools, Floats

SMALLEST_SHOWN = 5
SHARE_FROM = 30
WIDTH = 5


def shown_count(n: int) -> int | None:
    """The count as it may be shown: None for 1 to 4."""
    return None if 1 <= n < SMALLEST_SHOWN else n


def too_few(n: npt.ArrayLike) -> Bools:
    """Where a count is 1 to 4."""
    counts = np.asarray(n)
    return np.asarray((counts >= 1) & (counts < SMALLEST_SHOWN))


def protect_line(
    values: Floats, unknown: Bools, needs: Bools, *, caps: Floats | None = None, total_unknown: bool = False
) -> Bools:
    """`unknown` cells of a line and those that must join them so that none in `needs` follows from the total.

    A needy cell is safe beside an unknown partner with which it can exchange at least five persons; the next
    smallest positive cell is hidden until it is (ties: the earlier), then, if that is not enough, all.
    `caps`: the most each cell can be, where a reader knows it.
    """
    hidden = unknown | needs
    if total_unknown:
        return hidden
    room = (np.full(values.shape, np.inf) if caps is None else caps) - values
    candidates = [int(i) for i in np.lexsort((np.arange(len(values)), values)) if values[i] > 0]
    for cell in candidates:
        if _line_is_safe(values, room, hidden, needs):
            return hidden
        hidden[cell] = True
    return hidden if _line_is_safe(values, room, hidden, needs) else hidden | (values + room > 0)


def _line_is_safe(values: Floats, room: Floats, hidden: Bools, needs: Bools) -> bool:
    for cell in np.flatnonzero(needs):
        others = hidden.copy()
        others[cell] = False
        width = np.minimum(values[others], room[cell]) + np.minimum(values[cell], room[others])
        if width.max(initial=0.0) < WIDTH:
            return False
    return True


class _Rectangle(NamedTuple):
    cost: float
    row: int
    column: int


def protect_table(values: Floats, unknown: Bools, needs: Bools, *, caps: Floats | None = None) -> Bools:
    """`unknown` cells of a table plus the inner ones that must join them, for every cell in `needs`.

    All arrays carry the totals in their last row and column; totals are never newly hidden. A cell is safe as
    a corner of a rectangle of unknown cells along which persons can be moved by at least five without
    changing anything shown (the hypercube method); the cheapest such rectangle is taken. Where there is none,
    the whole inside is hidden. `caps`: the most each cell can be, where a reader knows it.
    """
    hidden = unknown | needs
    room = (np.full(values.shape, np.inf) if caps is None else caps) - values
    for row, column in np.argwhere(needs):
        corner = _cheapest(values, room, hidden, (int(row), int(column)))
        if corner is None:
            # Totals may count persons of unknown level beside what is inside: hidden ones are not empty.
            lived_in = (values > 0) | hidden
            hidden[:-1, :-1] |= lived_in[:-1, -1:] & lived_in[-1:, :-1] & (values + room > 0)[:-1, :-1]
            return hidden
        hidden[[row, corner.row, corner.row], [corner.column, column, corner.column]] = True
    return hidden


def _cheapest(values: Floats, room: Floats, hidden: Bools, cell: tuple[int, int]) -> _Rectangle | None:
    """The opposite corner of the cheapest wide enough rectangle at a cell; ties: first row, first column."""
    (row, column), (rows, columns) = cell, values.shape
    row_sign = np.where(np.arange(rows) < rows - 1, 1, -1)
    column_sign = np.where(np.arange(columns) < columns - 1, 1, -1)
    across = np.broadcast_to(-column_sign[column] * column_sign, values.shape)
    down = np.broadcast_to((-row_sign[row] * row_sign)[:, None], values.shape)
    corners = (
        (np.full(values.shape, row), np.arange(columns)[None, :], across),
        (np.arange(rows)[:, None], np.full(values.shape, column), down),
        (np.arange(rows)[:, None], np.arange(columns)[None, :], across * down),
    )
    gain = np.full(values.shape, room[cell])
    loss = np.full(values.shape, values[cell])
    for r, c, sign in corners:
        gain = np.minimum(gain, np.where(sign < 0, values[r, c], room[r, c]))
        loss = np.minimum(loss, np.where(sign < 0, room[r, c], values[r, c]))
    price = np.where(hidden, 0.0, values + 1)
    price[-1, ~hidden[-1]] = np.inf
    price[~hidden[:, -1], -1] = np.inf
    cost = price + price[row] + price[:, [column]]
    cost[gain + loss < WIDTH] = np.inf
    cost[row], cost[:, column] = np.inf, np.inf
    best = int(np.argmin(cost))
    where = divmod(best, columns)
    return _Rectangle(float(cost.flat[best]), *where) if np.isfinite(cost.flat[best]) else None


def audit(values: Floats, hidden: Bools, *, caps: Floats | None = None) -> Floats:
    """What a reader can work out: lowest and highest possible value of each hidden cell, shape (hidden, 2).

    `values` is a line with its total last, or a table with totals in the last row and column. The reader
    knows all shown cells, that no count is negative and none above its cap. One linear programme
    for each end.
    """
    signs = [np.where(np.arange(size) < size - 1, 1.0, -1.0) for size in values.shape]
    cells = np.argwhere(hidden)
    equations = []
    for axis in range(values.ndim):
        line = np.ones(values.shape) * signs[axis].reshape(
            [-1 if a == axis else 1 for a in range(values.ndim)]
        )
        for other in range(values.shape[1 - axis] if values.ndim == 2 else 1):
            mask = np.ones(values.shape) if values.ndim == 1 else np.indices(values.shape)[1 - axis] == other
            equations.append(line * mask)
    system = np.array(equations)
    left = np.array([e[hidden] for e in system])
    right = -np.array([float((e * np.where(hidden, 0, values)).sum()) for e in system])
    bounds = [(0, None if caps is None else float(caps[tuple(cell)])) for cell in cells]
    found = []
    for cell in range(len(cells)):
        goal = np.eye(len(cells))[cell]
        ends = [linprog(s * goal, A_eq=left, b_eq=right, bounds=bounds, method="highs") for s in (1, -1)]
        found.append([ends[0].fun, -ends[1].fun if ends[1].status == 0 else np.inf])
    return np.array(found).reshape(-1, 2)

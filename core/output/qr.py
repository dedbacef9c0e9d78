"""QR codes as pictures inside a page: vectors, so they print sharp at any size."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import Literal

import segno

# White around a code, in modules: readers need it (ISO/IEC 18004).
QUIET = 4
Level = Literal["M", "Q"]


def modules(address: str, *, level: Level = "M") -> tuple[tuple[bool, ...], ...]:
    """The code of an address, row by row: True is dark. `level`: M survives 15 % damage, Q 25 %."""
    made = segno.make_qr(address, error=level, boost_error=False)
    return tuple(tuple(bool(cell) for cell in row) for row in made.matrix)


def svg(address: str, *, label: str, level: Level = "M") -> str:
    """The code as an SVG element that fills its box; `label` is its name for who cannot see it."""
    rows = modules(address, level=level)
    size = len(rows) + 2 * QUIET
    path = "".join(_row(row, QUIET + y) for y, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {size} {size}" role="img" '
        f'aria-label="{escape(label)}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{path}"/></svg>'
    )


def data_uri(address: str, *, level: Level = "M") -> str:
    """The code as the `src` of an image, where a page takes no SVG element."""
    drawn = svg(address, label=address, level=level)
    return f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"


def _row(row: tuple[bool, ...], y: int) -> str:
    """The dark runs of one row as rectangles."""
    found, begin = [], None
    for x, dark in enumerate((*row, False)):
        if dark and begin is None:
            begin = x
        elif not dark and begin is not None:
            found.append(f"M{QUIET + begin} {y}h{x - begin}v1h-{x - begin}z")
            begin = None
    return "".join(found)

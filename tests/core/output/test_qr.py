"""A QR code holds exactly its address, as a reader that follows the standard finds; with room around it."""

from __future__ import annotations

import re
from base64 import b64decode
from xml.etree import ElementTree

import pytest

from core.output import qr
from tests.qr_reader import level_of, read

ADDRESS = "https://linsheng.example.cn/f/d-needs-2026?g=g1&b=b02&t=2009-359D587W"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> tuple[tuple[bool, ...], ...]:
    """The modules as the picture shows them, the white around them cut off."""
    root = ElementTree.fromstring(picture)
    size = int(root.attrib["viewBox"].split()[2])
    cells = [[False] * size for _ in range(size)]
    path = root.find(f"{SVG}path")
    assert path is not None
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path.attrib["d"]):
        assert width == back
        for j in range(int(x), int(x) + int(width)):
            cells[int(y)][j] = True
    quiet = qr.QUIET
    edge = [*cells[:quiet], *cells[-quiet:]] + [row[:quiet] + row[-quiet:] for row in cells]
    assert not any(cell for row in edge for cell in row)
    return tuple(tuple(row[quiet:-quiet]) for row in cells[quiet:-quiet])


@pytest.mark.parametrize("level", ["M", "Q"])
@pytest.mark.parametrize(
    "address",
    [
        ADDRESS,
        "https://a.cn/f",
        "http://127.0.0.1:8501/f?c=d",
        ADDRESS + "x" * 40,
        ADDRESS.replace("g1", "%E5%8C%97%E9%99%A2%E4%B8%80%E5%8C%BA"),
    ],
)
def test_a_reader_finds_the_address_in_the_picture(address: str, level: qr.Level) -> None:
    modules = drawn(qr.svg(address, label="x", level=level))
    assert read(modules) == address and level_of(modules) == level
    assert modules == qr.modules(address, level=level)


def test_one_wrong_module_of_data_shows() -> None:
    """The reader corrects nothing: it would notice a picture that is not what was meant."""
    modules = [list(row) for row in qr.modules(ADDRESS)]
    modules[-1][-1] = not modules[-1][-1]
    with pytest.raises(AssertionError, match="not in bytes"):
        read(modules)


def test_the_picture_has_a_name_and_nothing_of_it_is_markup() -> None:
    picture = qr.svg(ADDRESS, label='二维码 <b>"x"')
    root = ElementTree.fromstring(picture)
    assert root.attrib["role"] == "img" and root.attrib["aria-label"] == '二维码 <b>"x"'
    # Sizes are the page's: the picture fills its box.
    assert "width" not in root.attrib


def test_as_an_image_it_is_the_same_picture() -> None:
    kind, _, packed = qr.data_uri(ADDRESS).partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert read(drawn(b64decode(packed).decode())) == ADDRESS


def test_a_household_ticket_fits_a_code_that_prints_at_forty_millimetres() -> None:
    """Phones read 0.7 mm a module; at 42 mm with the white around it there may be 60 of them."""
    assert len(qr.modules(ADDRESS)) + 2 * qr.QUIET <= 60

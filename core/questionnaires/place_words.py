"""A place in a resident's own words (三号楼, ２网格３栋), matched against the grids and buildings there are.

Where the words say anything more than the place's name ("3号楼对面"), or fit two places, nothing is decided
here: a person does, and gets as suggestions what the words name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from core.redaction import HIDDEN


class NamedPlace(NamedTuple):
    """A building of a grid, or (`building` 0) the grid itself, with what it is called."""

    grid: int
    building: int
    code: str
    name: str


class Found(NamedTuple):
    """The place that is surely meant, else None; and every place the words name, to choose from."""

    place: NamedPlace | None
    named: tuple[NamedPlace, ...]


class _Hit(NamedTuple):
    """A place whose name stands in the words, from `begin` to `end`."""

    begin: int
    end: int
    place: NamedPlace


_DIGITS: Final = {
    c: n
    for n, chars in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for c in chars
}
_UNITS: Final = {"十": 10, "百": 100}
_NUMERAL: Final = re.compile(f"[{''.join(_DIGITS)}{''.join(_UNITS)}]+")
_BRACKETS: Final = re.compile(r"[（(].*")
_UNWANTED: Final = re.compile(r"[^\w#-]|_")
# Many ways to write a building and a grid by number, each made one.
_HOUSE: Final = re.compile(
    r"(?<![0-9a-z])([0-9]+|[a-z](?![a-z]))(?:号楼|号栋|号幢|栋楼|幢楼|#楼|栋|幢|座|#|号(?!院|线|路|门|单元|网格|室|车))"
)
_GRID: Final = re.compile(r"(?:第)?([0-9]+)号?网格|网格([0-9]+)号?")
_NUMBERED: Final = re.compile(r"[0-9a-z](?:号楼|网格)$")
# 5-2-501: building, unit, room.
_DASHED: Final = re.compile(r"([0-9]+)-[0-9]{1,2}-[0-9]{3,4}")
# What may stand beside a place without meaning another one: who lives there, and the way to the flat.
_BESIDE: Final = re.compile(
    r"我们家|我家|家里|我们|咱们|本人|我|家|住在|住|在|就是|是|的|里|那边|这边|楼上|社区|小区|本|"
    r"[0-9]+(?:单元|门|层|楼|室|房|户|号)|(?<![0-9])(?:[0-9]{1,2}-)*[0-9]{3,4}(?![0-9])(?:室|房|户|号)?|-|#"
)
# The way to one's very door: nobody needs it, so it is not kept.
_DOOR: Final = re.compile(
    r"[\d〇零一二三四五六七八九十]+\s*单元[\d〇零一二三四五六七八九十\s\-—－]*(?:室|号|户|房)?"
    r"|[\d〇零一二三四五六七八九十]{1,5}\s*(?:室|户|房(?!子|屋|东|间))"
    r"|(?<=[楼栋幢座#\-—－])\s*\d{1,2}\s*[\-—－]\s*\d{3,4}|(?<=[楼栋幢座#\-—－])\s*\d{3,4}(?!\d)"
)


def match(words: str, places: Sequence[NamedPlace], *, community: str = "") -> Found:
    """What the words name among the community's places; `community` is its name, which may stand beside."""
    said = _plain(words)
    hits = _outermost(_hits(said, places))
    houses = [hit for hit in hits if hit.place.building]
    grids = {hit.place.grid for hit in hits if not hit.place.building}
    if grids and houses:
        houses = [hit for hit in houses if hit.place.grid in grids]
    named = dict.fromkeys(hit.place for hit in (houses or hits))
    sure = len(named) == 1 and len(grids) <= 1 and not _more(said, hits, community)
    return Found(next(iter(named)) if sure else None, tuple(named))


def without_door(words: str) -> str:
    """The words without unit and room: a building is enough, a door is one household."""
    return _DOOR.sub(HIDDEN, unicodedata.normalize("NFKC", words))


def _plain(text: str) -> str:
    """One way of writing: narrow, small, Arabic numerals, no marks; buildings as 3号楼, grids as 2网格."""
    narrow = unicodedata.normalize("NFKC", text).lower()
    narrow = _NUMERAL.sub(lambda found: _number(found[0]), _UNWANTED.sub("", narrow))
    narrow = _DASHED.sub(r"\1号楼", narrow) if _DASHED.fullmatch(narrow) else narrow
    narrow = _GRID.sub(lambda found: f"{int(found[1] or found[2])}网格", narrow)
    return _HOUSE.sub(lambda found: f"{found[1].lstrip('0') or '0'}号楼", narrow)


def _number(numeral: str) -> str:
    """二十三 → 23, 五〇二 → 502; what is no number stays as it is."""
    if not any(unit in numeral for unit in _UNITS):
        return "".join(str(_DIGITS[c]) for c in numeral)
    total, digit, last = 0, -1, 1000
    for c in numeral:
        if c not in _UNITS:
            if digit > 0:
                return numeral
            digit = _DIGITS[c]
            continue
        if _UNITS[c] >= last:
            return numeral
        last = _UNITS[c]
        total += (1 if digit < 0 else digit) * last
        digit = -1
    return str(total + max(digit, 0))


def _hits(said: str, places: Sequence[NamedPlace]) -> Iterator[_Hit]:
    names = {_name(place.name) for place in places}
    for place in places:
        called = {_name(place.name)}
        # A number as code may stand for the name, where that has none itself and nothing else is called so.
        if place.code.isascii() and place.code.isdigit() and not _NUMBERED.search(_name(place.name)):
            by_number = _name(f"{place.code}{'号楼' if place.building else '网格'}")
            called |= {by_number} - names
        for name in called:
            yield from (_Hit(*span, place) for span in _spans(said, name))


@lru_cache(maxsize=2048)
def _name(name: str) -> str:
    """`_plain` of a place's name, worked out once: there are as many of them as there are houses."""
    return _plain(name)


def _spans(said: str, name: str) -> Iterator[tuple[int, int]]:
    """Where the name stands in the words, and not as the end of a longer number (13号楼 is not 3号楼)."""
    if len(name) < 2:
        return
    before = r"(?<![0-9a-z])" if name[0].isascii() else ""
    after = r"(?![0-9a-z])" if name[-1].isascii() else ""
    for found in re.finditer(before + re.escape(name) + after, said):
        yield found.span()


def _outermost(hits: Iterator[_Hit]) -> list[_Hit]:
    """Without those that are only part of another's name: 东区3号楼 is not 3号楼."""
    found = list(hits)
    return [
        hit
        for hit in found
        if not any(
            other.begin <= hit.begin
            and hit.end <= other.end
            and other.end - other.begin > hit.end - hit.begin
            for other in found
        )
    ]


def _more(said: str, hits: Sequence[_Hit], community: str) -> bool:
    """Whether the words say anything beside the names, the way to a flat and who lives there."""
    rest = "".join(" " if any(h.begin <= i < h.end for h in hits) else c for i, c in enumerate(said))
    if community:
        rest = rest.replace(_plain(_BRACKETS.sub("", community)), " ")
    return bool(_BESIDE.sub("", rest).strip())

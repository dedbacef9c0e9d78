"""告知书: what residents are told about their data, as data/notice/<version>.toml has it.

Each kept item names the columns it stands for; a test compares them with the record.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from core.errors import NotFound
from core.words import label, say

FOLDER: Final = Path(__file__).resolve().parents[1] / "data" / "notice"
# The version that is agreed to now; the published questionnaires name the same one.
VERSION: Final = "2026-11"
_NAME: Final = re.compile(r"\d{4}-\d{2}[a-z]?")


@dataclass(frozen=True, slots=True)
class Part:
    """One heading with its sentences."""

    id: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One group of what is stored: what for, how long (`keep`: id of a Part of `keeps`), item by item."""

    id: str
    title: str
    why: str
    keep: str
    items: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One version, in the language spoken, its figures filled in."""

    version: str
    title: str
    short: tuple[str, ...]
    parts: tuple[Part, ...]
    keeps: tuple[Part, ...]
    kept: tuple[Kept, ...]

    @property
    def columns(self) -> list[str]:
        """Every column of the record it speaks of, `table.column`."""
        return [column for group in self.kept for column in group.columns]


@lru_cache(maxsize=4)
def _data(version: str) -> dict[str, Any]:
    path = FOLDER / f"{version}.toml"
    if not _NAME.fullmatch(version) or not path.is_file():
        raise NotFound(say("door.notice.unknown"))
    return tomllib.loads(path.read_text(encoding="utf8"))


def words(version: str = VERSION) -> Iterator[tuple[str, str]]:
    """(key, Chinese sentence) of all it says: what a translation in data/words/en.toml has to give."""
    data = _data(version)
    yield "notice.title", data["title"]
    yield from ((f"notice.short.{place}", line) for place, line in enumerate(data["short"], 1))
    for part in data["parts"]:
        yield f"notice.{part['id']}.title", part["title"]
        yield from ((f"notice.{part['id']}.{n}", line) for n, line in enumerate(part["lines"], 1))
    for keep in data["keeps"]:
        yield from ((f"notice.keep.{keep['id']}.{name}", keep[name]) for name in ("title", "line"))
    for group in data["kept"]:
        yield from ((f"notice.kept.{group['id']}.{name}", group[name]) for name in ("title", "why"))
        yield from ((f"notice.kept.{group['id']}.item.{i['id']}", i["label"]) for i in group["items"])


def notice(version: str = VERSION, **figures: object) -> Notice:
    """A version of the notice with its figures (community, phone, contact_days, draft_days) filled in.

    Raises NotFound for a version there never was.
    """
    data = _data(version)
    said = {key: label(key, chinese).format(**figures) for key, chinese in words(version)}
    keeps = (
        Part(one["id"], said[f"notice.keep.{one['id']}.title"], (said[f"notice.keep.{one['id']}.line"],))
        for one in data["keeps"]
    )
    return Notice(
        version=data["version"],
        title=said["notice.title"],
        short=_lines(said, "notice.short", data["short"]),
        parts=tuple(_part(said, part) for part in data["parts"]),
        keeps=tuple(keeps),
        kept=tuple(_kept(said, group) for group in data["kept"]),
    )


def _lines(said: Mapping[str, str], key: str, lines: list[str]) -> tuple[str, ...]:
    return tuple(said[f"{key}.{place}"] for place in range(1, len(lines) + 1))


def _part(said: Mapping[str, str], part: Mapping[str, Any]) -> Part:
    key = f"notice.{part['id']}"
    return Part(part["id"], said[f"{key}.title"], _lines(said, key, part["lines"]))


def _kept(said: Mapping[str, str], group: Mapping[str, Any]) -> Kept:
    key = f"notice.kept.{group['id']}"
    return Kept(
        id=group["id"],
        title=said[f"{key}.title"],
        why=said[f"{key}.why"],
        keep=group["keep"],
        items=tuple(said[f"{key}.item.{item['id']}"] for item in group["items"]),
        columns=tuple(column for item in group["items"] for column in item["columns"]),
    )

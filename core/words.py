"""The sentences on screen, read from data/words/<language>/<room>.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

WORDS = Path(__file__).resolve().parents[1] / "data" / "words"
LANGUAGE = "zh-CN"
CHINA = ZoneInfo("Asia/Shanghai")


def _flat(table: Mapping[str, Any], prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}.{key}"
        found.update(_flat(value, name) if isinstance(value, dict) else {name: str(value)})
    return found


@cache
def sentences(language: str = LANGUAGE) -> dict[str, str]:
    """All sentences of one language, `room.key` → text; the room is the file's name."""
    found: dict[str, str] = {}
    for path in sorted((WORDS / language).glob("*.toml")):
        found |= _flat(tomllib.loads(path.read_text(encoding="utf8")), path.stem)
    return found


def say(key: str, /, **fields: object) -> str:
    """The sentence of `room.key`, with its {fields} filled in.

    Raises KeyError for an unknown key: a missing sentence is a fault of ours, found by the tests.
    """
    text = sentences()[key]
    return text.format(**fields) if fields else text


def day(moment: datetime) -> str:
    """A date as residents read it, in China's time: 2026 年 10 月 8 日."""
    local = moment.astimezone(CHINA)
    return f"{local.year} 年 {local.month} 月 {local.day} 日"


def clock(moment: datetime) -> str:
    """An hour and minute in China's time: 10:32."""
    return moment.astimezone(CHINA).strftime("%H:%M")

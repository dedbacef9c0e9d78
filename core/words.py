"""The sentences on screen: data/words/zh-CN/<room>.toml, and data/words/en.toml for the plain door.

The language is the context's: a plain page sets it for its request, everything else speaks Chinese.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

WORDS = Path(__file__).resolve().parents[1] / "data" / "words"
LANGUAGE = "zh-CN"
ENGLISH = "en"
LANGUAGES = (LANGUAGE, ENGLISH)
CHINA = ZoneInfo("Asia/Shanghai")


def _flat(table: Mapping[str, Any], prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}.{key}"
        found.update(_flat(value, name) if isinstance(value, dict) else {name: str(value)})
    return found


@cache
def sentences(language: str = LANGUAGE) -> dict[str, str]:
    """All sentences of one language, `room.key` → text; a room is a file, or a table of en.toml."""
    found: dict[str, str] = {}
    if language == ENGLISH:
        for room, table in tomllib.loads((WORDS / "en.toml").read_text(encoding="utf8")).items():
            found |= _flat(table, room)
        return found
    for path in sorted((WORDS / language).glob("*.toml")):
        found |= _flat(tomllib.loads(path.read_text(encoding="utf8")), path.stem)
    return found


_spoken: ContextVar[str] = ContextVar("language", default=LANGUAGE)


def spoken() -> str:
    """The language of this context."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language in this context; an unknown one is Chinese."""
    token = _spoken.set(language if language in LANGUAGES else LANGUAGE)
    try:
        yield
    finally:
        _spoken.reset(token)


def say(key: str, /, **fields: object) -> str:
    """The sentence of `room.key`, with its {fields} filled in; in Chinese where no other is written.

    Raises KeyError for an unknown key: a missing sentence is a fault of ours, found by the tests.
    """
    language = _spoken.get()
    text = (sentences(language).get(key) if language != LANGUAGE else None) or sentences()[key]
    return text.format(**fields) if fields else text


def label(key: str, chinese: str) -> str:
    """A name that stands in the data in Chinese: as en.toml has it, where that is spoken and written."""
    return chinese if _spoken.get() == LANGUAGE else sentences(_spoken.get()).get(key, chinese)


def day(moment: datetime) -> str:
    """A date as residents read it, in China's time: 2026 年 10 月 8 日 (8 Oct 2026)."""
    local = moment.astimezone(CHINA)
    if _spoken.get() != LANGUAGE:
        return f"{local.day} {local:%b} {local.year}"
    return f"{local.year} 年 {local.month} 月 {local.day} 日"


def clock(moment: datetime) -> str:
    """An hour and minute in China's time: 10:32."""
    return moment.astimezone(CHINA).strftime("%H:%M")

"""A light first check for danger, made when a comment is saved: words only, no classifier.

It shows the resident the right emergency number at once and marks the comment; the classifier's own
detector reads it later.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.text.beginnings import Patterns

WORDS = Path(__file__).resolve().parents[2] / "data" / "lexicon" / "danger.toml"
MOST_CHARACTERS = 2_000
# "没有冒烟", "不是漏气": a negation directly before the word takes it back.
_NEGATIONS = ("没有", "不是", "并未", "未", "防止", "预防", "以防")


@dataclass(frozen=True)
class _Rules:
    """The file's words as patterns, compiled once; `every` are those of all kinds."""

    harmless: re.Pattern[str]
    over: re.Pattern[str]
    now: re.Pattern[str]
    kinds: dict[str, re.Pattern[str]]
    every: Patterns


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    data = tomllib.loads(WORDS.read_text(encoding="utf8"))
    harmless, over, now = (
        re.compile("|".join(map(re.escape, sorted(data[key], key=len, reverse=True))))
        for key in ("not", "over", "now")
    )
    kinds = {kind: re.compile("|".join(each)) for kind, each in data["kinds"].items()}
    return _Rules(
        harmless, over, now, kinds, Patterns(one for each in data["kinds"].values() for one in each)
    )


def dangers(text: str) -> tuple[str, ...]:
    """The kinds of danger the words speak of (keys of data/lexicon/danger.toml), in its order.

    Figures of speech are left out first; what is past, practised or joked about is no danger, unless the text
    says that it is happening now.
    """
    return dangers_of([text])[0]


def dangers_of(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """`dangers` of each text; they are looked through together, a fifth of the time of one by one."""
    words = [text[:MOST_CHARACTERS] for text in texts]
    left = [_rules().harmless.sub("，", text) for text in words]
    some = _rules().every.match(left)
    return [_kinds(*each) if may else () for may, *each in zip(some, words, left, strict=True)]


def _kinds(words: str, left: str) -> tuple[str, ...]:
    rules = _rules()
    found = tuple(kind for kind, pattern in rules.kinds.items() if _said(pattern, left))
    if found and rules.over.search(words) and not rules.now.search(words):
        return ()
    return found


def _said(pattern: re.Pattern[str], text: str) -> bool:
    """Whether it is said and not taken back; looked back for only where it is said: that is twice as fast."""
    found = pattern.search(text)
    while found and text.endswith(_NEGATIONS, 0, found.start()):
        found = pattern.search(text, found.start() + 1)
    return found is not None

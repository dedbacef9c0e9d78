"""A light first check for danger, made when a comment is saved: words only, no classifier.

It shows the resident the right emergency number at once and marks the comment; the classifier's own
detector reads it later.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

WORDS = Path(__file__).resolve().parents[2] / "data" / "lexicon" / "danger.toml"
MOST_CHARACTERS = 2_000
# "没有冒烟", "不是漏气": a negation directly before the word takes it back.
_NEGATED = r"(?<!没有)(?<!不是)(?<!并未)(?<!未)(?<!防止)(?<!预防)(?<!以防)"


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], dict[str, re.Pattern[str]]]:
    data = tomllib.loads(WORDS.read_text(encoding="utf8"))
    harmless = re.compile("|".join(map(re.escape, sorted(data["not"], key=len, reverse=True))))
    kinds = {
        kind: re.compile(_NEGATED + "(?:" + "|".join(map(re.escape, words)) + ")")
        for kind, words in data["kinds"].items()
    }
    return harmless, kinds


@lru_cache(maxsize=1)
def _any() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern.pattern})" for pattern in _patterns()[1].values()))


def dangers(text: str) -> tuple[str, ...]:
    """The kinds of danger the words speak of (keys of data/lexicon/danger.toml), in its order."""
    words = text[:MOST_CHARACTERS]
    if not _any().search(words):
        return ()
    harmless, kinds = _patterns()
    left = harmless.sub("，", words)
    return tuple(kind for kind, pattern in kinds.items() if pattern.search(left))

"""The words of a comment that say what it is about: jieba's words without those that say how or when."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rjieba

from core.text.normal import MOST_CHARACTERS

LEXICON = Path(__file__).resolve().parents[2] / "data" / "lexicon"
_CHINESE = re.compile("[\u4e00-\u9fff]{2,}")
# Codes of places, as in A3区 or 5号楼, tell where and not what.
_CODES = re.compile(r"[a-z]*\d[\da-z]*[区县市号栋幢楼期组]?")
# Often enough in jieba's dictionary that a known word is taken whole.
_FREQUENCY = 500


@dataclass(frozen=True)
class Vocabulary:
    """What data/lexicon says of words: those to leave out, other names of one thing, each area's own."""

    stop: frozenset[str]
    same: Mapping[str, str]
    areas: Mapping[str, frozenset[str]]
    known: frozenset[str]

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Read `stopwords.toml` and `areas.toml` in the folder. Raises OSError, KeyError or ValueError."""
        words = tomllib.loads((folder / "stopwords.toml").read_text(encoding="utf8"))
        areas = tomllib.loads((folder / "areas.toml").read_text(encoding="utf8"))
        same = {other: first for first, others in words["same"].items() for other in others.split()}
        told = {area: frozenset(same.get(w, w) for w in said.split()) for area, said in areas.items()}
        of_areas = set(" ".join(areas.values()).split()) - set(words["torn"].split())
        known = {*words["known"].split(), *same, *same.values(), *of_areas}
        return cls(frozenset(words["stop"].split()), same, told, frozenset(known))


@cache
def vocabulary() -> Vocabulary:
    """The shipped vocabulary."""
    return Vocabulary.load(LEXICON)


@cache
def _cutter() -> rjieba.Jieba:
    """A jieba of our own: the classifier's must go on cutting as it was trained."""
    found = rjieba.Jieba()
    for word in sorted(vocabulary().known):
        if not found.has_word(word):
            found.add_word(word, _FREQUENCY, "n")
    return found


def topic_words(text: str) -> frozenset[str]:
    """The words of two Chinese characters and more in a text, each once, by its first name.

    Words jieba only guesses at are left out: in short texts most are torn pieces of two words.
    """
    plain = unicodedata.normalize("NFKC", text[: 2 * MOST_CHARACTERS]).lower()[:MOST_CHARACTERS]
    known = vocabulary()
    cut: Iterable[str] = _cutter().cut(_CODES.sub(" ", plain), hmm=False)
    whole = {word for word in cut if _CHINESE.fullmatch(word) and word not in known.stop}
    return frozenset(known.same.get(word, word) for word in whole)


def area_words(area: str) -> frozenset[str]:
    """The words that speak for a service area; none for an unknown one."""
    return vocabulary().areas.get(area, frozenset())

"""The lexicon: thirteen areas, broad, every word in one area; the longest word counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.settings import ROOT
from core.text.lexicon import Lexicon
from models.taxonomy import AREA_LABELS

SHIPPED = Lexicon.load(ROOT / "data" / "lexicon")


def test_the_shipped_lexicon_is_broad_and_every_word_speaks_for_one_area() -> None:
    assert set(SHIPPED.areas) == set(AREA_LABELS)
    times = Counter(word for words in SHIPPED.words.values() for word in words)
    assert len(times) >= 1_500 and min(len(words) for words in SHIPPED.words.values()) >= 50
    assert [word for word, n in times.items() if n > 1] == []


def test_the_word_that_begins_first_counts_and_of_those_the_longest() -> None:
    lexicon = Lexicon({"a": ["残疾", "人就"], "b": ["残疾人就业", "就业"]})
    assert lexicon.counts(["残疾人就业", "残疾，就业就业", "残疾人就", "", "就"]).tolist() == [
        [0, 1], [1, 2], [2, 0], [0, 0], [0, 0],
    ]  # fmt: skip


def test_words_are_spelt_as_normalised_texts_are() -> None:
    assert Lexicon({"a": ["AED"]}).counts(["aed机"]).tolist() == [[1]]


def test_a_word_of_one_character_is_refused(tmp_path: Path) -> None:
    (tmp_path / "areas.toml").write_text('a = "电梯 灯"', encoding="utf8")
    with pytest.raises(ValueError, match="灯"):
        Lexicon.load(tmp_path)

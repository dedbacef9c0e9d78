"""Why a comment was read so: every word's share, and together they are the lead of its area."""

from __future__ import annotations

import numpy as np
import pytest

from core.text.normal import normalise
from core.text.reader import Reader

TEXTS = ["电梯又坏了没人修", "垃圾桶满了没人收，老人下不来", "想学技能找工作", "a"]


@pytest.mark.parametrize("text", TEXTS)
def test_the_words_shares_and_the_offsets_are_the_lead(reader: Reader, text: str) -> None:
    scores = reader.scores([normalise(text)])[0, : len(reader.settled.areas)]
    first, next_ = np.argsort(-scores, kind="stable")[:2]
    offsets = reader.learned.offsets
    told = sum(spoke.weight for spoke in reader.explain(text)) + offsets[first] - offsets[next_]
    assert told == pytest.approx(scores[first] - scores[next_], abs=1e-4)


def test_the_word_that_names_the_matter_comes_first(reader: Reader) -> None:
    assert reader.explain("电梯又坏了没人修")[0].word == "电梯"
    assert reader.explain("门口的垃圾桶没人收")[0].word.startswith("垃圾")


def test_all_words_are_there_once_and_blanks_are_not(reader: Reader) -> None:
    found = reader.explain("电梯 坏了，电梯")
    assert [spoke.word for spoke in found].count("电梯") == 2
    assert "".join(sorted("".join(spoke.word for spoke in found))) == "".join(sorted("电梯坏了,电梯"))


@pytest.mark.parametrize("text", ["", "  ", "😅", "。。。", "\ud83d", "一" * 5_000])
def test_odd_texts_can_be_explained(reader: Reader, text: str) -> None:
    assert all(np.isfinite(spoke.weight) for spoke in reader.explain(text))

"""Before anybody has labelled a comment the lexicon reads: areas by their words, unsure ones set aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings import ROOT
from core.text import store
from core.text.labelled import read_labelled
from core.text.lexicon import Lexicon
from core.text.prior import of_lexicon

READER = of_lexicon(Lexicon.load(ROOT / "data" / "lexicon"), "prior")


def test_comments_are_read_by_the_words_they_say() -> None:
    said = {"电梯坏了": "facilities", "垃圾没人收": "environment", "老人助餐": "elderly"}
    found = READER.read(list(said))
    assert [reading.area for reading in found] == list(said.values())
    assert {(r.sentiment, r.intent, r.areas) for r in found} == {("neu", "none", ())}
    assert not any(reading.abstained for reading in found)


def test_without_a_known_word_it_abstains_and_danger_is_still_heard() -> None:
    nothing = READER.read(["嗯嗯好"])[0]
    assert (nothing.area, nothing.abstained, nothing.urgent) == ("other", True, False)
    assert READER.read(["楼道着火了，快来人"])[0].urgent


def test_half_of_the_comments_are_read_right_without_one_label() -> None:
    rows = read_labelled(ROOT / "data" / "labelled")
    rows = rows[rows["reference"]].iloc[::5]  # of the others many were written to be hard
    found = [reading.area for reading in READER.read(list(rows["text"]))]
    assert (rows["area_primary"] == found).mean() > 0.5


def test_a_folder_without_tables_trains_to_the_lexicon(tmp_path: Path) -> None:
    empty = tmp_path / "labelled"
    empty.mkdir()
    reader = store.train(empty, ROOT / "data" / "lexicon", tmp_path / "cache")
    assert reader.read(["电梯坏了"]) == READER.read(["电梯坏了"])
    assert reader.version == store.current_version(empty, ROOT / "data" / "lexicon")


@pytest.mark.parametrize("text", ["", "😅", "\ud83d", "一" * 100_000, "\x02电梯"])
def test_odd_texts_are_read(text: str) -> None:
    assert len(READER.read([text])) == 1 and READER.explain(text) is not None

"""A trained classifier reads any text, alike alone and in a crowd, in bounded time; its file keeps it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.settings import ROOT
from core.text.labelled import read_labelled
from core.text.reader import CHUNK, NO_WORDS, Learned, Reader, softmax
from core.text.reading import Reading
from core.text.settle import ABSTAIN_BELOW
from models.taxonomy import AREA_LABELS, INTENTS, SENTIMENTS

ODD = {
    "empty": "",
    "blanks": " \t\r\n\u3000",
    "one character": "灯",
    "one letter": "a",
    "emoji": "😅👍🏽👨‍👩‍👧",
    "punctuation": "。。。……？！",
    "100 000 characters": "电梯坏了没人修" * 14_286,
    "100 000 digits": "1" * 100_000,
    "one phrase 10 000 times": "老人想吃午饭，" * 10_000,
    "mixed scripts": "电梯 лифт ลิฟต์ مصعد elevator エレベーター 엘리베이터",
    "control characters": "".join(map(chr, range(32))) + "\x7f\x85\u200b\u202e\ufeff",
    "lone surrogate": "电梯\ud83d坏了",
    "NUL": "电梯\x00坏了\x00",
    "separator of ours": "\x02电梯\x02\x02坏了",
    "expands": "\ufdfa" * 3_000,
    "combining": "a" + "\u0301" * 5_000,
    "markup": "<script>alert(1)</script>&amp;%s{0}",
}


def _sound(reading: Reading) -> bool:
    return (
        reading.area in AREA_LABELS
        and set(reading.areas) <= set(AREA_LABELS) - {reading.area, "other"}
        and len(set(reading.areas)) == len(reading.areas) <= 2
        and 0 <= reading.probability <= 1
        and reading.sentiment in SENTIMENTS
        and reading.intent in INTENTS
        and (reading.area != "other" or reading.areas == ())
    )


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_an_odd_text_is_classified_or_abstained_in_bounded_time(reader: Reader, text: str) -> None:
    reader.read(["电梯"])
    begin = time.process_time()
    found = reader.read([text])
    assert time.process_time() - begin < 0.5
    assert len(found) == 1 and _sound(found[0])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=80), max_size=8))
def test_any_texts_are_read_one_reading_each(reader: Reader, texts: list[str]) -> None:
    found = reader.read(texts)
    assert len(found) == len(texts) and all(map(_sound, found))
    assert found == [reader.read([text])[0] for text in texts]


@pytest.mark.parametrize("text", ["", "  ", "😅", "。。。", "\x00\x01"])
def test_a_text_without_letter_or_digit_is_other_and_no_guess(reader: Reader, text: str) -> None:
    assert reader.read([text]) == [NO_WORDS]
    assert (NO_WORDS.area, NO_WORDS.abstained) == ("other", False)


def test_a_text_of_nothing_known_is_abstained(reader: Reader) -> None:
    assert reader.read(["ሰላም ጤና ይስጥልኝ"])[0].abstained
    assert not reader.read(["电梯又坏了"])[0].abstained


def test_plain_comments_are_understood(reader: Reader) -> None:
    said = {"电梯又坏了": "facilities", "垃圾桶满了没人收": "environment", "下岗了想找份工作": "employment"}
    assert [r.area for r in reader.read(list(said))] == list(said.values())
    assert reader.read(["楼道着火了，快来人"])[0].urgent


def test_many_are_read_in_chunks_in_order(reader: Reader) -> None:
    texts = [f"{'电梯' if i % 2 else '垃圾'}第{i}次" for i in range(2 * CHUNK + 1)]
    areas = [reading.area for reading in reader.read(texts)]
    assert areas[:2] == [reader.read([text])[0].area for text in texts[:2]]
    assert len(areas) == len(texts) and areas[0] == areas[-1] != areas[1] == areas[-2]
    assert reader.read([]) == [] and reader.likeliest([]) == []


def test_the_likeliest_area_is_that_of_the_reading(reader: Reader) -> None:
    texts = ["电梯又坏了", "垃圾桶满了没人收", "老人午饭"]
    two = reader.likeliest(texts)
    assert [pair[0] for pair in two] == [reading.area for reading in reader.read(texts)]
    assert all(len(set(pair)) == 2 for pair in two)
    assert all(len(each) == len(AREA_LABELS) for each in reader.likeliest(texts, n=99))


def test_below_the_threshold_a_reading_is_abstained_but_still_guessed(reader: Reader) -> None:
    texts, guesses = list(read_labelled(ROOT / "data" / "labelled")["text"].iloc[::40]), set[str]()
    for reading in reader.read(texts):
        if reading != NO_WORDS:
            assert reading.abstained or reading.probability >= ABSTAIN_BELOW
            guesses.add(reading.area if reading.abstained else "")
    assert len(guesses) > 5


def test_a_saved_classifier_reads_alike_and_the_file_holds_no_pickle(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / f"{reader.version}.npz"
    reader.save(path)
    texts = ["电梯又坏了", "电动车飞线充电，老人下不来", "谢谢", ""]
    again = Reader.load(path)
    assert again.read(texts) == reader.read(texts) and again.settled == reader.settled
    assert list(tmp_path.iterdir()) == [path], "the half-written file is gone"
    with np.load(path, allow_pickle=False) as kept:
        assert all(kept[name].dtype != object for name in kept.files)


def test_weights_kept_as_whole_numbers_are_nearly_what_they_were() -> None:
    weights = np.random.default_rng(0).normal(size=(300, 4)) * [1, 50, 0.001, 0]
    kept = Learned.of((np.arange(300), np.ones(300, dtype=np.float32)), weights, np.ones(4), np.zeros((1, 1)))
    assert kept.weights.dtype == np.int16 and kept.scale.shape == (4,)
    off = np.abs(kept.weights * kept.scale - weights).max(axis=0)
    assert (off <= np.abs(weights).max(axis=0) / 65_000).all(), "half a step of 65 534"


@pytest.mark.parametrize("keep", [0, 1, 100, 0.3, 0.9, 0.999])
def test_a_torn_file_is_a_value_error(reader: Reader, tmp_path: Path, keep: float) -> None:
    path = tmp_path / "x.npz"
    reader.save(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(keep * len(data)) if keep < 1 else int(keep)])
    with pytest.raises(ValueError, match=r"x\.npz|pickle|EOF|empty"):
        Reader.load(path)


def test_a_changed_byte_is_found(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    reader.save(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ValueError, match="torn"):
        Reader.load(path)


def test_parts_that_do_not_fit_each_other_are_refused(reader: Reader) -> None:
    one_less = replace(reader.settled, intents=reader.settled.intents[1:])
    with pytest.raises(ValueError, match="fit"):
        Reader(one_less, reader.learned)
    with pytest.raises(ValueError, match="fit"):
        Reader(reader.settled, replace(reader.learned, beside=reader.learned.beside[1:]))


def test_softmax_by_hand_and_without_overflow() -> None:
    assert softmax(np.array([[0.0, np.log(3)], [1e9, 0.0]])) == pytest.approx(
        np.array([[0.25, 0.75], [1, 0]])
    )


def test_the_second_guess_is_the_next_likeliest_area(reader: Reader) -> None:
    texts = ["四楼下不来，午饭能不能送上来", "电梯又坏了", "孩子放学没人管", "hello"]
    for reading, (first, second) in zip(reader.read(texts), reader.likeliest(texts, 2), strict=True):
        assert (reading.area, reading.second) == (first, second)
        assert reading.second_probability is not None
        assert 0 <= reading.second_probability <= reading.probability
    assert reader.read(["……"])[0].second == ""

"""Texts as hashed counts: one spelling, the same alone and in a crowd, the words jieba finds."""

from __future__ import annotations

import jieba
import numpy as np
import pytest
import rjieba
from hypothesis import given
from hypothesis import strategies as st

from core.settings import ROOT
from core.text.features import BUCKETS, Spelt, count, damped, occurrences, summed
from core.text.labelled import read_labelled
from core.text.normal import AFTER_TITLE, LONGEST_TITLE, MOST_CHARACTERS, normalise, normalised

ANY_TEXT = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ＡＢＣ　１２", "abc 00"),
        ("  电梯\t坏\n了 ", "电梯 坏 了"),
        ("3号楼12单元", "0号楼00单元"),
        ("六楼②", "六楼0"),
        ("中\ud83d文", "中\ufffd文"),
        ("\ud800\udfff", "\ufffd\ufffd"),
        ("", ""),
    ],
)
def test_what_means_the_same_is_spelt_the_same(text: str, plain: str) -> None:
    assert normalise(text) == plain


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    assert len(normalise("路灯" * 50_000)) == MOST_CHARACTERS
    assert len(normalise("\ufdfa" * 10_000)) <= MOST_CHARACTERS, "one sign that NFKC makes eighteen"


def test_of_a_letter_the_title_and_the_beginning_are_looked_at() -> None:
    assert normalise("路灯不亮\n" + "灯" * 500) == "路灯不亮 " + "灯" * AFTER_TITLE
    assert normalise("\r\n路灯不亮\r\n\r\n灯") == "路灯不亮 灯"
    long = "灯" * (LONGEST_TITLE + 1)
    assert normalise(f"{long}\n{'亮' * 200}") == f"{long} {'亮' * 200}", "no title: a paragraph"


@given(ANY_TEXT)
def test_any_text_becomes_encodable_and_keeps_no_digit_but_0_and_no_double_blank(text: str) -> None:
    plain = normalise(text)
    plain.encode("utf8")
    assert {sign for sign in plain if sign.isdecimal()} <= {"0"}
    assert "  " not in plain and plain == plain.strip() and "\x02" not in plain


@given(st.lists(ANY_TEXT, max_size=6))
def test_a_text_is_spelt_the_same_alone_as_in_a_crowd(texts: list[str]) -> None:
    assert normalised(texts) == [normalise(text) for text in texts]


def _row(texts: list[str], i: int) -> dict[int, float]:
    counted = count(texts)
    part = slice(counted.start[i], counted.start[i + 1])
    return dict(zip(counted.bucket[part].tolist(), counted.n[part].tolist(), strict=True))


@given(st.lists(ANY_TEXT.map(normalise), min_size=1, max_size=6))
def test_a_text_counts_the_same_alone_as_in_a_crowd(plain: list[str]) -> None:
    for i, text in enumerate(plain):
        assert _row(plain, i) == _row([text], 0)


def test_grams_and_words_are_counted_by_hand() -> None:
    # 电梯电梯: 电×2 梯×2; ␂电 电梯×2 梯电 梯␂; ␂电梯 电梯电 梯电梯 电梯␂; jieba's word 电梯×2;
    # with one between: ␂·梯 电·电 梯·梯 电·␂.
    grams = [2, 2, 1, 2, 1, 1, 1, 1, 1, 1]
    assert sorted(_row(["电梯电梯"], 0).values()) == sorted([*grams, 2, 1, 1, 1, 1])


def test_every_feature_is_known_where_it_stands() -> None:
    spelt = Spelt.of(["电梯坏"])
    places = {
        (int(a), int(n)) for begin, size, _ in occurrences(spelt) for a, n in zip(begin, size, strict=True)
    }
    assert places == {(a, n) for n in (1, 2, 3) for a in range(6 - n)} - {(0, 1), (4, 1)}


def test_sums_by_hand_also_of_a_text_without_features() -> None:
    table = np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32)
    place, value = np.array([0, 2, 1]), np.array([1, 2, 0.5], dtype=np.float32)
    assert summed(table, place, value, np.array([0, 2, 2, 3])).tolist() == [[11, 14], [0, 0], [1.5, 2]]


def test_no_text_and_an_empty_text_have_no_rows_to_trip_over() -> None:
    assert count([]).start.tolist() == [0]
    assert len(count(["", "a"]).start) == 3


def test_rows_have_length_one_and_unknown_features_fall_away() -> None:
    counted = count(["电梯坏了", "老人午饭", ""])
    column = np.full(BUCKETS, -1, dtype=np.int32)
    known = np.unique(counted.bucket[: counted.start[2]])[::2]
    column[known] = np.arange(len(known))
    place, value, start = damped(counted, column, np.ones(len(known), dtype=np.float32))
    assert len(start) == 4 and start[2] == start[3] == len(place) and place.max() < len(known)
    assert np.add.reduceat(value.astype(float) ** 2, start[:2]) == pytest.approx([1, 1])


def test_rjieba_finds_the_words_of_jieba_in_99_of_100_comments() -> None:
    sample = read_labelled(ROOT / "data" / "labelled")["text"].iloc[::15]
    same = [list(jieba.cut(text)) == rjieba.cut(text) for text in map(normalise, sample)]
    assert len(same) > 700 and sum(same) / len(same) >= 0.99

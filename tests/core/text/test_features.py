"""Texts as hashed features: one spelling, the same alone and in a crowd, the words jieba finds."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import jieba
import numpy as np
import pytest
import rjieba
from hypothesis import given
from hypothesis import strategies as st

from core.settings import ROOT
from core.text.features import KINDS, NOTHING, REACH, WORD, Spelt, columns_of, grid, hashed, summed, weighed
from core.text.labelled import read_labelled
from core.text.lexicon import LEXICON_SCALE, Lexicon
from core.text.material import Seen
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


def _row(texts: list[str], i: int) -> list[int]:
    features = hashed(texts)
    assert len(features.start) == len(texts) + 1
    found: list[int] = features.bucket[features.start[i] : features.start[i + 1]].tolist()
    return found


@given(st.lists(ANY_TEXT.map(normalise), min_size=1, max_size=6))
def test_a_text_has_the_same_features_alone_as_in_a_crowd(plain: list[str]) -> None:
    for i, text in enumerate(plain):
        assert _row(plain, i) == _row([text], 0)


@given(st.lists(ANY_TEXT.map(normalise), max_size=6))
def test_of_each_text_it_is_known_how_many_features_it_has(plain: list[str]) -> None:
    rows = [_row(plain, i) for i in range(len(plain))]
    assert hashed(plain).n.tolist() == [sum(bucket != NOTHING for bucket in row) for row in rows]


def test_grams_and_words_are_counted_by_hand() -> None:
    # 电梯电梯: 电×2 梯×2; ␂电 电梯×2 梯电 梯␂; ␂电梯 电梯电 梯电梯 电梯␂;
    # with one between: ␂·梯 电·电 梯·梯 电·␂; jieba's word 电梯×2.
    kinds = grid(Spelt.of(["电梯电梯"])).T
    counts = [sorted(Counter(kind[kind != NOTHING].tolist()).values()) for kind in kinds]
    assert counts == [[2, 2], [1, 1, 1, 2], [1, 1, 1, 1], [1, 1, 1, 1], [2]]


def test_every_feature_is_known_where_it_stands() -> None:
    found = grid(Spelt.of(["电梯坏", "", "路灯"]))
    # Each text with an edge on both sides: 5, 2 and 4 signs; words begin at 电 and 路.
    begins = [np.flatnonzero(found[:, kind] != NOTHING).tolist() for kind in range(KINDS)]
    assert begins == [[1, 2, 3, 8, 9], [0, 1, 2, 3, 5, 7, 8, 9], [0, 1, 2, 7, 8], [0, 1, 2, 7, 8], [1, 8]]
    assert REACH[WORD] == 0 and REACH[:WORD] == (1, 2, 3, 3)


def test_sums_by_hand_also_of_a_text_without_features() -> None:
    table = np.array([[1, 2], [3, 4], [5, 6]], dtype=np.int16)
    place, value = np.array([0, 2, 1]), np.array([1, 2, 0.5], dtype=np.float32)
    assert summed(table, place, value, np.array([0, 2, 2, 3])).tolist() == [[11, 14], [0, 0], [1.5, 2]]


def test_many_texts_are_summed_as_one_alone() -> None:
    rng = np.random.default_rng(0)
    table, start = rng.integers(-9, 9, (50, 4)).astype(np.int16), np.sort(rng.integers(0, 300, 101))
    start[0], start[-1] = 0, 300
    place, value = rng.integers(0, 50, 300), rng.random(300).astype(np.float32)
    whole = summed(table, place, value, start)
    for i, (a, b) in enumerate(pairwise(start.tolist())):
        assert whole[i] == pytest.approx(value[a:b] @ table[place[a:b]], rel=1e-4, abs=1e-4)


def test_no_text_and_an_empty_text_have_no_rows_to_trip_over() -> None:
    assert hashed([]).start.tolist() == [0]
    assert len(hashed(["", "a"]).start) == 3
    none = weighed(hashed([]), columns_of(np.array([], dtype=int)), np.zeros(0, dtype=np.float32))
    assert [len(part) for part in none] == [0, 0, 1, 0]


def test_unknown_features_fall_away_and_the_length_of_a_text_is_its_features() -> None:
    features = hashed(["电梯坏了", "老人老人", ""])
    first = features.bucket[: features.start[2]]
    known = np.unique(first[first != NOTHING])[::2]
    idf = np.linspace(1, 2, len(known), dtype=np.float32)
    place, value, start, length = weighed(features, columns_of(known), idf)
    assert start[-2] == start[-1] == len(place) and place.max() < len(known)
    for i, row in enumerate(_row(["电梯坏了", "老人老人", ""], j) for j in range(3)):
        said = [float(idf[k]) for bucket in row for k in np.flatnonzero(known == bucket)]
        assert value[start[i] : start[i + 1]].tolist() == pytest.approx(said)
        assert length[i] == pytest.approx(sum(v * v for v in said) ** 0.5 or 1)


def test_what_is_learned_from_is_weighed_as_what_is_read() -> None:
    texts, lexicon = ["电梯坏了电梯", "老人吃饭难", "", "路灯"], Lexicon({"elderly": ["老人"]})
    seen, plain = Seen.of(texts, lexicon), normalised(texts)
    buckets = np.unique(hashed(plain).bucket)[:-1]
    idf = np.linspace(1, 2, len(buckets), dtype=np.float32)
    place, value, start, length = weighed(hashed(plain), columns_of(buckets), idf)
    table = np.eye(len(buckets), dtype=np.int16)
    read = summed(table, place, value, start) / length[:, None]
    assert seen.matrix(buckets, idf).toarray()[:, :-1] == pytest.approx(read, abs=1e-6)
    assert seen.matrix(buckets, idf).toarray()[:, -1].tolist() == pytest.approx(
        [0, np.log(2) * LEXICON_SCALE, 0, 0]
    )


def test_rjieba_finds_the_words_of_jieba_in_99_of_100_comments() -> None:
    sample = read_labelled(ROOT / "data" / "labelled")["text"].iloc[::15]
    same = [list(jieba.cut(text)) == rjieba.cut(text) for text in map(normalise, sample)]
    assert len(same) > 700 and sum(same) / len(same) >= 0.99

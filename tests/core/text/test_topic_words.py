"""Which words of a comment count: what it is about, not when, where or how it is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import rjieba

from core.settings import ROOT
from core.text import store
from core.text.topic_words import area_words, topic_words, vocabulary


def test_words_say_what_it_is_about_each_once() -> None:
    assert topic_words("晚上广场舞太吵，广场舞的音箱能不能小点声") == {"跳舞", "噪音", "音箱", "小点声"}
    assert topic_words("A3区5号楼的电梯坏了好几天，请问什么时候能修？") == {"电梯"}
    assert topic_words("希望社区尽快解决问题，谢谢") == frozenset()
    assert topic_words("") == topic_words("好") == topic_words("？！ok 123") == frozenset()


def test_other_names_of_one_thing_count_as_its_first() -> None:
    assert "电动车" in topic_words("电瓶车在楼道里充电") and "电动车" in topic_words("电动车停在楼道")
    assert topic_words("车位太少") == topic_words("停车位不够") == {"停车位"}


def test_what_jieba_only_guesses_at_is_no_word() -> None:
    assert "饭贵" in rjieba.cut("老年食堂饭贵") and topic_words("老年食堂饭贵") == {"助餐"}


def test_the_classifiers_jieba_goes_on_cutting_as_it_was_trained() -> None:
    topic_words("广场舞")
    assert "广场舞" not in rjieba.cut("晚上广场舞太吵")


def test_the_vocabulary_agrees_with_itself() -> None:
    known = vocabulary()
    firsts = set(known.same.values())
    assert not firsts & known.stop and not firsts & set(known.same) and not set(known.same) & known.stop
    assert "电梯" in area_words("facilities") and area_words("unknown") == frozenset()


def test_a_change_in_these_words_needs_no_new_classifier_but_one_in_the_areas_words_does(
    tmp_path: Path,
) -> None:
    lexicon = Path(shutil.copytree(ROOT / "data" / "lexicon", tmp_path / "lexicon"))
    before = store.current_version(tmp_path, lexicon)
    (lexicon / "stopwords.toml").write_text("", encoding="utf8")
    assert store.current_version(tmp_path, lexicon) == before
    (lexicon / "areas.toml").write_text("", encoding="utf8")
    assert store.current_version(tmp_path, lexicon) != before

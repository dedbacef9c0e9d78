"""Sentences come from data/words; errors carry the sentence a person reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core import errors
from core.words import clock, day, say, sentences


def test_a_sentence_is_found_by_room_and_key_and_its_fields_are_filled() -> None:
    assert say("errors.comment_too_long", n="100,000", most=500) == (
        "写得太长了（100,000 字），最多 500 字。请分几次说，您写的还在。"
    )


def test_an_unknown_sentence_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        say("errors.no_such_sentence")


def test_no_sentence_is_empty_and_no_field_is_unnamed() -> None:
    for key, text in sentences().items():
        assert text.strip(), key
        assert "{}" not in text, key


def test_an_error_says_its_sentence_and_belongs_to_the_family() -> None:
    error = errors.NotFound.say("unknown_round")
    assert isinstance(error, errors.NotFound)
    assert isinstance(error, errors.LinshengError)
    assert str(error).startswith("没有找到这次调查")


def test_dates_and_hours_are_told_in_chinas_time() -> None:
    late = datetime(2026, 10, 7, 18, 32, tzinfo=UTC)
    assert day(late) == "2026 年 10 月 8 日"
    assert clock(late) == "02:32"

"""What a screen may never show of a resident's words, and what must stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.redaction import HIDDEN, clean, redact


@pytest.mark.parametrize(
    "secret",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "１３８１２３４５６７８",
        "0531-88812345",
        "010 6543 2100".replace(" ", ""),
        "370102195503071234",
        "37010219550307123X",
        "370102550307123",
        "6222 0212 3456 7890 123",
        "li.wang+test@example.com",
        "微信：abc_12345",
        "QQ 123456789",
    ],
)
def test_numbers_and_addresses_that_lead_to_a_person_are_hidden(secret: str) -> None:
    shown = redact(f"请打{secret}找我")
    assert secret not in shown
    assert HIDDEN in shown


def test_every_number_is_hidden_not_only_the_first() -> None:
    shown = redact("我的电话13812345678，老伴的13912345678，家里053188812345")
    assert shown.count(HIDDEN) == 3
    assert not any(c.isdigit() for c in shown)


@pytest.mark.parametrize(
    "harmless",
    [
        "3号楼2单元的灯坏了",
        "打12345没人接",
        "2026年10月8日上午9点",
        "花了1500元，等了120天",
        "一天跑3趟，6楼没电梯",
        "110来过",
    ],
)
def test_ordinary_numbers_stay(harmless: str) -> None:
    assert redact(harmless) == harmless


def test_control_characters_and_lone_surrogates_go_and_line_breaks_stay() -> None:
    assert clean("  一\x00二\ud800三\r\n四\u200b\x07 ") == "一二三\n四\u200b"


@given(st.text())
def test_cleaned_text_can_always_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert cleaned.encode("utf8").decode("utf8") == cleaned
    assert clean(cleaned) == cleaned

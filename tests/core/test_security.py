"""Receipts a hand can copy, passwords and secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import security
from core.errors import NotFound, NotSetUp
from core.security import ALPHABET, normalise_receipt, receipt_code, receipt_hash, show_receipt
from core.settings import settings


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LINSHENG_SECRET", "s" * 40)
    monkeypatch.setenv("LINSHENG_VAR", str(tmp_path))
    settings.cache_clear()


def test_the_same_key_always_has_the_same_receipt_and_another_key_another() -> None:
    assert receipt_code("a") == receipt_code("a")
    assert len({receipt_code(f"key-{i}") for i in range(2000)}) == 2000
    assert receipt_code("a", 1) != receipt_code("a")


@given(st.text(max_size=40))
def test_a_receipt_has_seven_unambiguous_characters(key: str) -> None:
    code = receipt_code(key)
    assert len(code) == 7
    assert set(code) <= set(ALPHABET)
    assert not set(code) & set("ILO01")
    assert normalise_receipt(show_receipt(code)) == code


@given(st.text(min_size=1, max_size=20), st.integers(0, 6), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(key: str, place: int, other: str) -> None:
    code = receipt_code(key)
    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(NotFound, match="回执码"):
            normalise_receipt(wrong)


@given(st.text(min_size=1, max_size=20), st.integers(0, 5))
def test_every_swap_of_neighbours_is_noticed(key: str, place: int) -> None:
    code = receipt_code(key)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(NotFound):
            normalise_receipt(swapped)


def test_a_receipt_may_be_typed_in_small_letters_with_spaces_or_full_width() -> None:
    code = receipt_code("k")
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    for typed in (code.lower(), f" {code[:3]}-{code[3:]} ", wide):
        assert normalise_receipt(typed) == code


@pytest.mark.parametrize("typed", ["", "abc", "0000000", "一二三四五六七", "<script>", "A" * 5000])
def test_what_cannot_be_a_receipt_is_told_so(typed: str) -> None:
    with pytest.raises(NotFound, match="没有查到"):
        normalise_receipt(typed)


def test_only_a_keyed_hash_of_a_receipt_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    first = receipt_hash("ABCDEFG")
    assert len(first) == 64 and "ABCDEFG" not in first
    monkeypatch.setenv("LINSHENG_SECRET", "t" * 40)
    settings.cache_clear()
    assert receipt_hash("ABCDEFG") != first


def test_a_password_is_kept_as_argon2_and_only_the_right_one_fits(real_hashes: None) -> None:
    hashed = security.hash_password("correct horse")
    assert hashed.startswith("$argon2id$")
    assert security.verify_password("correct horse", hashed)
    assert not security.verify_password("wrong horse", hashed)


@pytest.mark.parametrize("secret", ["", "change-me-before-serving", "short", "x" * 31])
def test_outside_demo_mode_a_shipped_or_short_secret_is_refused(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINSHENG_SECRET", secret)
    settings.cache_clear()
    with pytest.raises(NotSetUp, match="LINSHENG_SECRET"):
        security.require_real_secret()
    monkeypatch.setenv("LINSHENG_DEMO", "1")
    settings.cache_clear()
    security.require_real_secret()


def test_a_demo_without_a_secret_makes_a_random_one_and_keeps_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("LINSHENG_SECRET")
    monkeypatch.setenv("LINSHENG_DEMO", "1")
    settings.cache_clear()
    code = receipt_code("k")
    kept = tmp_path / "secret"
    assert kept.stat().st_mode & 0o777 == 0o600
    security._cached.cache_clear()
    assert receipt_code("k") == code

"""Sealing: opens only under the same secret and beside the same token, and tells nothing by its length."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.sealing import LENGTH, Unreadable, seal, unseal
from core.security import key_for
from core.settings import settings


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("LINSHENG_VAR", str(tmp_path))
    monkeypatch.setenv("LINSHENG_SECRET", "s" * 40)
    settings.cache_clear()
    return monkeypatch


def _open(sealed: bytes, token: str = "a") -> str:
    return unseal(sealed, purpose="contact", token=token)


def test_the_key_is_hkdf_sha256_of_the_secret(secret: pytest.MonkeyPatch) -> None:
    # Worked by RFC 5869 with the standard library: extract with a salt of zeros, expand one block.
    import hmac

    extracted = hmac.digest(b"\0" * 32, b"s" * 40, "sha256")
    assert key_for("contact") == hmac.digest(extracted, b"linsheng|contact\x01", "sha256")
    assert key_for("contact") != key_for("other")


def test_what_was_sealed_opens_again_and_never_looks_the_same_twice(secret: pytest.MonkeyPatch) -> None:
    first, second = (seal("王阿姨 13912345678", purpose="contact", token="a") for _ in range(2))
    assert _open(first) == _open(second) == "王阿姨 13912345678"
    assert first != second and b"139" not in first
    assert AESGCM(key_for("contact")).decrypt(first[1:13], first[13:], b"a").rstrip().endswith(b"13912345678")


def test_a_long_name_is_sealed_as_long_as_none(secret: pytest.MonkeyPatch) -> None:
    lengths = {len(seal(text, purpose="contact", token="a")) for text in ("", "王", "王" * 20)}
    assert lengths == {1 + 12 + LENGTH + 16}
    with pytest.raises(ValueError, match="too long"):
        seal("王" * 65, purpose="contact", token="a")


def test_another_token_another_secret_or_a_changed_byte_opens_nothing(secret: pytest.MonkeyPatch) -> None:
    sealed = seal("13912345678", purpose="contact", token="a")
    for other in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x02" + sealed[1:], sealed[:9], b""):
        with pytest.raises(Unreadable):
            _open(other)
    with pytest.raises(Unreadable):
        _open(sealed, token="b")
    with pytest.raises(Unreadable):
        unseal(sealed, purpose="other", token="a")
    secret.setenv("LINSHENG_SECRET", "t" * 40)
    settings.cache_clear()
    with pytest.raises(Unreadable):
        _open(sealed)

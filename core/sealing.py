"""Sealing what only staff may open: AES-256-GCM under a key derived from the installation's secret.

A sealed text is a version byte, a nonce and the ciphertext. Every one of a kind has the same length, so that
it does not tell how long a name is, and it opens only beside the token it was sealed for.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.security import key_for

VERSION: Final = b"\x01"
NONCE_BYTES: Final = 12
# The longest text that is sealed is padded up to this many bytes of UTF-8.
LENGTH: Final = 192


class Unreadable(Exception):
    """It was sealed under another secret, for another token, or was changed since."""


def seal(text: str, *, purpose: str, token: str) -> bytes:
    """The text sealed for one token. Raises ValueError for more than LENGTH bytes."""
    plain = text.encode()
    if len(plain) > LENGTH:
        raise ValueError(f"{len(plain)} bytes are too long to be sealed")
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key_for(purpose)).encrypt(nonce, plain.ljust(LENGTH), token.encode())
    return VERSION + nonce + sealed


def unseal(sealed: bytes, *, purpose: str, token: str) -> str:
    """The text that was sealed for this token. Raises Unreadable."""
    head, nonce, rest = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if head != VERSION or len(nonce) < NONCE_BYTES:
        raise Unreadable
    try:
        return AESGCM(key_for(purpose)).decrypt(nonce, rest, token.encode()).decode().rstrip()
    except InvalidTag as error:
        raise Unreadable from error

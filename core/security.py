"""Secrets, passwords, session tokens and receipt codes."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from core.errors import NotFound, NotSetUp
from core.settings import SHIPPED_SECRET, Settings, settings

# No I, L, O, 0, 1: nothing that a hand or an eye takes for something else. 31 is prime, so a weighted
# sum modulo 31 finds every single wrong character and every swap of two neighbours.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DATA_CHARACTERS = 6
SHORTEST_SECRET = 32

_passwords = PasswordHash((Argon2Hasher(),))


def hash_password(password: str) -> str:
    """The Argon2id hash of a password."""
    return _passwords.hash(password)


def verify_password(password: str, hashed: str) -> bool:
    """Whether the password is the one behind the hash."""
    return _passwords.verify(password, hashed)


def new_token() -> str:
    """An opaque session token for a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token (SHA-256, hex): the token itself has 256 random bits."""
    return hashlib.sha256(token.encode("utf8", "replace")).hexdigest()


def require_real_secret() -> None:
    """Refuse to run outside demo mode with the shipped secret or a short one (NotSetUp)."""
    secret = settings().secret.get_secret_value()
    if not settings().demo and (secret == SHIPPED_SECRET or len(secret) < SHORTEST_SECRET):
        raise NotSetUp.say("shipped_secret")


def _secret() -> bytes:
    return _secret_of(settings())


@lru_cache(maxsize=4)
def _cached(secret: str, var: Path, demo: bool) -> bytes:
    if not demo or secret != SHIPPED_SECRET:
        return secret.encode()
    return _demo_secret(var / "secret")


def _secret_of(now: Settings) -> bytes:
    return _cached(now.secret.get_secret_value(), now.var, now.demo)


def _demo_secret(path: Path) -> bytes:
    """A random secret of this installation's demo, kept in a file only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        mine = path.with_name(f"secret.{os.getpid()}")
        handle = os.open(mine, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_urlsafe(48).encode())
        with suppress(FileExistsError):  # another process was faster: its secret holds
            os.link(mine, path)
        mine.unlink()
    return path.read_bytes()


@lru_cache(maxsize=4)
def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


def key_for(purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, by HKDF-SHA256 from the secret: another secret, another key."""
    return _derived(_secret(), f"linsheng|{purpose}")


@lru_cache(maxsize=4)
def _keyed(secret: bytes) -> hmac.HMAC:
    return hmac.new(secret, digestmod="sha256")


def _signed(message: bytes) -> bytes:
    """HMAC-SHA256 under the secret; to copy one that is keyed already takes half of keying another."""
    keyed = _keyed(_secret()).copy()
    keyed.update(message)
    return keyed.digest()


def _check_character(data: str) -> str:
    total = sum((place + 2) * ALPHABET.index(character) for place, character in enumerate(data))
    return ALPHABET[total % len(ALPHABET)]


def receipt_code(key: str, attempt: int = 0) -> str:
    """The receipt of an idempotency key: six characters and a check character, always the same."""
    digest = _signed(f"receipt|{attempt}|{key}".encode("utf8", "replace"))
    number, total = int.from_bytes(digest[:8], "big"), 0
    data = ""
    for place in range(DATA_CHARACTERS):
        number, rest = divmod(number, len(ALPHABET))
        data += ALPHABET[rest]
        total += (place + 2) * rest  # as in _check_character, which would have to look the characters up
    return data + ALPHABET[total % len(ALPHABET)]


def receipt_hash(code: str) -> str:
    """What is stored of a receipt code (HMAC-SHA256, hex)."""
    return _signed(f"hash|{code}".encode()).hex()


def normalise_receipt(text: str) -> str:
    """The code a person typed, in any case, with spaces, hyphens or full-width characters.

    Raises NotFound when it can't be a code of ours (length, characters, check character).
    """
    typed = unicodedata.normalize("NFKC", text).upper()
    code = "".join(c for c in typed if c.isalnum())
    known = len(code) == DATA_CHARACTERS + 1 and all(c in ALPHABET for c in code)
    if not known or _check_character(code[:-1]) != code[-1]:
        raise NotFound.say("unknown_receipt")
    return code


def show_receipt(code: str) -> str:
    """The code in two groups, easier to copy by hand: 7K3 M9PX."""
    return f"{code[:3]} {code[3:]}"

"""Cleaning and redaction of what residents write, before anything else sees it."""

from __future__ import annotations

import re
import unicodedata

HIDDEN = "〔已隐去〕"

# Digits may be written with spaces or hyphens between them, and full-width.
_GAP = r"[\s\-—–·]?"
_PATTERNS = (
    # identity number: 17 digits and a check digit or X, or the old 15 digits
    re.compile(r"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"),
    re.compile(r"(?<!\d)\d{15}(?!\d)"),
    # bank card
    re.compile(rf"(?<!\d)(?:\d{{4}}{_GAP}){{3,4}}\d{{1,4}}(?!\d)"),
    # mobile, with or without +86
    re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1[3-9](?:{_GAP}\d){{9}}(?!\d)"),
    # landline with area code
    re.compile(rf"(?<!\d)0\d{{2,3}}{_GAP}\d{{7,8}}(?!\d)"),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?i)(?:微信号?|vx|wx|wechat|qq)\s*[:：是]?\s*[a-z0-9_-]{5,20}"),
)
_UNWANTED = {"Cc", "Cs", "Co", "Cn"}


def clean(text: str) -> str:
    """The text without control characters, lone surrogates and unassigned characters; line breaks stay."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    if kept.isprintable():
        return kept.strip()
    return "".join(c for c in kept if c in "\n\t" or unicodedata.category(c) not in _UNWANTED).strip()


def redact(text: str) -> str:
    """The text with every phone, identity, card and account number and every address of mail hidden."""
    if "@" not in text and not any(map(str.isdigit, text)):
        return text
    narrow = "".join(chr(ord(c) - 0xFEE0) if "０" <= c <= "９" else c for c in text)
    for pattern in _PATTERNS:
        narrow = pattern.sub(HIDDEN, narrow)
    return narrow

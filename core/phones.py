"""Telephone numbers as people write them: of the mainland, a mobile or a landline, in one form."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from core.errors import Invalid
from core.words import say

MOBILE_DIGITS: Final = 11
# Between the digits people write spaces, brackets, dots and every kind of hyphen.
_BETWEEN: Final = re.compile(r"[\s().·,_\-‐‑‒–—―−ー－]+")
_EXTENSION: Final = re.compile(r"(?:转|分机|ext\.?|#)[:：\s]*(\d{1,6})$", re.IGNORECASE)
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
# 010 and 02x have three digits, all others four; no number in a town begins with 0 or 1.
_LANDLINE: Final = re.compile(r"(0(?:10|2\d)|0[3-9]\d\d)([2-9]\d{6,7})")
_WITHOUT_AREA: Final = re.compile(r"0|1[3-9]")
_LOCAL: Final = re.compile(r"[2-8]\d{6,7}")


def phone_of(typed: str) -> str:
    """The number in one form: 13912345678, 0531-88776655, 88776655, 0531-88776655转803.

    Raises Invalid with a sentence that says what to look at.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if not text:
        raise Invalid(say("door.contact.phone_missing"))
    extension = _EXTENSION.search(text)
    number = _BETWEEN.sub("", text[: extension.start()] if extension else text)
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        raise Invalid(say("door.contact.phone_only"))
    found = _known(_at_home(digits, abroad=number.startswith("+")))
    return found + (say("door.contact.extension", n=extension[1]) if extension else "")


def show_phone(phone: str) -> str:
    """The number as one reads it aloud: 139 1234 5678; a landline as it is."""
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}" if _MOBILE.fullmatch(phone) else phone


def _at_home(digits: str, *, abroad: bool) -> str:
    """The digits without China's prefix, or the 0 that was once dialled before a mobile of another town."""
    if digits.startswith("0086"):
        digits, abroad = digits[2:], True
    if digits.startswith("86") and (abroad or _MOBILE.fullmatch(digits[2:])):
        digits = digits[2:]
        # Behind the prefix an area code loses its 0: +86 531, +86 10.
        return digits if _WITHOUT_AREA.match(digits) else f"0{digits}"
    return digits[1:] if digits.startswith("0") and _MOBILE.fullmatch(digits[1:]) else digits


def _known(digits: str) -> str:
    if _MOBILE.fullmatch(digits) or _LOCAL.fullmatch(digits):
        return digits
    if found := _LANDLINE.fullmatch(digits):
        return f"{found[1]}-{found[2]}"
    if digits.startswith("1") and len(digits) != MOBILE_DIGITS and len(digits) > 5:
        raise Invalid(say("door.contact.phone_length", n=len(digits)))
    raise Invalid(say("door.contact.phone_wrong"))

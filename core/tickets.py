"""住户票: a serial number and its seal on a printed slip, so that a household's answers count together.

The seal is an HMAC over survey, grid and serial number: whoever has no slip cannot make one up, and a slip
of one round or grid is none of another. A slip holds nothing about anybody, and nobody notes who got which.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from core.security import ALPHABET, key_for

SEAL_CHARACTERS: Final = 8
# Serial numbers run from 1 within a building (or within a grid without one): building id × NUMBERS + number.
NUMBERS: Final = 1000
MOST_SERIAL: Final = 10**12
_WRITTEN: Final = re.compile(rf"([1-9][0-9]{{0,11}})-([{ALPHABET}]{{{SEAL_CHARACTERS}}})")


@dataclass(frozen=True, slots=True)
class Slips:
    """Which survey (a round's code) and grid (its code) slips are for."""

    survey: str
    grid: str

    def ticket(self, serial: int) -> str:
        """The ticket of a serial number as it stands in a QR code: 12017-K7P3M9XA."""
        return f"{serial}-{self._seal(serial)}"

    def kept(self, written: str) -> str:
        """What is stored of a ticket (HMAC-SHA256, hex); empty for one not of this survey and grid."""
        typed = unicodedata.normalize("NFKC", written).strip().upper()
        found = _WRITTEN.fullmatch(typed)
        if found is None or not hmac.compare_digest(found[2], self._seal(int(found[1]))):
            return ""
        return hmac.digest(key_for("ticket hash"), self._named(int(found[1])), "sha256").hex()

    def _seal(self, serial: int) -> str:
        digest = hmac.digest(key_for("ticket"), self._named(serial), "sha256")
        number = int.from_bytes(digest[:8], "big")
        seal = ""
        for _ in range(SEAL_CHARACTERS):
            number, rest = divmod(number, len(ALPHABET))
            seal += ALPHABET[rest]
        return seal

    def _named(self, serial: int) -> bytes:
        return f"{self.survey}|{self.grid}|{serial}".encode("utf8", "replace")


def serials(building_id: int, first: int, n: int) -> range:
    """The serial numbers of n slips of a building (0: of a grid without buildings), from its `first` on.

    Raises ValueError beyond 1 … NUMBERS − 1.
    """
    if first < 1 or n < 1 or first + n > NUMBERS:
        raise ValueError(f"slips {first}…{first + n - 1} are not among 1…{NUMBERS - 1}")
    return range(building_id * NUMBERS + first, building_id * NUMBERS + first + n)

"""A household ticket: its seal is a worked HMAC, it opens one survey in one grid, and tells of nobody."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator

import pytest

from core.security import ALPHABET
from core.settings import settings
from core.tickets import Slips, serials

SECRET = "for-tests-only-" + "x" * 32
SLIPS = Slips("2026-autumn", "1")
# Worked by hand with openssl: HKDF-SHA256 of the secret, then HMAC-SHA256 of "2026-autumn|1|12017", the first
# eight bytes of it (ab63ee3bc4c70f5b) in base 31, the lowest digit first.
TICKET = "12017-QZJQCF93"
KEPT = "37f60ae8ea34c285e5bb3b3a5d721cdc77a8874e7719865011f0f263f407e9a5"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LINSHENG_SECRET", SECRET)
    settings.cache_clear()
    yield
    settings.cache_clear()


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


def _key(purpose: str) -> bytes:
    """RFC 5869 with an empty salt and one block, by hand."""
    extracted = hmac.new(bytes(32), SECRET.encode(), hashlib.sha256).digest()
    return hmac.new(extracted, f"linsheng|{purpose}".encode() + b"\x01", hashlib.sha256).digest()


def test_a_ticket_is_the_worked_one() -> None:
    assert SLIPS.ticket(12017) == TICKET
    assert SLIPS.kept(TICKET) == KEPT


@pytest.mark.parametrize("serial", [1, 999, 12001, 987_654_321_999])
def test_the_seal_is_an_hmac_over_survey_grid_and_serial(serial: int) -> None:
    number = int.from_bytes(_hmac(_key("ticket"), f"2026-autumn|1|{serial}")[:8], "big")
    seal = ""
    while len(seal) < 8:
        seal, number = seal + ALPHABET[number % 31], number // 31
    assert SLIPS.ticket(serial) == f"{serial}-{seal}"
    assert SLIPS.kept(f"{serial}-{seal}") == _hmac(_key("ticket hash"), f"2026-autumn|1|{serial}").hex()


def test_it_is_short_and_has_no_sign_taken_for_another() -> None:
    for serial in range(1, 400):
        assert re.fullmatch(r"\d+-[2-9A-HJKMNP-Z]{8}", SLIPS.ticket(serial))


@pytest.mark.parametrize("typed", ["12017-qzjqcf93", " 12017-QZJQCF93 ", "１２０１７－ＱＺＪＱＣＦ９３"])
def test_however_it_is_written_it_is_the_same_ticket(typed: str) -> None:
    assert SLIPS.kept(typed) == KEPT


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "12017",
        "12017-",
        "12018-QZJQCF93",
        "12017-QZJQCF94",
        "012017-QZJQCF93",
        "-12017-QZJQCF93",
        "12017-QZJQCF933",
        "12017-QZJQCF9O",
        "99999999999999-QZJQCF93",
        "12017-QZJQCF93\n12018-QZJQCF93",
        "١٢-QZJQCF93",
        "\ud800",
    ],
)
def test_a_forged_one_is_none(forged: str) -> None:
    assert SLIPS.kept(forged) == ""


@pytest.mark.parametrize("other", [Slips("2025-autumn", "1"), Slips("2026-autumn", "2"), Slips("", "")])
def test_a_ticket_of_another_round_or_grid_is_none(other: Slips) -> None:
    assert other.kept(TICKET) == ""
    assert other.ticket(12017) != TICKET


def test_another_secret_makes_other_tickets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINSHENG_SECRET", "y" * 40)
    settings.cache_clear()
    assert SLIPS.kept(TICKET) == ""


def test_buildings_never_share_a_serial_number() -> None:
    all_ = [serial for building in (0, 1, 2, 12) for serial in serials(building, 1, 999)]
    assert len(all_) == len(set(all_)) == 4 * 999
    assert list(serials(12, 17, 2)) == [12017, 12018]


@pytest.mark.parametrize(("first", "n"), [(0, 1), (1, 0), (999, 2), (-5, 10), (1, 1000)])
def test_numbers_beyond_a_buildings_own_are_refused(first: int, n: int) -> None:
    with pytest.raises(ValueError):
        serials(1, first, n)

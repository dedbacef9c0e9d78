"""X-Forwarded-For counts only as far as a configured proxy wrote it."""

from __future__ import annotations

import pytest

from core.settings import settings
from pages.plain.address import client_address

PROXIES = "127.0.0.1, 10.9.0.0/16"


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "found"),
    [
        ("", "1.2.3.4", "5.6.7.8", "1.2.3.4"),
        ("", "127.0.0.1", "5.6.7.8", "127.0.0.1"),
        (PROXIES, "1.2.3.4", "5.6.7.8", "1.2.3.4"),
        (PROXIES, "127.0.0.1", "5.6.7.8", "5.6.7.8"),
        (PROXIES, "127.0.0.1", "", "127.0.0.1"),
        # The visitor wrote the first, our two proxies the others.
        (PROXIES, "127.0.0.1", "9.9.9.9, 5.6.7.8, 10.9.1.1", "5.6.7.8"),
        (PROXIES, "127.0.0.1", "9.9.9.9, nonsense, 10.9.1.1", "10.9.1.1"),
        (PROXIES, "::ffff:127.0.0.1", "5.6.7.8", "5.6.7.8"),
        (PROXIES, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (PROXIES, "testclient", "5.6.7.8", "unknown"),
    ],
)
def test_the_address_is_the_last_that_no_proxy_of_ours_has(
    monkeypatch: pytest.MonkeyPatch, trusted: str, peer: str, forwarded: str, found: str
) -> None:
    assert _address(monkeypatch, trusted, (peer, 40_000), forwarded) == found


@pytest.mark.parametrize(("trusted", "found"), [("", "127.0.0.1"), (PROXIES, "5.6.7.8")])
def test_what_the_server_itself_believed_is_judged_anew(
    monkeypatch: pytest.MonkeyPatch, trusted: str, found: str
) -> None:
    """Uvicorn puts a forwarded address in the peer's place, with port 0."""
    assert _address(monkeypatch, trusted, ("5.6.7.8", 0), "5.6.7.8") == found


def _address(monkeypatch: pytest.MonkeyPatch, trusted: str, client: tuple[str, int], forwarded: str) -> str:
    monkeypatch.setenv("LINSHENG_TRUSTED_PROXIES", trusted)
    settings.cache_clear()
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    address = client_address({"type": "http", "client": client, "headers": headers})
    monkeypatch.undo()
    settings.cache_clear()
    return address

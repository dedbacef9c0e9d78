"""Addresses that leave the portal: what a QR code or a poster says, under LINSHENG_PUBLIC_URL."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from core.errors import NotSetUp
from core.settings import settings
from core.words import say

# Names that mean "this machine": a phone that follows them finds itself.
_OURSELVES = ("localhost", "")


def public_address(path: str, carried: Mapping[str, str] | None = None) -> str:
    """The whole address of a page for residents, e.g. https://example.org/f?c=d&g=g1.

    Raises NotSetUp while no public address is set, or it is none.
    """
    query = urlencode({name: value for name, value in (carried or {}).items() if value})
    return f"{_base()}{path}{'?' if query else ''}{query}"


def typed_address(path: str, carried: Mapping[str, str] | None = None) -> str:
    """The same for a hand to type: without https://, which browsers add by themselves. Raises NotSetUp."""
    return public_address(path, carried).removeprefix("https://")


def found_by_phones() -> bool:
    """Whether a phone could find the public address at all: it is not this machine's own. Raises NotSetUp."""
    host = urlsplit(_base()).hostname or ""
    try:
        return not (ip_address(host).is_loopback or ip_address(host).is_unspecified)
    except ValueError:
        return host not in _OURSELVES


def _base() -> str:
    base = settings().public_url.strip().rstrip("/")
    if not base:
        raise NotSetUp(say("posters.no_address"))
    try:
        parts = urlsplit(base)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or parts.username or any(map(str.isspace, base)):
        raise NotSetUp(say("posters.wrong_address", address=base[:80]))
    return base

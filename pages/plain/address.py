"""Where a request comes from; X-Forwarded-For counts only as far as a configured proxy wrote it."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from core.settings import settings

_Address = IPv4Address | IPv6Address
# Uvicorn believes X-Forwarded-For from its own machine and then writes the forwarded address into the scope,
# with port 0: no real peer has that port, so such a request came from a process beside us.
_REWRITTEN_PORT = 0
_BESIDE_US = "127.0.0.1"
# One household or phone has a whole /64 of IPv6 addresses.
_IPV6_PREFIX = 64


@lru_cache(maxsize=4)
def _networks(listed: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(word, strict=False) for word in re.split(r"[\s,]+", listed) if word)


def _parsed(text: str) -> _Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _trusted(address: _Address) -> bool:
    return any(address in network for network in _networks(settings().trusted_proxies))


def client_address(scope: Scope) -> str:
    """The address to count requests by: the last one that no trusted proxy of ours has."""
    host, port = scope.get("client") or ("", 1)
    peer = _parsed(_BESIDE_US if port == _REWRITTEN_PORT else host)
    forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    for hop in reversed(forwarded.split(",")):
        if peer is None or not _trusted(peer):
            break
        if (before := _parsed(hop)) is None:
            break
        peer = before
    if isinstance(peer, IPv6Address):
        return str(ip_network((peer, _IPV6_PREFIX), strict=False).network_address)
    return str(peer) if peer else "unknown"

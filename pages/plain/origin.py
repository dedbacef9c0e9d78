"""Whether a page of ours sent a request."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from core.settings import settings


def same_origin(headers: Headers) -> bool:
    """Whether a page of ours sent it, by what browsers say that no page can forge.

    Whatever says nothing is no browser, or an old one that SameSite=Lax cookies have to protect.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc in _ours(headers)


def _ours(headers: Headers) -> set[str]:
    return {headers.get("host", ""), urlsplit(settings().public_url).netloc} - {""}


def as_ours(scope: Scope) -> Scope:
    """The request as Streamlit may see it: without a foreign origin, and with ours named as it names itself.

    Meeting any other origin, Streamlit asks an outside host for the address of this machine.
    """
    if scope["type"] not in ("http", "websocket"):
        return scope
    headers = Headers(scope=scope)
    origin, host = headers.get("origin"), headers.get("host", "")
    if origin is None or urlsplit(origin).netloc == host:
        return scope
    kept = [(name, value) for name, value in scope["headers"] if name != b"origin"]
    if same_origin(headers):
        kept.append((b"origin", f"{urlsplit(origin).scheme}://{host}".encode("latin-1")))
    return {**scope, "headers": kept}

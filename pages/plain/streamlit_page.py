"""Streamlit's own page, made ours: its language, its title, no web font; and its scripts, compressed once."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from core.words import LANGUAGE, say

_INDEX: Final = Path(streamlit.__file__).parent / "static" / "index.html"
_INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FONT: Final = re.compile(r'<link\s+rel="preload"[^>]*as="font"[^>]*>')
_STATIC: Final = "/static/"
_NEVER_PAGES: Final = ("/media/", "/_stcore/", "/component/")
_TEXT: Final = ("text/", "application/javascript", "application/json", "image/svg+xml")
_LEVEL: Final = 6
_THEME: Final = {
    name: name
    for name in ("primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor", "linkColor")
} | {"bodyFont": "font", "headingFont": "headingFont", "codeFont": "codeFont"}


@cache
def inline_script_hashes() -> tuple[str, ...]:
    """The CSP sources of the scripts that stand in the page itself."""
    scripts = _INLINE.findall(ours(_INDEX.read_text(encoding="utf8")))
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def ours(page: str) -> str:
    """Streamlit's page with our language, title and first settings, and without its web font."""
    page = page.replace('<html lang="en">', f'<html lang="{LANGUAGE}">', 1)
    page = page.replace("<title>Streamlit</title>", f"<title>{say('menu.portal')}</title>", 1)
    return _FONT.sub("", page).replace("<script>", f"<script>{_first_settings()}</script><script>", 1)


@cache
def _first_settings() -> str:
    """What Streamlit's page knows before it is connected.

    The portal's address, or it would search for it along the path of the screen, meeting 404s; and our theme
    for light and dark alike, or it would load a web font, and flash black on a phone set to dark.
    """
    theme = {name: config.get_option(f"theme.{option}") for name, option in _THEME.items()}
    at = "BACKEND_BASE_URL:location.origin,MAIN_PAGE_BASE_URL:location.origin"
    # "<" must not end the script; the values are ours, but a theme may be edited.
    told = json.dumps(theme).replace("<", "\\u003c")
    return f"window.__streamlit={{{at},LIGHT_THEME:{told},DARK_THEME:{told}}}"


class _Kept(NamedTuple):
    """A file as it goes out: its headers and its compressed bytes."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


class StreamlitPage:
    """ASGI middleware: rewrites the page, compresses what never changes once and keeps it in memory.

    Streamlit sends its files uncompressed, for compressing them for every visitor would cost too much.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, _Kept] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on and rework the answer."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        compress = "gzip" in headers.get("accept-encoding", "") and "range" not in headers
        kept = self._kept.get(scope["path"]) if compress else None
        if kept is not None:
            await _send(send, 200, kept)
            return
        answer = _Answer(send, self._kept, path=scope["path"], compress=compress)
        await self._app(_plainly(scope), receive, answer.take)


def _plainly(scope: Scope) -> Scope:
    """The request without its wish for compression: a page that comes compressed can't be rewritten."""
    if scope["path"].startswith(_NEVER_PAGES):
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": headers}


class _Answer:
    """One answer on its way out: held back whole if it is to be reworked, else passed on as it comes."""

    def __init__(self, send: Send, kept: dict[str, _Kept], *, path: str, compress: bool) -> None:
        self._send, self._kept, self._path, self._compress = send, kept, path, compress
        self._start: Message | None = None
        self._body = bytearray()

    async def take(self, message: Message) -> None:
        """Take what the app sends."""
        if message["type"] == "http.response.start" and self._is_reworked(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    def _is_reworked(self, start: Message) -> bool:
        headers = Headers(raw=start["headers"])
        kind = headers.get("content-type", "")
        if start["status"] != 200 or "content-encoding" in headers:
            return False
        return kind.startswith("text/html") or (self._compress and self._lasts(headers))

    def _lasts(self, headers: Headers) -> bool:
        text = headers.get("content-type", "").startswith(_TEXT)
        return text and self._path.startswith(_STATIC) and "immutable" in headers.get("cache-control", "")

    async def _finish(self, start: Message) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        body = bytes(self._body)
        if headers["content-type"].startswith("text/html"):
            body = ours(body.decode()).encode()
            for stale in ("etag", "last-modified"):
                del headers[stale]
        lasts = self._lasts(headers)
        if self._compress:
            body = await run_in_threadpool(gzip.compress, body, _LEVEL, mtime=0)
            headers["content-encoding"] = "gzip"
            headers.add_vary_header("Accept-Encoding")
        headers["content-length"] = str(len(body))
        made = _Kept(headers.raw, body)
        if lasts:
            self._kept[self._path] = made
        await _send(self._send, start["status"], made)


async def _send(send: Send, status: int, made: _Kept) -> None:
    await send({"type": "http.response.start", "status": status, "headers": made.headers})
    await send({"type": "http.response.body", "body": made.body})

"""What a request may be: of a bounded size, not too often from one address, and sent by a page of ours."""

from __future__ import annotations

from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.settings import settings
from core.words import say
from pages.plain.address import client_address
from pages.plain.origin import as_ours, same_origin
from pages.plain.render import refusal

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# A street office or a mobile carrier shares one address among many: signing in is bounded per address as
# well as per account, everything else only against floods.
SIGN_IN: Final = parse("20 per minute")
ANYTHING: Final = parse("600 per minute")
# What a socket is closed with when a rule of ours forbids it.
FOREIGN: Final = 1008


class _TooLarge(Exception):
    """The body grew beyond the limit while it was read."""


class RequestLimits:
    """ASGI middleware: 403 for a foreign origin, 413 for too large a body, 429 for too many requests."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._counts = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or pass on."""
        if scope["type"] == "websocket" and not same_origin(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": FOREIGN})
            return
        if scope["type"] != "http" or scope["method"] in READING:
            await self._app(as_ours(scope), receive, send)
            return
        refused = self._refused(scope)
        if refused is not None:
            await refused(scope, receive, send)
            return
        await self._bounded(scope, receive, send)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not same_origin(headers):
            return refusal(say("signin.refused.origin"), status=403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > settings().max_request_bytes:
            return _too_large()
        return self._too_many(scope)

    def _too_many(self, scope: Scope) -> Response | None:
        address = client_address(scope)
        rules: list[RateLimitItem] = [ANYTHING, SIGN_IN] if scope["path"] == "/signin" else [ANYTHING]
        for rule in rules:
            if not self._counts.hit(rule, address):
                seconds = rule.get_expiry()
                answer = refusal(say("signin.refused.too_many", seconds=seconds), status=429)
                answer.headers["Retry-After"] = str(seconds)
                return answer
        return None

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the body while it is read: a length may be missing or a lie."""
        size, started = 0, False

        async def _counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > settings().max_request_bytes:
                raise _TooLarge
            return message

        async def _noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(as_ours(scope), _counted, _noted)
        except _TooLarge:
            if not started:
                await _too_large()(scope, receive, send)


def _too_large() -> Response:
    return refusal(
        say("signin.refused.too_large", most=settings().max_request_bytes // 1_000_000), status=413
    )

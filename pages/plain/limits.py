"""What a request may be: of a bounded size, not too often from one address, and sent by a page of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import Headers
from starlette.requests import Request
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
# A whole building may fill in sheets behind one address: there each browser is counted by its cookie, the
# address only against floods; those without a cookie are counted together.
DOOR_BY_BROWSER: Final = parse("60 per minute")
DOOR_NO_COOKIE: Final = parse("600 per minute")
DOOR: Final = parse("6000 per minute")
PLAIN: Final = ("/f/", "/r/", "/b/")
# Trying receipt and resume codes: per browser, which is told by a cookie that anybody can throw away, and per
# address.
CODES_BY_BROWSER: Final = parse("20 per minute")
CODES: Final = parse("60 per minute")
VISITOR: Final = "ls_visit"
SHEET: Final = "ls_sheet_"
# As pages.plain.sheet and receipt_code make them; what looks different is no cookie of ours.
GIVEN: Final = re.compile(r"[0-9a-f]{32}")
MOST_COOKIE = 40
# What a socket is closed with when a rule of ours forbids it.
FOREIGN: Final = 1008
# A rule, whose requests it counts together, and what is said beyond it.
Rule = tuple[RateLimitItem, tuple[str, ...], str]


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
        """Count the request under all its rules, or under none when one of them refuses it.

        What is refused uses nothing up: a flood under one rule closes none that neighbours share.
        """
        rules = _rules(scope)
        for rule, who, sentence in rules:
            if not self._counts.test(rule, *who):
                seconds = rule.get_expiry()
                answer = refusal(say(sentence, seconds=seconds), status=429)
                answer.headers["Retry-After"] = str(seconds)
                return answer
        for rule, who, _ in rules:
            self._counts.hit(rule, *who)
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


def _rules(scope: Scope) -> list[Rule]:
    """What bounds this request: a rule, whose requests it counts together, and what is said beyond it."""
    address, path = client_address(scope), scope["path"]
    rules: list[Rule] = [
        (rule, who, "signin.refused.too_many") for rule, who in _floods(address, path, Request(scope))
    ]
    if path == "/signin":
        rules.append((SIGN_IN, (address,), "signin.refused.too_many"))
    if path in ("/r", "/f/resume", "/f/contact", "/b/cancel") or path.startswith("/r/"):
        browser = Request(scope).cookies.get(VISITOR, "")[:MOST_COOKIE]
        rules.append((CODES_BY_BROWSER, ("code", address, browser), "door.receipt.too_many"))
        rules.append((CODES, ("code", address), "door.receipt.too_many"))
    return rules


def _floods(address: str, path: str, request: Request) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
    """What bounds sending much: on the plain door by browser first, elsewhere by address alone."""
    if not f"{path}/".startswith(PLAIN):
        return [(ANYTHING, (address,))]
    browser = _browser(request.cookies)
    rule = DOOR_BY_BROWSER if browser else DOOR_NO_COOKIE
    return [(rule, ("door", address, browser)), (DOOR, ("door", address))]


def _browser(cookies: Mapping[str, str]) -> str:
    """What tells a browser from others: the cookie of its visit, else of a sheet; empty for neither."""
    ours = sorted(name for name in cookies if name.startswith(SHEET))
    found = (cookies.get(name, "") for name in (VISITOR, *ours))
    return next((value for value in found if GIVEN.fullmatch(value)), "")


def _too_large() -> Response:
    return refusal(
        say("signin.refused.too_large", most=settings().max_request_bytes // 1_000_000), status=413
    )

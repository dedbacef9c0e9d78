"""The last net under a plain page: what broke is said calmly and logged without what anybody wrote."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.words import say
from pages.parts.trouble import note
from pages.plain.render import refusal


class Faults:
    """ASGI middleware: a fault of ours becomes a page with status 500.

    The server would log an error with its text, and that may quote an answer: here only its type and the
    lines of code it came through are logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and catch what nobody else did."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def _noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, _noted)
        except Exception as error:  # whatever it is, its text must not reach the log
            note(error, scope["path"])
            if not started:
                await refusal(say("signin.refused.broken"), status=500)(scope, receive, send)

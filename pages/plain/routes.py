"""All plain pages, and what every request passes through on its way in and out."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.errors import LinshengError, Unavailable
from pages.plain.faults import Faults
from pages.plain.headers import SecurityHeaders
from pages.plain.health import health
from pages.plain.limits import RequestLimits
from pages.plain.picture import picture_script, step_script
from pages.plain.render import refusal
from pages.plain.signin import do_sign_in, do_sign_out, show_sign_in, show_sign_out
from pages.plain.streamlit_page import StreamlitPage

Handler = Callable[[Request, Exception], Coroutine[Any, Any, Response]]


def routes() -> list[BaseRoute]:
    """The addresses that are plain pages; all others are Streamlit's."""
    return [
        Route("/signin", show_sign_in, methods=["GET"]),
        Route("/signin", do_sign_in, methods=["POST"]),
        Route("/signout", show_sign_out, methods=["GET"]),
        Route("/signout", do_sign_out, methods=["POST"]),
        Route("/healthz", health, methods=["GET"]),
        Route("/picture.js", picture_script, methods=["GET"]),
        Route("/step.js", step_script, methods=["GET"]),
    ]


def middleware() -> list[Middleware]:
    """Outermost first: headers stand on refusals too."""
    return [Middleware(each) for each in (SecurityHeaders, Faults, RequestLimits, StreamlitPage)]


def exception_handlers() -> dict[Any, Handler]:
    """What a plain page says when it could not be done: our own sentence."""
    return {LinshengError: _told}


async def _told(_request: Request, error: Exception) -> Response:
    return refusal(str(error), status=503 if isinstance(error, Unavailable) else 400)

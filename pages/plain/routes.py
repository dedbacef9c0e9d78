"""All plain pages, and what every request passes through on its way in and out."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.errors import LinshengError, Unavailable
from pages.plain import kiosk, receipt, receipt_code, receipt_sheet, receipt_withdraw
from pages.plain.assist import show_assist, take_assist
from pages.plain.board import board
from pages.plain.contact import take_contact
from pages.plain.door import home, look, resume
from pages.plain.faults import Faults
from pages.plain.headers import SecurityHeaders
from pages.plain.health import health
from pages.plain.limits import RequestLimits
from pages.plain.listen import audio
from pages.plain.notice import show_notice
from pages.plain.picture import (
    kiosk_script,
    listen_script,
    picture_script,
    step_script,
    switch_script,
)
from pages.plain.poster import show_poster
from pages.plain.render import refusal
from pages.plain.say import show_say, take_say
from pages.plain.signin import do_sign_in, do_sign_out, show_sign_in, show_sign_out
from pages.plain.signup import ask_code, show_join, take_cancel, take_join
from pages.plain.steps import begin, show_step, take_step
from pages.plain.streamlit_page import StreamlitPage
from pages.plain.visit import door

Handler = Callable[[Request, Exception], Coroutine[Any, Any, Response]]


def routes() -> list[BaseRoute]:
    """The addresses that are plain pages; all others are Streamlit's."""
    return [
        Route("/signin", show_sign_in, methods=["GET"]),
        Route("/signin", do_sign_in, methods=["POST"]),
        Route("/signout", show_sign_out, methods=["GET"]),
        Route("/signout", do_sign_out, methods=["POST"]),
        Route("/healthz", health, methods=["GET"]),
        Route("/poster", show_poster, methods=["GET"]),
        Route("/f", door(home), methods=["GET"]),
        Route("/f/look", door(look), methods=["GET"]),
        Route("/f/resume", door(resume), methods=["POST"]),
        *_always_open(),
        Route("/f/assist", door(show_assist), methods=["GET"]),
        Route("/f/assist", door(take_assist), methods=["POST"]),
        Route("/f/kiosk", door(kiosk.show_kiosk), methods=["GET"]),
        Route("/f/kiosk", door(kiosk.take_kiosk), methods=["POST"]),
        Route("/f/kiosk/next", door(kiosk.next_person), methods=["GET"]),
        Route("/audio/{questionnaire}/{question}", audio, methods=["GET"]),
        Route("/f/{round}", door(begin), methods=["GET"]),
        Route("/f/{round}/{step}", door(show_step), methods=["GET"]),
        Route("/f/{round}/{step}", door(take_step), methods=["POST"]),
        Route("/r", door(receipt_code.ask), methods=["GET"]),
        Route("/r", door(receipt.look_up), methods=["POST"]),
        Route("/r/look", door(receipt.look), methods=["POST"]),
        Route("/r/verdict", door(receipt.verdict), methods=["POST"]),
        Route("/r/correct", door(receipt.correct), methods=["POST"]),
        Route("/r/answers", door(receipt_sheet.answers), methods=["POST"]),
        Route("/r/change", door(receipt_sheet.change), methods=["POST"]),
        Route("/r/withdraw", door(receipt_withdraw.take_back), methods=["POST"]),
        Route("/r/{deed}", door(receipt_code.back), methods=["GET"]),
        Route("/b", door(board), methods=["GET"]),
        Route("/b/join/{activity}", door(show_join), methods=["GET"]),
        Route("/b/join/{activity}", door(take_join), methods=["POST"]),
        Route("/b/cancel", door(ask_code), methods=["GET"]),
        Route("/b/cancel", door(take_cancel), methods=["POST"]),
        *_scripts(),
    ]


def _always_open() -> list[BaseRoute]:
    """What needs no round: one sentence, a number to be called at, the notice."""
    return [
        Route("/f/say", door(show_say), methods=["GET"]),
        Route("/f/say", door(take_say), methods=["POST"]),
        Route("/f/contact", door(take_contact), methods=["POST"]),
        Route("/notice", door(show_notice), methods=["GET"]),
    ]


def _scripts() -> list[BaseRoute]:
    return [
        Route("/listen.js", listen_script, methods=["GET"]),
        Route("/kiosk.js", kiosk_script, methods=["GET"]),
        Route("/switch.js", switch_script, methods=["GET"]),
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

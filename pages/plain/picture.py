"""The scripts of our own, each as a file: the content security policy runs no script inside a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

_PARTS = Path(__file__).parents[1] / "parts"


@cache
def _script(name: str) -> bytes:
    return (_PARTS / name).read_bytes()


def _told(name: str) -> Response:
    return Response(_script(name), media_type="text/javascript", headers={"Cache-Control": "max-age=3600"})


def picture_script(_request: Request) -> Response:
    """The script behind 保存图片; browsers keep it for an hour."""
    return _told("picture.js")


def step_script(_request: Request) -> Response:
    """The script that begins a new step of a questionnaire at its top."""
    return _told("step.js")


def listen_script(_request: Request) -> Response:
    """The script behind 听题 where nothing was recorded: the browser reads the question aloud."""
    return _told("listen.js")


def kiosk_script(_request: Request) -> Response:
    """The script that presses a button when nobody has touched a kiosk for a while; and prints slips."""
    return _told("kiosk.js")


def switch_script(_request: Request) -> Response:
    """The script that takes a sheet from a screen to the plain door at once."""
    return _told("switch.js")

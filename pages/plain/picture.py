"""The script behind 保存图片, as a file of its own: the content security policy runs no other."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

_FILE = Path(__file__).parents[1] / "parts" / "picture.js"


@cache
def _script() -> bytes:
    return _FILE.read_bytes()


def picture_script(_request: Request) -> Response:
    """The script; browsers keep it for an hour."""
    return Response(_script(), media_type="text/javascript", headers={"Cache-Control": "max-age=3600"})

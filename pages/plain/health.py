"""GET /healthz: whether the portal can take what residents send."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core import database


async def health(_request: Request) -> Response:
    """200 while the record can be written, else 503; says nothing else to whoever asks."""
    well = await run_in_threadpool(database.can_write)
    told = {"status": "ok" if well else "unavailable"}
    return JSONResponse(told, status_code=200 if well else 503, headers={"Cache-Control": "no-store"})

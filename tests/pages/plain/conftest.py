"""The plain pages without Streamlit behind them: routes, middleware and error pages as the app has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core import database
from core.actions.accounts import create_account
from pages.plain.routes import exception_handlers, middleware, routes

PASSWORD = "long-enough-1"
Knock = Callable[..., TestClient]


async def _take(request: Request) -> Response:
    """Read everything, whatever it is."""
    return PlainTextResponse(str(len(await request.body())))


async def _break(_request: Request) -> Response:
    raise RuntimeError("四楼下不来")


@pytest.fixture
def knock(sqlite_record: Path, quick_hashes: None) -> Iterator[Knock]:
    """`knock("10.0.0.1")` → a client at that address; one account `wang` of the committee is there."""
    with database.writing() as session:
        all_ = [("committee", "all", None)]
        create_account(session, name="wang", display="王<b>", password=PASSWORD, roles=all_)
    more = [Route("/take", _take, methods=["POST"]), Route("/break", _break)]
    app = Starlette(
        routes=[*routes(), *more], middleware=middleware(), exception_handlers=exception_handlers()
    )

    def _knock(address: str = "10.0.0.1", port: int = 50_000) -> TestClient:
        client = (address, port)
        return TestClient(app, client=client, follow_redirects=False, raise_server_exceptions=False)

    yield _knock

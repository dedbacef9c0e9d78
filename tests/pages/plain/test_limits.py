"""What is refused before any page sees it: foreign origins, too large bodies, floods."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.settings import settings
from pages.plain.limits import RequestLimits
from tests.pages.plain.conftest import Knock


def _limit(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    for name, value in more.items():
        monkeypatch.setenv(f"LINSHENG_{name.upper()}", value)
    settings.cache_clear()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://testserver.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"}, 403),
        ({"Origin": "https://portal.example"}, 200),
    ],
)
def test_a_post_from_another_site_is_refused(
    knock: Knock, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], status: int
) -> None:
    _limit(monkeypatch, public_url="https://portal.example")
    answer = knock().post("/take", content=b"x", headers=headers)
    assert answer.status_code == status
    assert status == 200 or "不是从本站页面发出的" in answer.text


def test_reading_is_allowed_from_anywhere(knock: Knock) -> None:
    assert knock().get("/healthz", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_body_may_be_as_large_as_the_limit_and_not_a_byte_larger(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _limit(monkeypatch, max_request_bytes="2000000")
    assert knock().post("/take", content=b"x" * 2_000_000).text == "2000000"
    refused = knock().post("/take", content=b"x" * 2_000_001)
    assert (refused.status_code, "2 MB" in refused.text) == (413, True)


def test_a_body_without_a_length_is_counted_while_it_is_read(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _limit(monkeypatch, max_request_bytes="1000")

    def _pieces(n: int) -> Iterator[bytes]:
        yield from [b"x" * 100] * n

    assert knock().post("/take", content=_pieces(10)).text == "1000"
    assert knock().post("/take", content=_pieces(11)).status_code == 413


@pytest.mark.parametrize("length", ["-1", "many", "1e3"])
def test_a_length_that_is_none_is_refused(knock: Knock, length: str) -> None:
    assert knock().post("/take", content=b"x", headers={"Content-Length": length}).status_code == 413


def _tries(client: TestClient, n: int, **headers: str) -> list[int]:
    sent = {"name": "nobody", "password": "x"}
    return [client.post("/signin", data=sent, headers=headers).status_code for _ in range(n)]


def test_signing_in_is_limited_by_address(knock: Knock) -> None:
    assert _tries(knock("10.0.0.1"), 21) == [401] * 20 + [429]
    refused = knock("10.0.0.1").post("/signin", data={})
    assert refused.headers["retry-after"] == "60" and "60 秒后再试" in refused.text
    assert _tries(knock("10.0.0.2"), 1) == [401]
    assert knock("10.0.0.1").post("/take").status_code == 200, "another page is not closed by it"


def test_a_forged_forwarded_address_does_not_help(knock: Knock) -> None:
    client = knock("10.0.0.1")
    sent = {"name": "nobody", "password": "x"}
    found = [
        client.post("/signin", data=sent, headers={"X-Forwarded-For": f"10.1.0.{n}"}).status_code
        for n in range(21)
    ]
    assert found[-1] == 429


def test_everything_sent_is_limited_against_floods(knock: Knock) -> None:
    client = knock()
    assert {client.post("/take").status_code for _ in range(600)} == {200}
    assert client.post("/take").status_code == 429


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.headers.get("origin", "none"))
    await socket.close()


def test_a_socket_opens_for_our_own_pages_and_names_them_as_streamlit_expects(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _limit(monkeypatch, public_url="https://portal.example")
    client = TestClient(
        Starlette(routes=[WebSocketRoute("/s", _echo)], middleware=[Middleware(RequestLimits)])
    )
    for origin, seen in (
        ("http://testserver", "http://testserver"),
        ("https://portal.example", "https://testserver"),
    ):
        with client.websocket_connect("/s", headers={"Origin": origin}) as socket:
            assert socket.receive_text() == seen
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/s", headers={"Origin": "http://evil.example"}),
    ):
        pass
    settings.cache_clear()

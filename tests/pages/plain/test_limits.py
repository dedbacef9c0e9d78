"""What is refused before any page sees it: foreign origins, too large bodies, floods."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from limits import parse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.settings import settings
from pages.plain import limits
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


def _small(monkeypatch: pytest.MonkeyPatch, **rules: int) -> None:
    """The door's rules with numbers a test can reach."""
    for name, n in rules.items():
        monkeypatch.setattr(limits, name.upper(), parse(f"{n} per minute"))


def _posts(client: TestClient, n: int, cookie: str = "", path: str = "/f/no-such-round/who") -> list[int]:
    headers = {"Cookie": cookie} if cookie else {}
    return [client.post(path, data={}, headers=headers).status_code for _ in range(n)]


def _sheet(n: int) -> str:
    return f"ls_sheet_1={n:032x}"


def test_a_building_behind_one_address_is_counted_by_its_browsers(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small(monkeypatch, door_by_browser=3, door_no_cookie=2, anything=1)
    client = knock("10.0.0.1")
    assert _posts(client, 4, _sheet(1)) == [404, 404, 404, 429]
    for neighbour in range(2, 20):
        assert _posts(client, 3, _sheet(neighbour)) == [404] * 3, neighbour


def test_the_fixed_numbers_of_the_door() -> None:
    assert [str(rule) for rule in (limits.DOOR_BY_BROWSER, limits.DOOR_NO_COOKIE, limits.DOOR)] == [
        "60 per 1 minute",
        "600 per 1 minute",
        "6000 per 1 minute",
    ]


def test_who_keeps_no_cookie_shares_one_count_and_closes_nobody_elses(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small(monkeypatch, door_by_browser=5, door_no_cookie=4, door=8)
    client = knock("10.0.0.1")
    assert _posts(client, 100) == [404] * 4 + [429] * 96
    assert _posts(client, 1, "ls_sheet_1=anything; ls_visit=; other=" + "a" * 32) == [429], (
        "no cookie of ours"
    )
    assert _posts(client, 4, _sheet(1)) == [404] * 4, "what was refused used nothing up"
    assert _posts(client, 1, _sheet(1)) == [429]
    assert _posts(knock("10.0.0.2"), 4) == [404] * 4


def test_a_flood_of_ever_new_cookies_ends_at_the_address_and_others_go_on(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small(monkeypatch, door_by_browser=3, door=30)
    flood, resident = knock("10.0.0.1"), knock("10.0.0.2")
    found = [status for n in range(50) for status in _posts(flood, 1, _sheet(n))]
    assert found == [404] * 30 + [429] * 20
    assert _posts(resident, 3, _sheet(1)) == [404] * 3
    refused = flood.post("/f/no-such-round/who", headers={"Cookie": _sheet(99)})
    assert refused.headers["retry-after"] == "60" and "60 秒后再试" in refused.text
    assert flood.get("/f").status_code != 429, "reading stays open"


def test_a_forged_forwarded_address_opens_no_new_count_at_the_door(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small(monkeypatch, door=5)
    client = knock("10.0.0.1")
    headers = [{"X-Forwarded-For": f"10.1.0.{n}", "Cookie": _sheet(n)} for n in range(7)]
    found = [client.post("/f/no-such-round/who", headers=each).status_code for each in headers]
    assert found == [404] * 5 + [429] * 2
    _limit(monkeypatch, trusted_proxies="10.0.0.1")
    assert client.post("/f/no-such-round/who", headers=headers[0]).status_code == 404


@pytest.mark.parametrize("path", ["/f/say", "/r", "/r/look", "/b/join/1"])
def test_every_form_of_the_door_is_counted_by_browser(
    knock: Knock, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    _small(monkeypatch, door_by_browser=2, anything=1)
    visit = f"ls_visit={'a' * 32}; {_sheet(1)}"
    client = knock("10.0.0.1")
    assert 429 not in _posts(client, 2, visit, path) and _posts(client, 1, visit, path) == [429]
    assert 429 not in _posts(client, 1, _sheet(1), path), "the cookie of a visit counts before a sheet's"


def test_what_is_not_the_door_is_still_counted_by_address_alone(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small(monkeypatch, anything=2)
    client = knock("10.0.0.1")
    assert [_posts(client, 1, _sheet(n), "/take") for n in range(3)] == [[200], [200], [429]]
    assert _posts(client, 1, _sheet(9), "/feedback/x") == [429], "a name that begins like the door's"


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

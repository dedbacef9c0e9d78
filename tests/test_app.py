"""The front door as a process: how it starts, what it refuses, what it answers over HTTP."""

from __future__ import annotations

import base64
import os
import re
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from core.settings import SHIPPED_SECRET
from tests.postgres import free_port
from tests.serving import Served, command, environment, serve


@pytest.fixture
def http(served: Served) -> httpx.Client:
    """A client without cookies at the served portal."""
    return httpx.Client(base_url=served.url, timeout=30)


def _sign_in(http: httpx.Client, name: str = "juwei", **more: str) -> httpx.Response:
    return http.post("/signin", data={"name": name, "password": "linsheng01"} | more)


@pytest.mark.parametrize(("secret", "uvicorn"), [(SHIPPED_SECRET, False), ("", True)])
def test_without_a_real_secret_it_does_not_start_and_says_what_to_set(
    tmp_path: Path, secret: str, uvicorn: bool
) -> None:
    env = environment(tmp_path, LINSHENG_SECRET=secret)
    ended = subprocess.run(
        command(free_port(), uvicorn=uvicorn), env=env, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode != 0
    assert "LINSHENG_SECRET" in ended.stderr and "Traceback" not in ended.stderr
    assert not (tmp_path / "linsheng.db").exists()


def test_a_new_database_is_migrated_served_by_any_asgi_server_and_closed_in_order(tmp_path: Path) -> None:
    with serve(tmp_path, free_port(), uvicorn=True) as found:
        page = httpx.get(f"{found.url}/signin")
        assert (page.status_code, "linsheng01" in page.text, "示范" in page.text) == (200, False, False)
        assert 'lang="zh-CN"' in httpx.get(found.url).text
    log = found.log.read_text()
    assert "Finished server process" in log and "Traceback" not in log
    assert (tmp_path / "linsheng.db").exists()


def test_it_asks_nothing_of_the_outside(served: Served, http: httpx.Client) -> None:
    assert http.get("/").status_code == 200
    for path in ("/_stcore/health", "/_stcore/host-config"):
        assert http.get(path, headers={"Origin": "http://elsewhere.example"}).status_code == 200
    assert _handshake(served, origin="http://elsewhere.example") == 403
    assert _handshake(served, origin=served.url) == 101
    assert served.leaks == ""


def test_the_guard_itself_sees_an_outside_connection(tmp_path: Path) -> None:
    code = "import urllib.request as r; r.urlopen('http://192.0.2.1/')"
    env = environment(tmp_path)
    subprocess.run([command(0)[0], "-c", code], env=env, capture_output=True, check=False)
    assert "192.0.2.1" in (tmp_path / "leaks").read_text()


def _handshake(served: Served, *, origin: str) -> int:
    """The status a websocket handshake of this origin is answered with."""
    where = urlsplit(served.url)
    lines = (
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {where.netloc}",
        f"Origin: {origin}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "\r\n",
    )
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as wire:
        wire.sendall("\r\n".join(lines).encode())
        return int(wire.recv(100).split()[1])


def test_signing_in_and_out_over_http(http: httpx.Client) -> None:
    answer = _sign_in(http)
    assert (answer.status_code, answer.headers["location"]) == (303, "/overview")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie
    assert "示范居委会" in http.get("/signin").text
    assert "示范居委会" in http.get("/signout").text, "asking signs nobody out"
    token = http.cookies["linsheng_session"]
    assert http.post("/signout").headers["location"] == "/signin?out"
    http.cookies.set("linsheng_session", token)
    assert "示范居委会" not in http.get("/signin").text, "the session ended, not only the cookie"


def test_the_page_is_chinese_ours_and_compressed(http: httpx.Client) -> None:
    for path in ("/", "/board"):
        for coding in ("gzip", "identity"):
            page = http.get(path, headers={"Accept-Encoding": coding})
            assert page.headers.get("content-encoding", "identity") == coding
            assert '<html lang="zh-CN">' in page.text and "<title>邻声</title>" in page.text
            assert 'as="font"' not in page.text


def test_the_bundle_is_small_lasting_and_whole(http: httpx.Client) -> None:
    scripts = re.findall(r'(?:src|href)="\.(/static/[^"]+\.(?:js|css))"', http.get("/").text)
    assert len(scripts) > 5
    plain = packed = 0
    for path in scripts:
        whole = http.get(path, headers={"Accept-Encoding": "identity"})
        for _ in range(2):  # made, then kept
            small = http.get(path, headers={"Accept-Encoding": "gzip"})
            assert small.content == whole.content
            assert "immutable" in small.headers["cache-control"]
        plain, packed = plain + len(whole.content), packed + int(small.headers["content-length"])
    assert packed < 0.4 * plain


def test_the_first_page_does_not_wait_for_the_classifier(tmp_path: Path) -> None:
    started = time.monotonic()
    with serve(tmp_path, free_port()) as found:
        assert httpx.get(found.url).status_code == 200
        # Training takes minutes; a generous bound, for the machine may be busy.
        assert time.monotonic() - started < 60

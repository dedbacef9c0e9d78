"""The script that saves pictures: a file of our own, and one that asks no other host for anything."""

from __future__ import annotations

import re

from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.settings import ROOT
from pages.parts import show
from pages.plain.routes import routes

FILE = ROOT / "pages" / "parts" / "picture.js"


def test_it_is_served_as_a_script_where_screens_ask_for_it() -> None:
    found = TestClient(Starlette(routes=routes())).get(show.PICTURE)
    assert found.status_code == 200 and found.headers["content-type"].startswith("text/javascript")
    assert found.text == FILE.read_text(encoding="utf8")


def test_it_sends_nothing_anywhere() -> None:
    script = FILE.read_text(encoding="utf8")
    addresses = set(re.findall(r"https?://[^'\"\s]+", script))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"fetch\(|XMLHttpRequest|sendBeacon|WebSocket|eval\(", script)

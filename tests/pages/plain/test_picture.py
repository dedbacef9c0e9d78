"""The scripts of our own: files, and ones that ask no other host for anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.settings import ROOT
from pages.parts import door_switch, questionnaire_form, show
from pages.plain.routes import routes

PARTS = ROOT / "pages" / "parts"
SCRIPTS = {
    show.PICTURE: PARTS / "picture.js",
    questionnaire_form.STEP: PARTS / "step.js",
    door_switch.SWITCH: PARTS / "switch.js",
    "/listen.js": PARTS / "listen.js",
    "/kiosk.js": PARTS / "kiosk.js",
}


def test_every_script_is_in_the_table() -> None:
    assert set(PARTS.glob("*.js")) == set(SCRIPTS.values())


@pytest.mark.parametrize(("address", "file"), SCRIPTS.items(), ids=list(SCRIPTS))
def test_it_is_served_as_a_script_where_screens_ask_for_it(address: str, file: Path) -> None:
    found = TestClient(Starlette(routes=routes())).get(address)
    assert found.status_code == 200 and found.headers["content-type"].startswith("text/javascript")
    assert found.text == file.read_text(encoding="utf8")


@pytest.mark.parametrize("file", SCRIPTS.values(), ids=list(SCRIPTS))
def test_it_sends_nothing_anywhere(file: Path) -> None:
    script = file.read_text(encoding="utf8")
    addresses = set(re.findall(r"https?://[^'\"\s]+", script))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"fetch\(|XMLHttpRequest|sendBeacon|WebSocket|eval\(", script)

"""听题 on plain pages: a player where something was recorded, its sound in parts; else nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from core.actions import round_cache
from core.actions.recordings import save_recording
from tests.core.conftest import Small, make_small

ROUND = "/f/2026-autumn"
SOUND = b"OggS" + bytes(range(200))


@pytest.fixture
def place(knock: Callable[..., TestClient]) -> Iterator[Small]:
    round_cache.forget()
    yield make_small()
    round_cache.forget()


@pytest.fixture
def phone(knock: Callable[..., TestClient], place: Small) -> TestClient:
    return knock()


def _source(page: str) -> str:
    found = re.search(r'<audio controls preload="none" src="([^"]+)"', page)
    assert found, page
    return found[1].replace("&amp;", "&")


def test_without_a_recording_no_player_and_no_button_stand_there(phone: TestClient) -> None:
    page = phone.get(ROUND).text
    assert "<audio" not in page and not re.search(r'<(button|details)[^>]*class="hear"', page)


def test_a_recording_plays_from_the_page_and_is_kept_by_the_browser(phone: TestClient) -> None:
    save_recording("needs-v1", "consent", SOUND, dialect="吴<语>")
    page = phone.get(ROUND).text
    assert "吴&lt;语&gt;" in page and '<details class="hear"><summary>' in page
    heard = phone.get(_source(page))
    assert heard.content == SOUND and heard.headers["content-type"] == "audio/ogg"
    assert heard.headers["cache-control"] == "public, max-age=31536000"
    again = phone.get(_source(page), headers={"If-None-Match": heard.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    # Without the version in its address it may be another one tomorrow.
    assert phone.get("/audio/needs-v1/consent").headers["cache-control"] == "public, max-age=86400"


def test_another_recording_has_another_address(phone: TestClient) -> None:
    save_recording("needs-v1", "consent", SOUND)
    first = _source(phone.get(ROUND).text)
    save_recording("needs-v1", "consent", SOUND + b"!")
    second = _source(phone.get(ROUND).text)
    assert first != second and phone.get(second).content == SOUND + b"!"
    assert phone.get(first).headers["cache-control"] == "public, max-age=86400"


def test_a_telephone_may_ask_for_a_part(phone: TestClient) -> None:
    save_recording("needs-v1", "consent", SOUND)
    part = phone.get("/audio/needs-v1/consent", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"OggS")
    assert part.headers["content-range"] == f"bytes 0-3/{len(SOUND)}"


def test_in_the_large_look_the_player_stands_open(phone: TestClient) -> None:
    save_recording("needs-v1", "consent", SOUND)
    phone.cookies.set("ls_elder", "1")
    assert '<details class="hear" open><summary>' in phone.get(ROUND).text


@pytest.mark.parametrize(
    "address", ["/audio/needs-v1/who", "/audio/none/consent", "/audio/../consent", "/audio/%2e%2e/linsheng"]
)
def test_what_is_not_recorded_is_not_found(phone: TestClient, address: str) -> None:
    save_recording("needs-v1", "consent", SOUND)
    assert phone.get(address).status_code == 404


def test_the_script_is_a_file_of_our_own(phone: TestClient) -> None:
    script = phone.get("/listen.js")
    assert script.headers["content-type"].startswith("text/javascript")
    # Engines of 2019 know neither of these.
    assert "?." not in script.text and "??" not in script.text and "=>" not in script.text

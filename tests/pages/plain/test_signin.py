"""Sign-in and sign-out as plain pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from core.actions.accounts import sign_in
from core.settings import settings
from models.base import now
from pages.parts.gate import COOKIE
from pages.plain import signin
from tests.pages.plain.conftest import PASSWORD, Knock


def _post(client: TestClient, **more: str) -> object:
    return client.post("/signin", data={"name": "wang", "password": PASSWORD} | more)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = _post(knock()).headers["set-cookie"]
    assert "HttpOnly" in plain and "SameSite=lax" in plain and "Path=/" in plain and "Secure" not in plain
    monkeypatch.setenv("LINSHENG_HTTPS_ONLY", "1")
    settings.cache_clear()
    assert "Secure" in _post(knock()).headers["set-cookie"]


def test_a_failure_keeps_the_name_escaped_and_says_nothing_more(knock: Knock) -> None:
    answer = knock().post("/signin", data={"name": 'a"><script>', "password": "x"})
    assert answer.status_code == 401 and "账号或密码不对" in answer.text
    assert "<script>" not in answer.text and "a&#34;&gt;&lt;script&gt;" in answer.text
    assert "set-cookie" not in answer.headers
    unknown = knock().post("/signin", data={"name": "nobody", "password": "x"}).text
    wrong = knock().post("/signin", data={"name": "wang", "password": "x"}).text
    assert unknown.replace("nobody", "wang") == wrong


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("comments", "/comments"),
        ("", "/overview"),
        ("accounts", "/overview"),  # no right to it
        ("//evil.example", "/overview"),
        ("https://evil.example", "/overview"),
        ("\\evil.example", "/overview"),
        ("/evil.example", "/overview"),
    ],
)
def test_it_leads_to_a_screen_of_ours_and_nowhere_else(knock: Knock, wanted: str, goes_to: str) -> None:
    answer = _post(knock(), next=wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, goes_to)


def test_who_is_signed_in_is_led_on_and_who_idled_is_asked_again(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = knock()
    _post(client)
    assert "王&lt;b&gt;" in client.get("/signin").text
    later = now() + timedelta(minutes=settings().idle_minutes)
    monkeypatch.setattr(signin, "now", lambda: later)
    assert 'name="password"' in client.get("/signin").text
    assert client.get("/signout").headers["location"] == "/signin"


def test_a_second_sign_in_ends_the_session_it_replaces(knock: Knock) -> None:
    client = knock()
    old = sign_in("wang", PASSWORD)
    client.cookies.set(COOKIE, old)
    _post(client)
    assert signin._viewer(old) is None
    client.cookies.clear()


def test_signing_out_takes_a_post_from_our_own_page(knock: Knock) -> None:
    client = knock()
    _post(client)
    assert client.get("/signout").status_code == 200
    assert client.post("/signout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert "王" in client.get("/signin").text
    assert client.post("/signout").status_code == 303
    assert "王" not in client.get("/signin").text


def test_a_form_with_a_file_or_a_flood_of_fields_is_refused(knock: Knock) -> None:
    assert knock().post("/signin", files={"name": b"wang"}).status_code == 400
    assert knock().post("/signin", data={str(n): "x" for n in range(20)}).status_code == 400


def test_demo_accounts_are_shown_in_demo_mode_only(knock: Knock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "juwei" not in knock().get("/signin").text and "合成" not in knock().get("/signin").text
    monkeypatch.setenv("LINSHENG_DEMO", "1")
    settings.cache_clear()
    shown = knock().get("/signin").text
    assert "juwei" in shown and "示范数据（合成）" in shown


def test_the_page_is_kept_by_no_cache(knock: Knock) -> None:
    for path in ("/signin", "/healthz"):
        assert knock().get(path).headers["cache-control"] == "no-store"

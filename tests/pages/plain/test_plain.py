"""Health, headers and error pages."""

from __future__ import annotations

import logging

import pytest

from core import database
from core.errors import Unavailable
from pages.plain import signin
from pages.plain.headers import policy
from tests.pages.plain.conftest import Knock


def test_healthy_is_200_and_a_record_that_takes_nothing_503(
    knock: Knock, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = knock().get("/healthz")
    assert (well.status_code, well.json()) == (200, {"status": "ok"})
    monkeypatch.setattr(database, "can_write", lambda: False)
    ill = knock().get("/healthz")
    assert (ill.status_code, ill.json()) == (503, {"status": "unavailable"})


def test_a_gone_database_is_503(knock: Knock) -> None:
    with database.writing() as session:
        session.connection().exec_driver_sql("DROP TABLE fold_state")
    assert knock().get("/healthz").status_code == 503


@pytest.mark.parametrize(("method", "path"), [("GET", "/signin"), ("GET", "/break"), ("POST", "/nowhere")])
def test_every_answer_carries_the_security_headers(knock: Knock, method: str, path: str) -> None:
    headers = knock().request(method, path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    rules = headers["content-security-policy"]
    for rule in ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "form-action 'self'"):
        assert rule in rules
    assert "script-src 'self' 'unsafe-eval' 'sha256-" in rules and "script-src 'unsafe-inline'" not in rules


@pytest.mark.parametrize("host", ["evil; script-src *", "a b", "x'y", ""])
def test_a_host_that_is_none_does_not_get_into_the_policy(host: str) -> None:
    assert "ws:" not in policy(host)


def test_a_fault_of_ours_says_so_and_logs_no_content(knock: Knock, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = knock().get("/break")
    assert (answer.status_code, "页面出了问题" in answer.text) == (500, True)
    assert "四楼" not in answer.text and "四楼" not in caplog.text
    assert "RuntimeError at /break" in caplog.text and "_break" in caplog.text


def test_a_busy_record_is_said_in_its_own_sentence(knock: Knock, monkeypatch: pytest.MonkeyPatch) -> None:
    def _busy(*_given: str) -> str:
        raise Unavailable.say("record_busy")

    monkeypatch.setattr(signin, "sign_in", _busy)
    answer = knock().post("/signin", data={"name": "wang", "password": "x"})
    assert (answer.status_code, "请稍等几秒" in answer.text) == (503, True)

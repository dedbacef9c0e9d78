"""A screen that breaks says so in a sentence, and the log holds nothing anybody wrote."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import Invalid
from core.words import say
from pages.parts import trouble


def _broken(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:  # with its traceback, as a screen would throw it
        return caught


def _told(error: Exception, monkeypatch: pytest.MonkeyPatch) -> str:
    told: list[str] = []
    monkeypatch.setattr(trouble.here, "fail", told.append)
    assert trouble.show(_broken(error)) is True
    return told[0]


def test_our_own_sentence_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _told(Invalid("请换一个。"), monkeypatch) == "请换一个。"


def test_a_fault_is_told_calmly_and_logged_without_its_text(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert _told(ValueError("四楼下不来"), monkeypatch) == say("signin.refused.broken")
    assert "四楼" not in caplog.text
    assert "ValueError" in caplog.text and "_broken" in caplog.text


def test_streamlit_does_not_log_the_error_beside_ours(caplog: pytest.LogCaptureFixture) -> None:
    def _screen() -> None:
        raise ValueError("".join(["四楼", "下不来"]))

    with caplog.at_level(logging.DEBUG):
        assert AppTest.from_function(_screen).run().exception
    assert "四楼下不来" not in caplog.text

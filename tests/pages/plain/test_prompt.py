"""Whoever listens answers at once, and nothing else is touched or left open."""

from __future__ import annotations

import os
import socket

import pytest

from pages.plain import prompt

NODELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.skipif(not prompt._HANDLES.is_dir(), reason="only Linux lists its handles")
def test_connections_of_a_listening_socket_do_not_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socketpair()[0]:
        assert server.getsockopt(*NODELAY) == 0
        before = len(os.listdir(prompt._HANDLES))
        assert prompt.answer_at_once() >= 1
        assert len(os.listdir(prompt._HANDLES)) == before
        with socket.create_connection(server.getsockname()):
            accepted, _ = server.accept()
            with accepted:
                assert accepted.getsockopt(*NODELAY) == 1


def test_where_handles_are_not_listed_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt, "_HANDLES", prompt._HANDLES / "absent")
    assert prompt.answer_at_once() == 0

"""Whoever listens answers at once, and nothing else is touched or left open."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from core import database
from core.settings import ROOT
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


@pytest.mark.skipif(not prompt._HANDLES.is_dir(), reason="only Linux lists its handles")
def test_the_record_keeps_its_locks(sqlite_record: Path) -> None:
    with database.reading() as session:
        session.execute(text("SELECT 1 FROM community"))
        prompt.answer_at_once()
        leave = "from core import database; database.can_write(); database.dispose()"
        subprocess.run([sys.executable, "-c", leave], cwd=ROOT, check=True)
        assert (sqlite_record / "linsheng.db-wal").exists(), "taken away under the running portal"


def test_where_handles_are_not_listed_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt, "_HANDLES", prompt._HANDLES / "absent")
    assert prompt.answer_at_once() == 0

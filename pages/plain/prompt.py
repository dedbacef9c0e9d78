"""Answers go out at once: `streamlit run` opens its socket without TCP_NODELAY.

Small packets then wait for the last one's acknowledgement, which browsers put off for 40 ms: on every click.
Connections inherit the option from the socket that listens, so setting it there once is enough.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_HANDLES = Path("/proc/self/fd")


def answer_at_once() -> int:
    """Set the option on every TCP socket of this process that listens; how many there were.

    Linux only: elsewhere nothing is done, and nothing is worse than before.
    """
    done = 0
    for listening in _listening():
        with listening, suppress(OSError):
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            done += 1
    return done


def _listening() -> Iterator[socket.socket]:
    """Copies of this process's listening TCP sockets: closing a copy leaves the server's own open."""
    for name in os.listdir(_HANDLES) if _HANDLES.is_dir() else ():
        found = _socket_of(int(name))
        if found is None:
            continue
        tcp = found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM
        if tcp and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            yield found
        else:
            found.close()


def _socket_of(handle: int) -> socket.socket | None:
    """A copy of the socket behind a handle; None for a file, or when it is closed by now.

    A file is never copied: closing any copy of the database's handle would end all locks this process holds
    on it, and the next process to leave would then take the write-ahead log away under the running portal.
    """
    try:
        if not stat.S_ISSOCK(os.fstat(handle).st_mode):
            return None
        copy = os.dup(handle)
    except OSError:
        return None
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        return None

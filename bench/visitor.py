"""A browser's half of Streamlit's socket, no more: opens a page, asks for reruns, waits for the end."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

TIMEOUT = 120.0
WHOLE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class _Prompt(socket.socket):
    """A socket that acknowledges at once.

    `streamlit run` leaves Nagle's algorithm on: a server then holds its next packet back until the last is
    acknowledged, up to 40 ms. That wait is the network's and would drown what is compared here.
    """

    def recv(self, *args: Any) -> bytes:
        """As ever, then ask for the acknowledgement to go out now (the kernel forgets that each time)."""
        found = super().recv(*args)
        if hasattr(socket, "TCP_QUICKACK"):
            self.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return found


class RunFailed(RuntimeError):
    """The script stopped with an exception, or the page does not exist."""


class Visitor:
    """One session on a Streamlit server on this machine; `cookie` is sent as a browser would."""

    def __init__(self, port: int, *, cookie: str = "") -> None:
        headers = {"Origin": f"http://127.0.0.1:{port}"} | ({"Cookie": cookie} if cookie else {})
        line = _Prompt(socket.AF_INET, socket.SOCK_STREAM)
        line.connect(("127.0.0.1", port))
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(
                f"ws://127.0.0.1:{port}/_stcore/stream",
                subprotocols=["streamlit"],  # type: ignore[list-item]
                additional_headers=headers,
                sock=line,
                compression=None,
                max_size=None,
            )
        )
        self._page = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def open(self, name: str = "") -> None:
        """Go to a page by the last part of its address; empty is the first. Raises RunFailed."""
        request = BackMsg()
        request.rerun_script.page_name = name
        self._run(request)

    def rerun(self) -> float:
        """Run the page again as a click does; seconds from the request to the end of the script."""
        request = BackMsg()
        request.rerun_script.page_script_hash = self._page
        started = time.perf_counter()
        self._run(request)
        return time.perf_counter() - started

    def _run(self, request: BackMsg) -> None:
        self._socket.send(request.SerializeToString())
        while True:
            told = ForwardMsg.FromString(self._socket.recv(TIMEOUT))
            kind = told.WhichOneof("type")
            self._heard(told)
            if kind == "new_session":
                self._page = told.new_session.page_script_hash
            elif kind == "navigation" and told.navigation.page_script_hash:
                self._page = told.navigation.page_script_hash
            elif kind == "page_not_found":
                raise RunFailed(f"no such page: {request.rerun_script.page_name}")
            elif kind == "delta" and told.delta.new_element.WhichOneof("type") == "exception":
                raise RunFailed(told.delta.new_element.exception.message)
            elif kind == "script_finished" and told.script_finished in WHOLE:
                return

    def _heard(self, told: ForwardMsg) -> None:
        """For visitors that look at what is drawn."""

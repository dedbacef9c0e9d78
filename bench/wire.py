"""HTTP as little as a phone needs it: one request after the other, cookies kept, redirects followed.

Written on sockets so that three hundred of them leave the processor to the server that is measured.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlencode

from bench.form import Fields

TIMEOUT = 60.0
MOST_HOPS = 3
HEAD = re.compile(rb"HTTP/1\.1 (\d{3})")
GONE = (OSError, EOFError, asyncio.TimeoutError)


class Answer(NamedTuple):
    """What came: status and the page; `bytes_in` as they came over the wire."""

    status: int
    page: str
    bytes_in: int


class Phone:
    """A browser at one loopback address; each visit to the server is a connection of its own."""

    def __init__(self, port: int, address: str) -> None:
        self._port, self._address = port, address
        self.cookies: dict[str, str] = {}

    async def get(self, path: str) -> Answer:
        """Open a page. Raises one of GONE."""
        return await asyncio.wait_for(self._visit("GET", path, None), TIMEOUT)

    async def post(self, path: str, fields: Fields) -> Answer:
        """Send a form and see the page it leads to. Raises one of GONE."""
        return await asyncio.wait_for(self._visit("POST", path, fields), TIMEOUT)

    async def _visit(self, method: str, path: str, fields: Fields | None) -> Answer:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self._port, local_addr=(self._address, 0), limit=2**20
        )
        try:
            for _ in range(MOST_HOPS):
                writer.write(self._request(method, path, fields))
                head = await reader.readuntil(b"\r\n\r\n")
                body = await _body(reader, head)
                self._note(head)
                if not (onward := _header(head, "location")):
                    break
                method, path, fields = "GET", onward[0], None
            found = HEAD.match(head)
            status = int(found[1]) if found and not onward else 599
            return Answer(status, body.decode(), len(head) + len(body))
        finally:
            writer.close()
            with suppress(*GONE):
                await writer.wait_closed()

    def _request(self, method: str, path: str, fields: Fields | None) -> bytes:
        body = urlencode(fields or []).encode()
        host = f"127.0.0.1:{self._port}"
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept: text/html"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if fields is not None:
            lines += [f"Origin: http://{host}", "Content-Type: application/x-www-form-urlencoded"]
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + (body if fields is not None else b"")

    def _note(self, head: bytes) -> None:
        for line in _header(head, "set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value


def _header(head: bytes, name: str) -> list[str]:
    lines = head.decode("latin1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if line)
    return [value.strip() for key, _, value in pairs if key.lower() == name]


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    if length := _header(head, "content-length"):
        return await reader.readexactly(int(length[0]))
    if _header(head, "transfer-encoding") != ["chunked"]:
        return b""
    found = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        found.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(found)

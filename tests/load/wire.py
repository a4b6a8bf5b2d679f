"""Requests and answers as bytes; of an answer, only what is asked for is read."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PATIENCE_S: Final = 30.0
_MOST_BYTES: Final = 65_536


class Answer(NamedTuple):
    """What the server answered.

    Attributes:
        status: the code.
        head: the status line and all headers.
        body: the rest.
    """

    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str:
        """Return the first header of this name, in any case; empty without one."""
        found = re.search(rf"\r\n{name}: *([^\r]*)", self.head, re.IGNORECASE)
        return "" if found is None else found[1]

    @property
    def cookie(self) -> str:
        """The cookie that it sets, as the next request sends it."""
        return self.header("set-cookie").partition(";")[0]


def message(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Return the bytes of a request on a connection that is kept."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """A connection that is kept alive, with at most one request in progress.

    Attributes:
        answers: how many have come.
    """

    __slots__ = ("_received", "answers", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), _PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self.answers = 0

    def receive(self) -> Answer | None:
        """Read what has arrived, and return the answer once it is complete.

        Raises:
            ConnectionError: the server has closed the connection.
        """
        data = self.socket.recv(_MOST_BYTES)
        if not data:
            raise ConnectionError
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if end else None
        if length is None or len(body) < int(length[1]):
            return None
        self._received = b""
        self.answers += 1
        return Answer(int(head[9:12]), head.decode("latin-1"), body)

"""This module puts load on a local server: one thread, plain sockets, prepared requests."""

from __future__ import annotations

import re
import selectors
import socket
from contextlib import contextmanager
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PATIENCE_S: Final = 20.0
_MOST_BYTES: Final = 65_536


class UnexpectedAnswerError(Exception):
    """The server answered something else or nothing; the message is what it sent."""


class Connection:
    """One connection, with at most one request in progress."""

    __slots__ = ("_received", "socket", "wanted")

    def __init__(self, port: int, wanted: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), _PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wanted = b"HTTP/1.1 " + wanted
        self._received = b""

    def receive(self) -> bool:
        """Read what has arrived, and return whether the answer is complete.

        Raises:
            UnexpectedAnswerError: another status than the wanted one, or the connection was closed.
        """
        data = self.socket.recv(_MOST_BYTES)
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not data or not self._received.startswith(self.wanted[: len(self._received)]):
            raise UnexpectedAnswerError(self._received)
        length = _LENGTH.search(head) if found else None
        if length is None or len(body) < int(length[1]):
            return False
        self._received = b""
        return True


def get(path: str, *, cookie: str = "", close: bool = False) -> bytes:
    """Return the bytes of a request as a browser or a script would send it."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*", "User-Agent: liveform-benchmarks"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += ["Connection: close"] if close else []
    return "\r\n".join([*lines, "", ""]).encode()


class ClosedLoop:
    """Connections that are kept alive; each sends its next request when it has its answer.

    Args:
        ports: of servers on loopback.
        request: what is sent, again and again.
        connections: how many, to each server.
        wanted: the status of every answer.
    """

    def __init__(self, ports: Iterable[int], request: bytes, *, connections: int, wanted: bytes) -> None:
        self._request = request
        self._connections = [Connection(port, wanted) for port in ports for _ in range(connections)]

    def requests_a_second(self, seconds: float) -> float:
        """Keep the servers busy for so long, and return how many requests they answered each second."""
        answered = 0
        with _watching(self._connections) as selector:
            start = perf_counter()
            for one in self._connections:
                one.socket.sendall(self._request)
            waiting = len(self._connections)
            while waiting:
                goes_on = perf_counter() - start < seconds
                for key, _ in _ready(selector):
                    if not key.data.receive():
                        continue
                    answered += 1
                    if goes_on:
                        key.data.socket.sendall(self._request)
                    else:
                        waiting -= 1
        return answered / (perf_counter() - start)

    def close(self) -> None:
        """Close all connections of this load."""
        for one in self._connections:
            one.socket.close()


class Due(NamedTuple):
    """A request of an open loop, which is sent at its time whether or not others have their answers.

    Attributes:
        at: seconds from the start.
        name: whose latencies it counts among.
        request: what is sent, on a connection of its own.
        wanted: the status of the answer.
    """

    at: float
    name: str
    request: bytes
    wanted: bytes


def latencies(port: int, plan: Iterable[Due]) -> dict[str, list[float]]:
    """Send each request of ``plan`` when it is due; return the seconds from then to its whole answer."""
    coming = sorted(plan, reverse=True)
    took: dict[str, list[float]] = {due.name: [] for due in coming}
    under_way = 0
    with selectors.DefaultSelector() as selector:
        start = perf_counter()
        while coming or under_way:
            while coming and coming[-1].at <= perf_counter() - start:
                due = coming.pop()
                connection = Connection(port, due.wanted)
                connection.socket.sendall(due.request)
                selector.register(connection.socket, selectors.EVENT_READ, (connection, due))
                under_way += 1
            pause = max(0.0, coming[-1].at - (perf_counter() - start)) if coming else _PATIENCE_S
            if not under_way:
                sleep(pause)
                continue
            for key, _ in selector.select(pause):
                connection, due = key.data
                if connection.receive():
                    took[due.name].append(perf_counter() - start - due.at)
                    selector.unregister(connection.socket)
                    connection.socket.close()
                    under_way -= 1
    return took


@contextmanager
def _watching(connections: Sequence[Connection]) -> Iterator[selectors.BaseSelector]:
    with selectors.DefaultSelector() as selector:
        for one in connections:
            selector.register(one.socket, selectors.EVENT_READ, one)
        yield selector


def _ready(selector: selectors.BaseSelector) -> list[tuple[selectors.SelectorKey, int]]:
    ready = selector.select(_PATIENCE_S)
    if not ready:
        raise UnexpectedAnswerError(b"")
    return ready

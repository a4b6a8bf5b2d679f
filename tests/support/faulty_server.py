"""This module runs a server on loopback whose every answer is scripted, byte by byte and fault by fault."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

Answer: TypeAlias = "Callable[[socket.socket, threading.Event], object]"
PATIENCE_S = 20  # a test that waits so long has failed


class FaultyServer:
    """Answers the requests that arrive with the given answers, one each; the last one again and again.

    Attributes:
        base_url: its address, with the path ``/v3``.
        requests: what arrived, as it came.
        ended: set when the test is over, so that a slow answer ends.
    """

    def __init__(self, *answers: Answer, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._answers = list(answers)
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        scheme = "http" if tls is None else "https"
        self.base_url = f"{scheme}://{host}:{self._listener.getsockname()[1]}/v3"
        self.requests: list[bytes] = []
        self.open_connections = 0
        self.ended = threading.Event()
        self.idle = threading.Condition(self._lock)

    def start(self) -> None:
        """Accept connections from now on."""
        self._threads[0].start()

    def stop(self) -> None:
        """Stop accepting, and return once every connection has ended."""
        self.ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def wait_until_no_connection_is_open(self) -> bool:
        """Return True once the other side has closed all its connections, or False if it never does."""
        with self.idle:
            return self.idle.wait_for(lambda: self.open_connections == 0, PATIENCE_S)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.open_connections += 1
            thread = threading.Thread(target=self._serve, args=[connection], daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(PATIENCE_S)
            with suppress(OSError), self._secured(connection) as secured:
                while request := _read_request(secured, self.ended):
                    with self._lock:
                        self.requests.append(request)
                        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                    answer(secured, self.ended)
        finally:
            connection.close()
            with self.idle:
                self.open_connections -= 1
                self.idle.notify_all()

    def _secured(self, connection: socket.socket) -> socket.socket:
        return connection if self._tls is None else self._tls.wrap_socket(connection, server_side=True)


def _read_request(connection: socket.socket, ended: threading.Event) -> bytes:
    request = b""
    connection.settimeout(0.05)
    while not _is_complete(request):
        try:
            chunk = connection.recv(65536)
        except TimeoutError:
            if ended.is_set():
                return b""
            continue
        if not chunk:
            return b""
        request += chunk
    connection.settimeout(PATIENCE_S)
    return request


def _is_complete(request: bytes) -> bool:
    head, found, body = request.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ),
        0,
    )
    return bool(found) and len(body) >= length


@contextmanager
def faulty_server(
    *answers: Answer, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[FaultyServer]:
    """Run a server with these answers, and end it and all its threads."""
    server = FaultyServer(*answers, tls=tls, host=host)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def http(
    status: int = 200, body: bytes = b'{"ok":true}', *, length: int | None = None, **headers: str
) -> Answer:
    """Return an answer with this status, body and headers (``retry_after="1"`` is Retry-After).

    Args:
        status: the HTTP status.
        body: what follows the head.
        length: the Content-Length; the body's own by default.
        **headers: the other headers; Content-Type is application/json by default.
    """
    named = {"content_type": "application/json", **headers}
    lines = [f"HTTP/1.1 {status} Text", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
    sent = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
    return lambda connection, _: connection.sendall(sent)


def reset(connection: socket.socket, _: threading.Event) -> None:
    """Break the connection with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    raise OSError


def hang_up(connection: socket.socket, _: threading.Event) -> None:
    """Close the connection without an answer."""
    raise ConnectionAbortedError


def silence(connection: socket.socket, ended: threading.Event) -> None:
    """Answer nothing until the other side hangs up, or the test is over."""
    connection.settimeout(0.02)
    while not ended.is_set():
        with suppress(TimeoutError):
            if not connection.recv(1):
                break
    raise OSError


def half(body: bytes = b'{"Items":[') -> Answer:
    """Return an answer that announces more bytes than it sends, and then hangs up."""

    def answer(connection: socket.socket, ended: threading.Event) -> None:
        http(body=body, length=len(body) + 100)(connection, ended)
        raise OSError

    return answer


def drip(before: bytes, piece: bytes) -> Answer:
    """Return an answer that sends ``before``, and then a piece each 10 ms for as long as somebody reads."""

    def answer(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(before)
        while not ended.wait(0.01):
            connection.sendall(piece)

    return answer

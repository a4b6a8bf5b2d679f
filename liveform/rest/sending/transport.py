"""The sockets of ``Client``, whose every read and write ends at the deadline of the call.

A time-out of httpx2 starts anew with each piece that arrives, so a server that sends a byte now and then
would keep a thread for hours. ``AsyncClient`` needs none of this: it is cancelled at its deadline.
"""

from __future__ import annotations

import logging
import os
import socket
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, cast

import httpcore2
import httpx2

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator

__all__ = [
    "Deadline",
    "DeadlineTransport",
    "during_call",
    "keep_calls_out_of_logs",
]  # what webhelper uses too

MAX_CONNECTIONS: Final = 100
KEEPALIVE_S: Final = 15.0
EARLY_ANSWER: Final = "the answer came before its request"
_WRITE_BYTES: Final = 16 * 1024
_PARTS: Final = ("connection", "http11", "http2", "proxy", "socks")
_LOGGERS: Final = ("httpx2", *(f"httpcore2.{name}" for name in _PARTS))


class Deadline:
    """The time at which a call ends, whatever has come until then.

    Args:
        timeout: seconds from now.
        clock: returns seconds that never go back.
    """

    __slots__ = ("_at", "_clock")

    def __init__(self, timeout: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._at = clock() + timeout

    def left(self) -> float:
        """Return the seconds that are left; 0 or less at the end."""
        return self._at - self._clock()

    def within(self, timeout: float | None) -> float:
        """Return the time-out of one step: what it asks for, or less.

        Raises:
            httpcore2.ReadTimeout: nothing is left.
        """
        left = self.left()
        if left <= 0:
            raise httpcore2.ReadTimeout
        return left if timeout is None else min(timeout, left)


_CALL: ContextVar[Deadline | None] = ContextVar("liveform_rest_call", default=None)


@contextmanager
def during_call(deadline: Deadline) -> Iterator[None]:
    """Let ``deadline`` hold for what this thread or task sends and receives, and log nothing of it."""
    token = _CALL.set(deadline)
    try:
        yield
    finally:
        _CALL.reset(token)


def keep_calls_out_of_logs() -> None:
    """Keep httpx2 and httpcore2 from logging our calls, with URLs and headers of answers; others stay."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_is_of_others)


def _is_of_others(_: logging.LogRecord) -> bool:
    return _CALL.get() is None


class DeadlineTransport(httpx2.BaseTransport):
    """A transport of httpx2 with a pool of connections. It sends no cookies and follows no redirects.

    A process that came of a fork has a pool of its own, since two processes that read from one connection
    would get each other's answers.

    Args:
        ssl_context: how certificates are verified; None for the system's usual way.
    """

    def __init__(self, ssl_context: ssl.SSLContext | None = None) -> None:
        self._ssl_context = httpx2.create_ssl_context() if ssl_context is None else ssl_context
        self._pools = {os.getpid(): self._new_pool()}

    def _new_pool(self) -> httpcore2.ConnectionPool:
        return httpcore2.ConnectionPool(
            ssl_context=self._ssl_context,
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=_Backend(),
        )

    @property
    def _pool(self) -> httpcore2.ConnectionPool:
        process = os.getpid()
        pool = self._pools.get(process)
        return self._pools.setdefault(process, self._new_pool()) if pool is None else pool

    @property
    def connections(self) -> list[httpcore2.ConnectionInterface]:
        """Return the connections of the pool, for tests and diagnoses."""
        return self._pool.connections

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer, whose body is not read yet."""
        response = self._pool.handle_request(core_request(request))
        connection = response.extensions["network_stream"]
        if not connection.has_answered:
            connection.close()
            response.close()
            raise httpcore2.RemoteProtocolError(EARLY_ANSWER)
        return httpx2.Response(response.status, headers=response.headers, stream=_Body(response.stream))

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


def core_request(request: httpx2.Request) -> httpcore2.Request:
    """Return a request of httpx2 as httpcore2 takes it."""
    url = request.url
    return httpcore2.Request(
        request.method,
        httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=cast("Iterable[bytes]", request.stream),
        extensions=request.extensions,
    )


class _Body(httpx2.SyncByteStream):
    """The body of an answer, which gives its connection back when it is closed."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - httpcore2 names no type with close()
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


class _Backend(httpcore2.NetworkBackend):
    """Opens connections within the deadline of the call."""

    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Return a connection to the first address that answers. Each has an equal share of the time."""
        *addresses, last = _addresses(host, port)
        left = _within(timeout)
        share = None if left is None else left / (len(addresses) + 1)
        for address in addresses:
            with suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return _Stream(
                    self._backend.connect_tcp(address, port, _within(share), local_address, socket_options)
                )
        return _Stream(self._backend.connect_tcp(last, port, _within(share), local_address, socket_options))


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host: the vendor's gateway has several."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # unknown, or a name that none can have
        raise httpcore2.ConnectError from None
    return [str(address[0]) for *_, address in found]


class _Stream(httpcore2.NetworkStream):
    """A connection on which each step ends at the deadline of the call.

    Attributes:
        has_answered: whether anything arrived since a request was sent. If not, its answer came with the one
            before: it would be read as the answer to another request.
    """

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream
        self.has_answered = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what arrives next."""
        self.has_answered = True
        return self._stream.read(max_bytes, _within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of ``buffer``."""
        self.has_answered = False
        for start in range(0, len(buffer), _WRITE_BYTES):
            self._stream.write(buffer[start : start + _WRITE_BYTES], _within(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Return the same connection with TLS."""
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _within(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore2 declares it
        """Return what httpcore2 asks about the socket."""
        return self._stream.get_extra_info(info)


def _within(timeout: float | None) -> float | None:
    deadline = _CALL.get()
    return timeout if deadline is None else deadline.within(timeout)

"""The sockets of ``AsyncClient``, which is cancelled at its deadline.

As ``httpx2.AsyncHTTPTransport``, but that a body which is left early is closed at once, as trio wants it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2
from anyio.lowlevel import RunVar

from liveform.errors import ConfigError
from liveform.rest.sending.transport import EARLY_ANSWER, KEEPALIVE_S, MAX_CONNECTIONS, core_request

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Iterable


class AsyncTransport(httpx2.AsyncBaseTransport):
    """A transport of httpx2 with a pool of connections. It sends no cookies and follows no redirects.

    Its connections work in the event loop of its first request alone.

    Args:
        ssl_context: how certificates are verified; None for httpx2's usual way.
    """

    def __init__(self, ssl_context: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context() if ssl_context is None else ssl_context,
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=_Backend(),
        )
        self._is_used = False
        self._is_used_here: RunVar[bool] = RunVar("liveform_rest_loop", default=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer, whose body is not read yet.

        Raises:
            ConfigError: the first request was in another event loop.
        """
        self._check_loop()
        self._is_used = True
        self._is_used_here.set(True)
        response = await self._pool.handle_async_request(core_request(request))
        connection = response.extensions["network_stream"]
        if not connection.has_answered:
            await connection.aclose()
            await response.aclose()
            raise httpcore2.RemoteProtocolError(EARLY_ANSWER)
        return httpx2.Response(response.status, headers=response.headers, stream=_Body(response.stream))

    async def aclose(self) -> None:
        """Close all connections; errors as above."""
        self._check_loop()
        await self._pool.aclose()

    def _check_loop(self) -> None:
        if self._is_used and not self._is_used_here.get():
            raise ConfigError(("client", "belongs to another event loop; make and close one in each"))


class _Body(httpx2.AsyncByteStream):
    """The body of an answer, which gives its connection back when it is closed."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - httpcore2 names no type with aclose()
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[bytes]:
        iterator: AsyncIterator[bytes] = self._stream.__aiter__()
        return iterator

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Backend(httpcore2.AnyIOBackend):
    """Opens connections that know whether a request is answered."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Return an open connection."""
        return _Stream(await super().connect_tcp(host, port, timeout, local_address, socket_options))


class _Stream(httpcore2.AsyncNetworkStream):
    """A connection; ``has_answered`` as in ``transport.py``."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream
        self.has_answered = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what arrives next."""
        self.has_answered = True
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of ``buffer``."""
        self.has_answered = False
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Return the same connection with TLS."""
        return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore2 declares it
        """Return what httpcore2 asks about the socket."""
        return self._stream.get_extra_info(info)

"""The sockets of ``AsyncClient``, which is cancelled at its deadline.

As ``httpx2.AsyncHTTPTransport``, but that a body which is left early is closed at once, as trio wants it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2
from anyio.lowlevel import RunVar

from liveform.errors import ConfigError
from liveform.rest.sending.transport import KEEPALIVE_S, MAX_CONNECTIONS, core_request

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator


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

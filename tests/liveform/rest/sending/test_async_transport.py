"""Tests of the sockets of ``AsyncClient``."""

import traceback
from contextlib import aclosing

import anyio
import anyio.to_thread
import httpx2
import pytest
from faulty_server import faulty_server, http
from rest_clients import KEY, READ, required_backend

from liveform import ConfigError
from liveform.rest import AsyncClient
from liveform.rest.sending.async_transport import AsyncTransport

both = pytest.mark.parametrize("kind", ["asyncio", "trio"])


@both
def test_connection_is_kept_for_the_next_request_and_closed_at_the_end(kind: str) -> None:
    """Two requests, the first with a large body, use one connection, and no cookie; a close ends it."""
    required_backend(kind)
    with faulty_server(http(set_cookie="a=1")) as server:

        async def main() -> list[tuple[int, str]]:
            transport = AsyncTransport()
            answers = []
            for body in (b"x" * 100_000, b""):
                request = httpx2.Request("POST", f"{server.base_url}/thing?a=%2F", content=body)
                response = await transport.handle_async_request(request)
                answers.append((response.status_code, response.headers["content-type"]))
                assert await response.aread() == b'{"ok":true}'
                await response.aclose()
                assert server.open_connections == 1
            await transport.aclose()
            return answers

        assert anyio.run(main, backend=kind) == [(200, "application/json")] * 2
        assert server.wait_until_no_connection_is_open()
    assert server.requests[0].startswith(b"POST /v3/thing?a=%2F HTTP/1.1\r\n")
    assert server.requests[0].endswith(b"x" * 100_000)
    assert b"cookie" not in server.requests[1].lower()


@both
def test_body_that_is_left_early_closes_its_connection(kind: str) -> None:
    """An answer that is closed before all of it was read leaves no connection open in the pool."""
    required_backend(kind)
    with faulty_server(http(body=b" " * 1_000_000)) as server:

        async def main() -> None:
            transport = AsyncTransport()
            response = await transport.handle_async_request(httpx2.Request("GET", server.base_url))
            async with aclosing(response.aiter_raw()) as pieces:
                assert await anext(pieces)
            await response.aclose()
            assert await anyio.to_thread.run_sync(server.wait_until_no_connection_is_open)
            await transport.aclose()

        anyio.run(main, backend=kind)


@pytest.mark.parametrize("kind", ["asyncio", "trio"])
def test_client_belongs_to_the_event_loop_of_its_first_call(kind: str) -> None:
    """A call in another event loop, and a close, are a ConfigError that says what to do, and show no key."""
    required_backend(kind)
    with faulty_server(http()) as server:
        transport = AsyncTransport()
        client = AsyncClient(KEY, base_url=server.base_url, transport=transport)

        async def main() -> None:
            await client.send(READ)
            await client.send(READ)
            await transport.aclose()

        anyio.run(main, backend=kind)
        for other in (lambda: client.send(READ), client.aclose):
            with pytest.raises(ConfigError, match="another event loop") as caught:
                anyio.run(other, backend=kind)
            frames = [str(frame.f_locals) for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
            assert not [text for text in frames[1:] if KEY in text]
    assert len(server.requests) == 2


def test_client_that_sent_nothing_closes_in_any_event_loop() -> None:
    """A client that has opened no connection may be closed in each event loop."""
    anyio.run(AsyncClient(KEY).aclose)

"""Tests of the sockets of ``AsyncClient``, which belong to the event loop that opened them."""

import traceback

import anyio
import pytest
from faulty_server import faulty_server, http
from rest_clients import KEY, READ, required_backend

from liveform import ConfigError
from liveform.rest import AsyncClient
from liveform.rest.sending.async_transport import AsyncTransport


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

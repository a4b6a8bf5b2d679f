"""Tests of the deadline of a call, and of the sockets that end with it."""

import logging
import socket
from collections.abc import Iterator

import httpcore2
import httpx2
import pytest
from faulty_server import faulty_server, http

from liveform.rest.sending.transport import (
    Deadline,
    DeadlineTransport,
    during_call,
    keep_calls_out_of_logs,
)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.seconds = 5.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def test_deadline_shortens_each_step() -> None:
    """A step gets its own time-out or what is left, and nothing at the deadline."""
    clock = Clock()
    deadline = Deadline(10, clock)
    assert [deadline.within(None), deadline.within(3), deadline.within(30)] == [10, 3, 10]
    clock.seconds += 8
    assert [deadline.left(), deadline.within(3)] == [2, 2]
    clock.seconds += 2
    with pytest.raises(httpcore2.ReadTimeout):
        deadline.within(3)


def test_transport_works_without_a_deadline() -> None:
    """Outside a call, a time-out of httpx2 holds as it is, and a large body goes out whole."""
    with faulty_server(http()) as server:
        transport = DeadlineTransport()
        with httpx2.Client(transport=transport) as client:
            answer = client.post(server.base_url, content=b"x" * 100_000, headers={"cookie": "a=1"})
            assert answer.json() == {"ok": True}
            assert len(transport.connections) == 1
        assert transport.connections == []
    assert server.requests[0].endswith(b"x" * 100_000)


def test_body_that_is_left_early_closes_its_connection() -> None:
    """An answer that is closed before all of it was read leaves no connection open in the pool."""
    with faulty_server(http(body=b" " * 1_000_000)) as server:
        transport = DeadlineTransport()
        response = transport.handle_request(httpx2.Request("GET", server.base_url))
        assert server.open_connections == 1
        response.close()
        assert server.wait_until_no_connection_is_open()
        assert transport.connections == []
        transport.close()


class Dripping(httpx2.SyncByteStream):
    """A body that takes a second for each byte."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.clock.seconds += 1
            yield b" "

    def close(self) -> None:
        """Note that the body was closed."""
        self.closed = True


def test_transport_of_the_caller_is_watched_between_pieces() -> None:
    """With another transport, the deadline ends a slow body between two pieces."""
    from rest_clients import KEY, READ

    from liveform import VendorError
    from liveform.rest import Client, Timing

    clock = Clock()
    body = Dripping(clock)

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, stream=body)

    with (
        Client(
            KEY, transport=httpx2.MockTransport(answer), timing=Timing(clock=clock), max_retries=0
        ) as client,
        pytest.raises(VendorError) as caught,
    ):
        client.send(READ)
    assert caught.value.reason == "timeout"
    assert clock.seconds == 35
    assert body.closed


def test_deadline_ends_before_a_connection_opens() -> None:
    """With no time left, no connection is opened."""
    clock = Clock()
    with faulty_server(http()) as server, during_call(deadline := Deadline(1, clock)):
        clock.seconds += 1
        transport = DeadlineTransport()
        with pytest.raises(httpcore2.ReadTimeout):
            transport.handle_request(httpx2.Request("GET", server.base_url))
        transport.close()
    assert deadline.left() == 0
    assert server.requests == []


def test_refused_connection_is_a_connect_error() -> None:
    """A port on which nobody listens gives a ConnectError."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        transport = DeadlineTransport()
        with pytest.raises(httpcore2.ConnectError):
            transport.handle_request(httpx2.Request("GET", f"http://127.0.0.1:{port}/"))
        transport.close()


@pytest.mark.parametrize("name", ["connection", "http11", "http2", "proxy", "socks"])
def test_calls_stay_out_of_each_log(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Each logger of httpcore2 is silent during a call of ours, and writes before and after it as ever."""
    keep_calls_out_of_logs()
    logger = logging.getLogger(f"httpcore2.{name}")
    with caplog.at_level(logging.DEBUG, logger.name):
        logger.debug("before")
        with during_call(Deadline(1, Clock())):
            logger.debug("during")
        logger.debug("after")
    assert caplog.messages == ["before", "after"]

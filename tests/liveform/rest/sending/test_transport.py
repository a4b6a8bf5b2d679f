"""Tests of the deadline of a call, and of the sockets that end with it."""

import logging
import os
import socket
from collections.abc import Iterator
from typing import Any, NoReturn

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


def test_addresses_of_a_host_share_the_time_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host with several addresses has no more time to connect than one with a single address."""
    shares: list[tuple[str, float]] = []
    connect = httpcore2.SyncBackend.connect_tcp

    def silent_but_for_loopback(
        self: httpcore2.SyncBackend, host: str, port: int, timeout: float, *others: Any
    ) -> httpcore2.NetworkStream:
        shares.append((host, timeout))
        if host != "127.0.0.1":
            raise httpcore2.ConnectTimeout
        return connect(self, host, port, timeout, *others)

    def addresses(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        hosts = ("192.0.2.1", "192.0.2.2", "127.0.0.1") if host == "vendor.example.com" else (host,)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", silent_but_for_loopback)
    monkeypatch.setattr(socket, "getaddrinfo", addresses)
    with faulty_server(http(), host="vendor.example.com") as server, during_call(Deadline(9, Clock())):
        transport = DeadlineTransport()
        transport.handle_request(httpx2.Request("GET", server.base_url)).close()
        transport.close()
    assert shares == [("192.0.2.1", 3), ("192.0.2.2", 3), ("127.0.0.1", 3)]


@pytest.mark.parametrize("host", ["nowhere.invalid", f"{'a' * 64}.example.com"])
def test_host_without_an_address_is_a_connect_error(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is unknown, or that none can have, gives a ConnectError."""

    def unknown(*_: Any, **__: Any) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "unknown") if "invalid" in host else UnicodeError("long")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    transport = DeadlineTransport()
    with pytest.raises(httpcore2.ConnectError):
        transport.handle_request(httpx2.Request("GET", f"http://{host}/"))
    transport.close()


def test_other_process_opens_its_own_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that came of a fork uses no connection of its parent, and leaves the parent's open."""
    with faulty_server(http()) as server:
        transport = DeadlineTransport()
        request = httpx2.Request("GET", server.base_url)
        answer(transport, request)
        [parents] = transport.connections
        monkeypatch.setattr(os, "getpid", lambda: -1)
        answer(transport, request)
        assert transport.connections != [parents]
        assert not parents.is_closed()
        transport.close()
        monkeypatch.undo()
        parents.close()


def answer(transport: DeadlineTransport, request: httpx2.Request) -> None:
    """Send a request, and read its answer to the end."""
    response = transport.handle_request(request)
    response.read()
    response.close()


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

"""Tests of both clients against a server on loopback that breaks in every way."""

import gzip
import logging
import pickle
import socket
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
import anyio.to_thread
import httpx2
import pytest
from faulty_server import Answer, FaultyServer, drip, faulty_server, half, hang_up, http, reset, silence
from rest_clients import EMAIL, FILE, KEY, KINDS, READ, WRITE, call, required_backend
from servers import free_port

from liveform import VendorError
from liveform.rest import AsyncClient
from liveform.rest.sending import responses as responses_module

both = pytest.mark.parametrize("kind", KINDS)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def once(reason: str) -> dict[str, Any]:
    """Return the options of a client that tries once, and waits briefly where a time-out is expected."""
    return {"timeout": 0.5 if reason == "timeout" else 20, "max_retries": 0}


def no_connection_is_left(server: FaultyServer) -> Callable[[], None]:
    """Return a check that the client has closed all its connections to the server."""

    def check() -> None:
        assert server.wait_until_no_connection_is_open()

    return check


# name: answer, reason, status, whether a write may have been done
FAULTS: dict[str, tuple[Answer, str, int | None, bool]] = {
    "silence": (silence, "timeout", None, True),
    "reset": (reset, "unreachable", None, True),
    "hang up": (hang_up, "unreachable", None, True),
    "half a body": (half(), "unreachable", None, True),
    "no HTTP": (
        lambda connection, _: connection.sendall(b"220 mail.example.com\r\n\r\n"),
        "unreachable",
        None,
        True,
    ),
    "drip of the head": (drip(HEAD, b"X-More: jane.doe@example.com\r\n"), "timeout", None, True),
    "drip of one line": (drip(HEAD + b"X-More: ", b"x"), "timeout", None, True),
    "drip of the body": (drip(HEAD + b"Content-Length: 99999\r\n\r\n", b" "), "timeout", None, True),
    "drip of chunks": (
        drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        "timeout",
        None,
        True,
    ),
    "wrong chunk": (
        lambda connection, _: connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "unreachable",
        None,
        True,
    ),
}
ANSWERS: dict[str, tuple[Answer, str, int | None, bool]] = {
    "wrong gzip": (http(body=b"no gzip", content_encoding="gzip"), "unreachable", None, True),
    "wrong JSON": (http(body=b'{"a":'), "unreadable", 200, True),
    "a member twice": (http(body=b'{"a":1,"a":2}'), "unreadable", 200, True),
    "NaN": (http(body=b'{"a":NaN}'), "unreadable", 200, True),
    "empty": (http(body=b""), "unreadable", 200, True),
    "a web page": (http(body=b"<html>", content_type="text/html"), "unreadable", 200, True),
    "400": (
        http(400, f'{{"errorCode":"invalid_admin","message":"{EMAIL} {KEY}"}}'.encode()),
        "refused",
        400,
        False,
    ),
    "403": (http(403, b'{"message":"Forbidden"}'), "refused", 403, False),
    "413": (http(413, b"", content_type="text/plain"), "refused", 413, False),
    "500": (http(500, EMAIL.encode()), "refused", 500, True),
    "502": (http(502, b"<html>", content_type="text/html"), "refused", 502, True),
    "503": (http(503, b"{}", retry_after="0"), "refused", 503, True),
}


@both
@pytest.mark.parametrize("name", FAULTS)
def test_fault_ends_in_time_and_leaves_no_connection(kind: str, name: str) -> None:
    """A broken or endless answer is a VendorError with its reason, and its connection is closed at once."""
    answer, reason, status, may_have = FAULTS[name]
    for operation, expected in ((READ, False), (WRITE, may_have)):
        with faulty_server(answer) as server, pytest.raises(VendorError) as caught:
            call(
                kind,
                operation,
                after=no_connection_is_left(server),
                base_url=server.base_url,
                **once(reason),
            )
        error = caught.value
        assert (error.reason, error.status, error.may_have_happened) == (reason, status, expected)


@both
@pytest.mark.parametrize("name", ANSWERS)
def test_wrong_answer_is_an_error(kind: str, name: str) -> None:
    """An answer that is a failure, or that cannot be read, is a VendorError with reason and status."""
    answer, reason, status, may_have = ANSWERS[name]
    with faulty_server(answer) as server, pytest.raises(VendorError) as caught:
        call(kind, WRITE, base_url=server.base_url, **once(reason))
    error = caught.value
    assert (error.reason, error.status, error.may_have_happened) == (reason, status, may_have)


@both
@pytest.mark.parametrize(
    "fault", [reset, hang_up, half(), http(503, b"{}", retry_after="0"), http(body=b"{")]
)
def test_read_survives_a_fault(kind: str, fault: Answer) -> None:
    """A read is sent again after a fault, and the next answer is its result."""
    with faulty_server(fault, http()) as server:
        assert call(kind, READ, base_url=server.base_url) == {"ok": True}
    assert len(server.requests) == 2


@both
def test_connection_is_kept_for_the_next_call(kind: str) -> None:
    """Calls one after the other use one connection, which a close ends."""
    with faulty_server(http()) as server:

        def check() -> None:
            assert server.open_connections == 1

        call(kind, READ, base_url=server.base_url, times=3, after=check)
        assert server.wait_until_no_connection_is_open()
    assert len(server.requests) == 3


@both
def test_answer_that_came_before_its_request_is_none(kind: str) -> None:
    """A server that answers one request twice does not answer the next with what it sent too much."""

    def twice(connection: socket.socket, _: object) -> None:
        connection.sendall(2 * (HEAD + b'Content-Length: 7\r\n\r\n"first"'))

    with faulty_server(twice, http(body=b'"second"')) as server:
        assert call(kind, READ, base_url=server.base_url, times=2) == "second"
    with faulty_server(twice, http()) as server, pytest.raises(VendorError) as caught:
        call(kind, WRITE, base_url=server.base_url, times=2, after=no_connection_is_left(server))
    assert caught.value.may_have_happened


@both
def test_gzip_is_unpacked(kind: str) -> None:
    """A packed answer is unpacked, and counts with its unpacked size."""
    with faulty_server(http(body=gzip.compress(b'{"ok":true}'), content_encoding="gzip")) as server:
        assert call(kind, READ, base_url=server.base_url) == {"ok": True}


@both
@pytest.mark.parametrize("operation", [READ, FILE])
def test_answer_has_a_greatest_size(kind: str, operation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading stops at the greatest size and closes the connection; so it does for a packed answer."""
    monkeypatch.setattr(responses_module, "MAX_JSON_BYTES", 100_000)
    monkeypatch.setattr(responses_module, "MAX_FILE_BYTES", 100_000)
    long = http(body=b" " * 100_001)
    with faulty_server(long) as server, pytest.raises(VendorError, match="100,000 bytes") as caught:
        call(kind, operation, after=no_connection_is_left(server), base_url=server.base_url)
    assert caught.value.reason == "unreadable"
    packed = http(body=gzip.compress(bytes(50_000_000)), content_encoding="gzip")
    with faulty_server(packed) as server, pytest.raises(VendorError, match="100,000 bytes"):
        call(kind, operation, base_url=server.base_url)
    with faulty_server(http(body=b"1".ljust(100_000))) as server:
        call(kind, operation, base_url=server.base_url)


@both
def test_nobody_listens(kind: str) -> None:
    """Without a server, a write is tried as often as allowed, and was certainly not done."""
    with pytest.raises(VendorError) as caught:
        call(kind, WRITE, base_url=f"http://127.0.0.1:{free_port()}/v3", timeout=2, max_retries=1)
    assert (caught.value.reason, caught.value.may_have_happened) == ("unreachable", False)


@both
def test_redirect_sends_nothing_to_the_other_host(kind: str) -> None:
    """A redirect to another host is an error, and no request with the key arrives there."""
    with faulty_server(http()) as other:
        redirect = http(307, b"", location=f"{other.base_url}/thing?email={EMAIL}")
        with faulty_server(redirect) as server, pytest.raises(VendorError, match="follows no redirect"):
            call(kind, READ, base_url=server.base_url)
        assert other.requests == []


@both
@pytest.mark.parametrize("name", [*FAULTS, *ANSWERS])
def test_error_shows_no_key_and_nobody(kind: str, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """No error shows the key or personal data: not in its text, its pickle, a log at DEBUG, or our frames."""
    answer, reason, _, _ = {**FAULTS, **ANSWERS}[name]
    for logger in ("httpx2", "httpcore2.http11", "httpcore2.connection", "asyncio", "liveform"):
        caplog.set_level(logging.DEBUG, logger)
    operation = replace(WRITE, query={"email": EMAIL})
    with faulty_server(answer) as server, pytest.raises(VendorError) as caught:
        call(kind, operation, base_url=server.base_url, **once(reason))
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    frames = [
        repr(frame.f_locals)
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if "/liveform/" in frame.f_code.co_filename and "/tests/" not in frame.f_code.co_filename
    ]
    assert frames
    for shown in (str(error), repr(error), repr(pickle.dumps(error)), caplog.text, *frames):
        assert KEY not in shown
        assert EMAIL not in shown


def test_other_clients_log_as_before(caplog: pytest.LogCaptureFixture) -> None:
    """The logs of a program's own use of httpx2 stay as they are."""
    with faulty_server(http()) as server, caplog.at_level(logging.DEBUG):
        call("sync", READ, base_url=server.base_url)
        assert "headers" not in caplog.text
        with httpx2.Client() as own:
            own.get(f"{server.base_url}/own")
    assert "receive_response_headers.complete" in caplog.text
    assert "/own" in caplog.text


@pytest.mark.parametrize("kind", ["asyncio", "trio"])
def test_cancelled_call_leaves_no_connection(kind: str) -> None:
    """A call that is cancelled closes its connection, and the client works on."""
    required_backend(kind)
    with faulty_server(silence, http()) as server:

        async def main() -> Any:
            async with AsyncClient(KEY, base_url=server.base_url) as client:
                with anyio.move_on_after(0.1) as scope:
                    await client.send(READ)
                assert scope.cancelled_caught
                await anyio.to_thread.run_sync(no_connection_is_left(server))
                return await client.send(READ)

        assert anyio.run(main, backend=kind) == {"ok": True}

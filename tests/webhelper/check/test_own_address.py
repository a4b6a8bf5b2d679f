"""These tests check a site's own address: with answers that are made here, and with servers on loopback."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
import trustme
from servers import free_port
from sites import NOW, Clock

from webhelper.check import own_address
from webhelper.check.finding import fault, note
from webhelper.check.own_address import Reply, ask, check_own_address

if TYPE_CHECKING:
    from collections.abc import Iterator

DATE = "Fri, 15 Jan 2027 08:00:00 GMT"  # NOW
OURS = b'{"status": "ok"}'


@contextmanager
def answering(status: int, body: bytes, *, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Run a server that gives one answer, and yield its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(status)
            if body == OURS:
                self.send_header("Date", DATE)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_site_that_answers_has_a_date() -> None:
    """An address where this site answers is right, and says the time there."""
    with answering(200, OURS) as port:
        assert ask(f"http://127.0.0.1:{port}/healthz") == Reply(None, NOW)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"nothing"),
        (302, b""),
        (200, b"<html>"),
        (200, b'{"status": "UP"}'),
        (200, b"\xff\xfe"),
        (503, OURS),
    ],
)
def test_address_of_another_program_is_a_fault(status: int, body: bytes) -> None:
    """Whatever else answers at the address, is not this site."""
    with answering(status, body) as port:
        problem = ask(f"http://127.0.0.1:{port}/healthz").problem
    assert problem is not None
    assert problem.is_fault
    assert "another program" in problem.text


def test_address_where_nobody_answers_is_a_note() -> None:
    """Before the first start nobody answers; that is no fault."""
    problem = ask(f"http://127.0.0.1:{free_port()}/healthz").problem
    assert problem == note("BASE_URL", own_address._SILENT)


def test_server_that_hangs_up_is_a_note() -> None:
    """A server that ends the connection does not answer yet."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(4096)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        problem = ask(f"http://127.0.0.1:{server.getsockname()[1]}/healthz").problem
        thread.join()
    assert problem == note("BASE_URL", own_address._SILENT)


def test_certificate_that_nobody_trusts_is_a_fault() -> None:
    """Browsers would refuse the certificate too."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with answering(200, OURS, context=context) as port:
        problem = ask(f"https://127.0.0.1:{port}/healthz").problem
    assert problem is not None
    assert problem.is_fault
    assert problem.text.startswith("its certificate is refused: ")


def test_host_without_an_address_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that is not in the DNS cannot be opened by anybody."""

    def refuse(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    problem = ask("https://shop.example.com/healthz").problem
    assert problem == fault("BASE_URL", "its host has no address in the DNS, as this machine sees it")


def check(
    reply: Reply, *, now: float = NOW, base_url: str = "https://shop.example.com/kyc"
) -> list[tuple[bool, str]]:
    """Return the findings, as pairs of whether it is a fault and of what."""
    asked: list[str] = []

    def answer(url: str) -> Reply:
        asked.append(url)
        return reply

    findings = check_own_address(base_url, clock=Clock(now), ask=answer)
    assert asked in ([], [f"{base_url}/healthz"])
    return [(one.is_fault, one.subject) for one in findings]


@pytest.mark.parametrize(
    ("offset_s", "is_right"), [(0, True), (30, True), (-30, True), (31, False), (-31, False)]
)
def test_clock_may_differ_by_half_a_minute(offset_s: float, is_right: bool) -> None:
    """The clock here and the one at the address may differ by 30 seconds."""
    assert check(Reply(None, NOW), now=NOW + offset_s) == ([] if is_right else [(True, "clock")])


def test_answer_without_a_date_says_nothing_of_the_clock() -> None:
    """A proxy may leave the date out."""
    assert check(Reply(None, None)) == []


def test_problem_of_the_answer_is_told() -> None:
    """What is wrong with the answer is what the check says."""
    assert check(Reply(fault("BASE_URL", "another program"))) == [(True, "BASE_URL")]


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_address_on_this_machine_is_a_note_and_not_asked(base_url: str) -> None:
    """A site on loopback is for a demo, and nobody else reaches it."""
    findings = check_own_address(base_url, clock=Clock(), ask=lambda _: pytest.fail("asked"))
    assert [(one.is_fault, one.subject) for one in findings] == [(False, "BASE_URL")]

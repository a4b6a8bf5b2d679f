"""This module has an HTTP server on loopback that answers as a test says, and keeps what it was asked."""

from __future__ import annotations

import http.server
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Asked(NamedTuple):
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Return the JSON value of the body."""
        return json.loads(self.body)


class Answered(NamedTuple):
    """One answer to send."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


class LoopbackVendor:
    """The vendor's API as one test needs it: answers in turn, or a function of the request."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.requests: list[Asked] = []
        self.respond: Callable[[Asked], Answered] = self._next
        self._answers: list[Answered] = []

    def answer(
        self, value: object, *, status: int = 200, content_type: str = "application/json"
    ) -> LoopbackVendor:
        """Send this answer next: bytes as they are, every other value as JSON."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self._answers.append(Answered(body, status, content_type))
        return self

    def _next(self, _: Asked) -> Answered:
        return self._answers.pop(0) if self._answers else Answered(b'{"message": "nothing prepared"}', 400)


@contextmanager
def loopback_vendor() -> Iterator[LoopbackVendor]:
    """Run a server in a thread for the time of a ``with`` block."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, url.path, dict(parse_qsl(url.query)), dict(self.headers), body)
            vendor.requests.append(asked)
            answer = vendor.respond(asked)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Print nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        vendor = LoopbackVendor(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
        thread.start()
        try:
            yield vendor
        finally:
            server.shutdown()
            thread.join()

"""This module receives webhooks on loopback, and keeps them as they came."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Delivery:
    """One request of the sender: its method, its headers by lower-case names, and its body."""

    method: str
    headers: Mapping[str, str]
    body: bytes


class Receiver:
    """What a receiver got.

    Attributes:
        url: where it listens.
        deliveries: what came, the oldest first.
        statuses: what it answers next; 200 when the list is empty.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.deliveries: list[Delivery] = []
        self.statuses: list[int] = []

    def clear(self) -> None:
        """Forget everything."""
        self.deliveries.clear()
        self.statuses.clear()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a free loopback port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.deliveries.append(Delivery(self.command, headers, body))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
            """Write nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()

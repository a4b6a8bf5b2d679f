"""This benchmark measures a call of the REST client beside the same GET by bare httpx2, on one server."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import httpx2

from liveform.rest import Client
from tests.benchmarks.harness import Effort, Result, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
_SUBMISSION = "abc123def4567"
_BODY = (
    b'{"Items":[{"submission_id":"abc123def4567","userid":"user_12345","created_at":"2026-07-01-12-00-00-UTC",'
    b'"kyc":{"result":"approved","comment":[],"commentCode":[]},"data":{"full_name":"JANE DOE"}}]}'
)


def run(effort: Effort) -> Iterator[Result]:
    """Yield the result for ``submissions.get``, over connections that both sides keep open."""
    with _server() as base_url, Client(_KEY, base_url=base_url) as client, httpx2.Client() as bare:
        took = side_by_side(
            {
                "ours": partial(client.submissions.get, _SUBMISSION),
                "bare": partial(_bare_get, bare, f"{base_url}/submission"),
            },
            effort,
        )
    yield Result(
        work="submissions.get", reference="bare httpx2", ours=took["ours"], theirs=took["bare"], goal=1.3
    )


def _bare_get(client: httpx2.Client, url: str) -> object:
    """Return the JSON of the answer, as a program without liveform would read it."""
    headers = {"x-api-key": _KEY}
    answer = client.get(url, params={"submission_id": _SUBMISSION}, headers=headers)
    answer.raise_for_status()
    return answer.json()


@contextmanager
def _server() -> Iterator[str]:
    """Run a server on loopback that keeps connections open, and yield the API's address on it."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v3"
        finally:
            server.shutdown()
            thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer with one submission."""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(_BODY)}\r\n\r\n"
        self.wfile.write(head.encode() + _BODY)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
        """Write nothing to the log, whatever the request is."""

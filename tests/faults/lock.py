"""Another process holds the write lock of the store."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from servers import DemoServer

if TYPE_CHECKING:
    from collections.abc import Iterator

_HELD_S = 15.0
_CLIENTS = 16
_LINK = {"project": "shop", "pipeline": "id_document"}


def held() -> Iterator[str]:
    """Hold the lock for a while, in which clients create links and a balancer asks for ``/healthz`` (F3)."""
    with TemporaryDirectory() as directory:
        server = DemoServer(Path(directory))
        server.start()
        try:
            yield from _measured(server)
        finally:
            server.stop()


def _measured(server: DemoServer) -> Iterator[str]:
    file = next(server.directory.rglob("links.db"))
    end = time.monotonic() + _HELD_S
    creates: list[tuple[str, float]] = []
    health: list[tuple[str, float]] = []
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        threads = [threading.Thread(target=_create, args=(server, end, creates)) for _ in range(_CLIENTS)]
        threads.append(threading.Thread(target=_ask, args=(server, end, health)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        other.execute("ROLLBACK")
    after = _call(server, "/api/links", _LINK)
    for name, answers in (("POST /api/links", creates), ("/healthz", health)):
        counts = ", ".join(
            f"{count} x {status}" for status, count in Counter(one for one, _ in answers).items()
        )
        yield f"{name}: {counts}; the longest took {max(took for _, took in answers):.2f} s"
    yield f"after it: POST /api/links {after[0]} in {after[1]:.2f} s"


def _create(server: DemoServer, end: float, answers: list[tuple[str, float]]) -> None:
    while time.monotonic() < end:
        answers.append(_call(server, "/api/links", _LINK))


def _ask(server: DemoServer, end: float, answers: list[tuple[str, float]]) -> None:
    while time.monotonic() < end:
        answers.append(_call(server, "/healthz"))
        time.sleep(0.1)


def _call(server: DemoServer, path: str, body: dict[str, str] | None = None) -> tuple[str, float]:
    """Return status and ``Retry-After`` of an answer, and the seconds that it took."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.base_url}{path}", data, headers)
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            said = str(answer.status)
    except urllib.error.HTTPError as error:
        said = f"{error.code} Retry-After {error.headers['Retry-After']}"
    return said, time.monotonic() - begun

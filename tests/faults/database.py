"""A PostgreSQL database that hangs, is stopped, or holds a lock, under a site with gunicorn."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psycopg
from gunicorn_sites import GunicornSite
from postgresql_server import PostgresqlServer
from sites import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import TypeAlias

    Fault: TypeAlias = Callable[[PostgresqlServer], AbstractContextManager[None]]

_BEARER = {"Authorization": f"Bearer {TOKEN}"}
_LINK = {"pipeline": "id_document"}
_CLIENTS = 8  # as many as there are threads
_FAULT_S = 6.0


def away() -> Iterator[str]:
    """Freeze the server with all of its processes, stop it, and hold a lock, and ask the site meanwhile."""
    server = PostgresqlServer({})
    try:
        server.start()
        with (
            TemporaryDirectory() as directory,
            GunicornSite(Path(directory), LIVEFORM_STORE=server.url()) as site,
        ):
            path = site.new_link()["path"]
            for name, fault in (("frozen", _frozen), ("stopped", _stopped), ("table locked", _locked)):
                yield from _during(name, fault, server, site, path)
    finally:
        server.remove()


def _during(name: str, made: Fault, server: PostgresqlServer, site: GunicornSite, path: str) -> Iterator[str]:
    """Make a fault; ask one thing after the other, then all at once for a while; end it, and ask again."""
    with made(server):
        for request, ask in _requests(site, path):
            yield f"{name}: {request} {_timed(ask)}"
        yield f"{name}: {_CLIENTS} clients for {_FAULT_S:.0f} s: {_load(site)}"
    begun = time.monotonic()
    while site.call("GET", "/readyz")[0] != 200:
        time.sleep(0.05)
    yield f"{name}: ready again {time.monotonic() - begun:.2f} s after its end"


def _requests(site: GunicornSite, path: str) -> Iterator[tuple[str, Callable[[], int]]]:
    yield "POST /api/links", lambda: _create(site)
    yield "POST /api/links again", lambda: _create(site)
    yield "GET of a link", lambda: site.call("GET", path)[0]
    yield "/readyz", lambda: site.call("GET", "/readyz")[0]
    yield "/healthz", lambda: site.call("GET", "/healthz")[0]


def _create(site: GunicornSite) -> int:
    return site.call("POST", "/api/links", _LINK, **_BEARER)[0]


def _timed(ask: Callable[[], int]) -> str:
    begun = time.monotonic()
    return f"{ask()} in {time.monotonic() - begun:.2f} s"


def _load(site: GunicornSite) -> str:
    """Have clients create links for a while, and one ask for ``/healthz``; return what they saw."""
    end = time.monotonic() + _FAULT_S
    taken: dict[str, list[float]] = {"creates": [], "healthz": []}

    def go_on(name: str, ask: Callable[[], object]) -> None:
        while time.monotonic() < end:
            begun = time.monotonic()
            ask()
            taken[name].append(time.monotonic() - begun)

    asked: list[tuple[str, Callable[[], object]]] = [("creates", lambda: _create(site))] * _CLIENTS
    asked.append(("healthz", lambda: site.call("GET", "/healthz")))
    clients = [threading.Thread(target=go_on, args=one) for one in asked]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return ", ".join(f"{len(all_s)} {name}, the longest {max(all_s):.2f} s" for name, all_s in taken.items())


@contextmanager
def _frozen(server: PostgresqlServer) -> Iterator[None]:
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


@contextmanager
def _stopped(server: PostgresqlServer) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


@contextmanager
def _locked(server: PostgresqlServer) -> Iterator[None]:
    with psycopg.connect(server.url()) as holder:
        holder.execute("LOCK TABLE links IN ACCESS EXCLUSIVE MODE")
        yield

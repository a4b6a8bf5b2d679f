"""The disk of a PostgreSQL server is full: for its tables, and then for its log of changes too."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import psycopg
from postgresql_server import PostgresqlServer
from sites import TOKEN, settings

from webhelper import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

_BEARER: Final = {"Authorization": f"Bearer {TOKEN}"}
_LINK: Final = {"project": "shop", "pipeline": "id_document", "note": "n" * 500}
_SIZE: Final = "160m"
_CREATES: Final = 20_000  # more than the free space of files that are there already can take
_ENOUGH: Final = 20  # refused one after the other
_SEGMENTS: Final = 20  # of the log, more than there are
_BLOCK: Final = 65_536


def full() -> Iterator[str]:
    """Fill a small disk under a server, and free it again; only root can mount one (P2)."""
    if os.getuid() != 0:
        yield "PostgreSQL: not tried, since only root can mount a small disk"
        return
    with _small_disk() as disk, TemporaryDirectory() as directory:
        server = PostgresqlServer({"fsync": "on"}, parent=disk)
        try:
            server.start()
            client = create_app(settings(Path(directory), STORE=server.url())).test_client()
            yield from _filled(server, client, disk / "ballast")
        finally:
            server.remove()


def _filled(server: PostgresqlServer, client: FlaskClient, ballast: Path) -> Iterator[str]:
    first = client.post("/api/links", json=_LINK, headers=_BEARER).get_json()["id"]
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(_BLOCK))
    created, refused = _create_until_refused(client)
    yield f"PostgreSQL, disk full: {len(created):,} creates in the space that was left, then {dict(refused)}"
    yield f"PostgreSQL, disk full: {_asked(client, first)}; the server runs: {server.is_running()}"
    _fill_log(server)
    yield f"PostgreSQL, log of changes full: {_asked(client, first)}; the server runs: {server.is_running()}"
    ballast.unlink()
    if not server.is_running():
        server.kill()
        server.start()
    asked = _asked(client, first)
    missing = [one for one in created if client.get(f"/api/links/{one}", headers=_BEARER).status_code != 200]
    again = client.post("/api/links", json=_LINK, headers=_BEARER).status_code
    yield f"PostgreSQL, space again: {asked}; a create {again}; {len(missing)} acknowledged ones missing"


def _fill_log(server: PostgresqlServer) -> None:
    """Have the server need space for its log of changes, without which it cannot go on."""
    with suppress(psycopg.Error):
        for _ in range(_SEGMENTS):
            server.execute("SELECT pg_current_xact_id()")
            server.execute("SELECT pg_switch_wal()")


def _create_until_refused(client: FlaskClient) -> tuple[list[str], Counter[int]]:
    """Return the links that were created, and the statuses of the last answers, which are refusals."""
    created: list[str] = []
    refused: Counter[int] = Counter()
    for _ in range(_CREATES):
        answer = client.post("/api/links", json=_LINK, headers=_BEARER)
        if answer.status_code == 201:
            created.append(answer.get_json()["id"])
            refused.clear()
        else:
            refused[answer.status_code] += 1
        if refused.total() == _ENOUGH:
            break
    return created, refused


def _asked(client: FlaskClient, link_id: str) -> str:
    paths = {
        "a link": f"/api/links/{link_id}",
        "a list": "/api/links",
        "/readyz": "/readyz",
        "/healthz": "/healthz",
    }
    return ", ".join(
        f"{name} {client.get(path, headers=_BEARER).status_code}" for name, path in paths.items()
    )


@contextmanager
def _small_disk() -> Iterator[Path]:
    with TemporaryDirectory() as mounted:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=1777", "tmpfs", mounted]
        subprocess.run(mount, check=True)
        try:
            yield Path(mounted)
        finally:
            subprocess.run(["umount", mounted], check=True)

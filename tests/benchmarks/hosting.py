"""This module runs servers for the benchmarks: on loopback, one process each, on a core of their own."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.benchmarks import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message

ROOT: Final = Path(__file__).parents[2]
OURS: Final = "webhelper.wsgi:app"
CONSTANT: Final = "tests.benchmarks.constant:app"
API_TOKEN: Final = "an-API-token-for-benchmarks-0123456789"
SECRET: Final = "a-secret-key-for-benchmarks-0123456789"
GUNICORN: Final = ("gunicorn", "--config", "python:webhelper.gunicorn_conf", "--workers", "1", "--bind")
GRANIAN: Final = ("granian", "--interface", "wsgi", "--workers", "1", "--log-level", "error", "--port")
_START_S: Final = 30.0


@contextmanager
def serving(
    server: tuple[str, ...], app: str, directory: Path, *, store: str | None = None, core: int = -1
) -> Iterator[int]:
    """Serve an app, with ``directory`` for its store and its log, and yield the port.

    Args:
        server: ``GUNICORN`` or ``GRANIAN``.
        app: ``OURS``, with settings as docs/webhelper.md has them, or ``CONSTANT``.
        directory: on a real disk.
        store: the setting; None for a file in the directory.
        core: as in ``on_core``.
    """
    port = _free_port()
    address = f"127.0.0.1:{port}" if server is GUNICORN else str(port)
    with (directory / "server.log").open("ab") as log, on_core(core):
        process = subprocess.Popen(
            [sys.executable, "-m", *server, address, app],
            cwd=directory,
            env=_environment(directory, port, store),
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(port, time.monotonic() + _START_S)
        yield port
    finally:
        process.terminate()
        process.wait(_START_S)


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """Keep this process and its children on one core: 0 is the first that we may use, -1 the last."""
    if not hasattr(os, "sched_setaffinity"):  # not on Linux: the scheduler decides
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(allowed)[number]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def call(
    port: int, method: str, path: str, *, body: str = "", headers: Mapping[str, str] | None = None
) -> tuple[Message, bytes]:
    """Return headers and body of an answer, without following redirects."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_S)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.headers, answer.read()
    finally:
        connection.close()


def new_link(port: int, **link_request: object) -> str:
    """Create a link of a site that ``serving`` started, and return its path."""
    body = {"pipeline": "id_document", "fields": {"userid": "user_12345", "cf1": "store_17"}} | link_request
    headers = {"Authorization": f"Bearer {API_TOKEN}"}
    _, answer = call(port, "POST", "/api/links", body=json.dumps(body), headers=headers)
    path: str = json.loads(answer)["url"].removeprefix(f"http://127.0.0.1:{port}")
    return path


def _environment(directory: Path, port: int, store: str | None) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LIVEFORM_BASE_URL": f"http://127.0.0.1:{port}",
        "LIVEFORM_SECRET_KEYS": SECRET,
        "LIVEFORM_API_TOKENS": f"benchmarks={API_TOKEN}",
        "LIVEFORM_STORE": f"sqlite:///{directory / 'links.db'}" if store is None else store,
        "LIVEFORM_PID": references.PID,
        "LIVEFORM_KEY": references.KEY_TEXT,
        "LIVEFORM_CIPHER": "gcm",
        "LIVEFORM_LIMITS": "kiosk=off",  # one tablet makes the codes of all
    }


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int, until: float) -> None:
    while True:
        try:
            call(port, "GET", "/healthz")
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return

"""This module runs servers for a test, on loopback, and ends them by their own process ids."""

from __future__ import annotations

import http.server
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from functools import partial
from random import SystemRandom
from typing import TYPE_CHECKING, Protocol

from webhelper.config.lan import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

START_S = 30
_RANDOM = SystemRandom()  # a seed of its own: Hypothesis sets that of the others


def free_port() -> int:
    """Return a port that nobody listens on, and that no client is given before it is used.

    Systems draw the ports of clients from 49152 on (RFC 6335), Linux from 32768 on. A port of that range may
    be taken between this call and its use, in particular while other tests run.
    """
    while True:
        port = _RANDOM.randrange(12_000, 32_000)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Reachable(Protocol):
    """A running web helper: its address, and its API token."""

    base_url: str

    @property
    def token(self) -> str:
        """Return the API token."""


class DemoServer:
    """``python -m webhelper --demo`` in a directory of its own; it can be stopped and started again.

    Args:
        directory: where its files are kept.
        host: what it listens on; with ``0.0.0.0``, it is in the network of this machine.
        environ: environment variables of its own.
    """

    def __init__(
        self, directory: Path, *, host: str = "127.0.0.1", environ: Mapping[str, str] | None = None
    ) -> None:
        self.directory = directory
        self.port = free_port()
        self._host = host
        self._environ = {**os.environ, **(environ or {})}
        self.base_url = f"http://{place_of(host).host}:{self.port}"
        self.log_file = directory / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def token(self) -> str:
        """Return the API token that the demo made for itself."""
        return (self.directory / ".demo" / "api.token").read_text(encoding="utf-8").strip()

    def start(self) -> None:
        """Start the server, and return once it answers."""
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "webhelper", "--demo", "--host", self._host, "--port", str(self.port)],
                cwd=self.directory,
                env=self._environ,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until_it_answers(f"{self.base_url}/readyz")

    def stop(self) -> None:
        """End the server, and return once it has ended."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=START_S)
            self._process = None


def wait_until_it_answers(url: str) -> None:
    """Return once ``url`` answers 200, or raise TimeoutError after 30 seconds."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(url)


@contextmanager
def static_site(directory: Path, port: int, *, single_page: bool = False) -> Iterator[str]:
    """Serve a directory on this port, and yield the address of the site.

    A site of a single page answers with its index.html where there is no file, as apps with a router need it.
    """
    handler = partial(_SinglePageHandler if single_page else _QuietHandler, directory=str(directory))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.shutdown()
            thread.join()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
        """Write nothing to the log, whatever the request is."""


class _SinglePageHandler(_QuietHandler):
    def translate_path(self, path: str) -> str:
        """Return the file of a path, or index.html."""
        file = super().translate_path(path)
        return file if os.path.exists(file) else super().translate_path("/index.html")  # noqa: PTH110 - a str

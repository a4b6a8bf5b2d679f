"""This module runs a site under gunicorn, with the settings that docs/deployment.md names."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from servers import START_S, free_port, wait_until_it_answers
from sites import KEY, TOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

OURS = ("--config", "python:webhelper.gunicorn_conf")
PLAIN = ("--threads", "8", "--log-level", "error")  # as many threads, and else what gunicorn does by itself


class GunicornSite:
    """A site in a directory of its own, for a ``with`` block.

    Args:
        directory: where its store and its log are.
        workers: how many processes serve.
        config: the words of gunicorn's settings.
        environ: settings, such as ``LIVEFORM_PROXIES``.
    """

    def __init__(
        self, directory: Path, *, workers: int = 1, config: Sequence[str] = OURS, **environ: str
    ) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.directory = directory
        self._options = [*config, "--workers", str(workers), "--bind", f"127.0.0.1:{self.port}"]
        self._environ = {
            "PATH": "",
            "PYTHONPATH": ":".join(path for path in sys.path if path),
            "TMPDIR": str(directory),
            "LIVEFORM_BASE_URL": self.base_url,
            "LIVEFORM_SECRET_KEYS": KEY,
            "LIVEFORM_API_TOKENS": f"tests={TOKEN}",
            "LIVEFORM_STORE": f"sqlite:///{directory / 'links.db'}",
            "LIVEFORM_PID": "shoppid001",
        } | environ

    def start(self) -> None:
        """Start the server, without waiting for it."""
        with (self.directory / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *self._options, "webhelper.wsgi:app"],
                cwd=self.directory,
                env=self._environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        self.start()
        wait_until_it_answers(f"{self.base_url}/readyz")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """Tell the server to stop, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=START_S)

    def kill(self) -> None:
        """Kill all processes of the server with SIGKILL, and return once the first one has ended."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=START_S)

    def call(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Return status, headers and text of an answer, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_S)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Connection": "close"} | headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def new_link(self, **link_request: Any) -> dict[str, Any]:
        """Return a new link, as the API answers it, and its path as ``path``."""
        body = {"pipeline": "id_document"} | link_request
        status, _, text = self.call("POST", "/api/links", body, Authorization=f"Bearer {TOKEN}")
        if status != 201:
            raise OSError(text)
        link: dict[str, Any] = json.loads(text)
        return link | {"path": link["url"].removeprefix(self.base_url)}

    def connect(self) -> socket.socket:
        """Return a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=START_S)

    def workers(self) -> list[int]:
        """Return the ids of the processes that serve."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(one) for one in children.read_text(encoding="ascii").split()]

    @property
    def log(self) -> str:
        """Return the log of the server."""
        return (self.directory / "server.log").read_text(encoding="utf-8")

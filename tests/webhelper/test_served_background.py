"""These tests run the background under real servers: gunicorn, with and without ``--preload``, and serve."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from messages import open_outbox
from servers import START_S, free_port, wait_until_it_answers
from sites import KEY, NOW, TOKEN

from webhelper.links.outcomes import Result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAUSE_S = 0.02
# A handler that writes its process and the message into a file, and returns when another file is there.
HANDLERS = """
import os, time
from pathlib import Path
from webhelper.messages.signals import outcome_confirmed

@outcome_confirmed.connect
def keep(project, message):
    with open("calls.txt", "a") as calls:
        calls.write(f"{os.getpid()} {message.id}\\n")
    while not Path("go.txt").exists():
        time.sleep(0.01)
    Path("finished.txt").write_text("finished")
"""
# Without our settings: webhelper.wsgi starts the background by itself, for servers that do not have them.
GUNICORN = ["-m", "gunicorn", "--workers", "2", "--threads", "4", "webhelper.wsgi:app", "--bind"]
OURS = ["--config", "python:webhelper.gunicorn_conf"]


class Site:
    """A site in a directory of its own, with one message that waits in its store."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.address = f"127.0.0.1:{free_port()}"
        outbox = open_outbox(directory)
        outbox.confirm(Result.APPROVED, at=NOW - 100_000_000)
        outbox.store.close()
        (directory / "shop_handlers.py").write_text(HANDLERS, encoding="utf-8")

    @contextmanager
    def served(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a server, which is ended at the end."""
        environ = {
            "PATH": "",
            "PYTHONPATH": ":".join([str(self.directory), *(path for path in sys.path if path)]),
            "LIVEFORM_BASE_URL": f"http://{self.address}",
            "LIVEFORM_SECRET_KEYS": KEY,
            "LIVEFORM_API_TOKENS": f"tests={TOKEN}",
            "LIVEFORM_STORE": f"sqlite:///{self.directory / 'links.db'}",
            "LIVEFORM_PID": "shoppid001",
            "LIVEFORM_HANDLERS": "shop_handlers",
        }
        with (self.directory / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=self.directory,
                env=environ,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=START_S)

    def answers(self) -> None:
        """Return once the server has answered a request."""
        wait_until_it_answers(f"http://{self.address}/healthz")

    def wait_until_it_refuses(self) -> None:
        """Return once nobody listens any more."""
        host, _, port = self.address.partition(":")
        end = time.monotonic() + START_S
        with suppress(ConnectionRefusedError):
            while time.monotonic() < end:
                socket.create_connection((host, int(port)), timeout=START_S).close()
                time.sleep(PAUSE_S)

    def wait_for(self, name: str) -> str:
        """Return the text of a file in the directory, once it has a line."""
        end = time.monotonic() + START_S
        path = self.directory / name
        while not (path.exists() and path.read_text(encoding="utf-8")):
            assert time.monotonic() < end, (self.directory / "server.log").read_text(encoding="utf-8")
            time.sleep(PAUSE_S)
        return path.read_text(encoding="utf-8")

    def go(self) -> None:
        """Let the handler return."""
        (self.directory / "go.txt").touch()

    @property
    def log(self) -> str:
        """Return the log of the server."""
        return (self.directory / "server.log").read_text(encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with a message that waits."""
    return Site(tmp_path)


@pytest.mark.parametrize(
    "options", [[], ["--preload"]], ids=["loaded in each process", "forked after loading"]
)
def test_background_runs_in_the_workers_of_gunicorn(site: Site, options: list[str]) -> None:
    """Under gunicorn the first request starts the background in its worker, and never in the main process."""
    site.go()
    with site.served(*GUNICORN, site.address, *options) as server:
        site.answers()
        site.wait_for("finished.txt")
        (call,) = site.wait_for("calls.txt").splitlines()
        assert int(call.split()[0]) != server.pid
    assert "Warning" not in site.log
    assert "Traceback" not in site.log


@pytest.mark.parametrize("server", ["serve", "gunicorn"])
def test_background_with_our_settings_needs_no_request(site: Site, server: str) -> None:
    """``liveform serve``, and gunicorn with our settings, start the background with the process."""
    site.go()
    host, _, port = site.address.partition(":")
    serve = ["-m", "webhelper", "--host", host, "--port", port]
    with site.served(*(serve if server == "serve" else [*GUNICORN, site.address, *OURS])):
        site.wait_for("finished.txt")
    assert "Traceback" not in site.log


@pytest.mark.parametrize("options", [[], OURS], ids=["gunicorn's settings", "ours"])
def test_stop_of_the_server_lets_a_handler_finish(site: Site, options: list[str]) -> None:
    """A handler that runs when the server is stopped gets the time to return."""
    with site.served(*GUNICORN, site.address, *options) as server:
        site.answers()
        site.wait_for("calls.txt")
        server.terminate()
        site.wait_until_it_refuses()
        site.go()
        server.wait(timeout=START_S)
    assert site.wait_for("finished.txt") == "finished"


def test_handler_that_hangs_does_not_keep_the_server_from_stopping(site: Site) -> None:
    """A server stops although a handler never returns, and the next one delivers the message again."""
    with site.served(*GUNICORN, site.address) as server:
        site.answers()
        site.wait_for("calls.txt")
        server.terminate()
        server.wait(timeout=START_S)
    assert not (site.directory / "finished.txt").exists()
    outbox = open_outbox(site.directory)
    assert outbox.store.outbox.waiting() == 2  # for the handlers, and for a URL that the server had not
    outbox.store.close()
    assert "Traceback" not in site.log

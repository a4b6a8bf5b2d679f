"""This module runs a web helper in a thread of the test, and the desktop example as its users do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final, cast

from servers import START_S, free_port, wait_until_it_answers
from sites import TOKEN, VENDOR_KEY, settings
from werkzeug.serving import WSGIRequestHandler, make_server

from liveform import Project
from webhelper import create_app
from webhelper.links.outcomes import Outcome, Result, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIApplication

    from webhelper.services import Services

DESKTOP_QR: Final = Path(__file__).parents[2] / "examples" / "desktop_qr" / "app.py"


class LocalSite:
    """A web helper with the simulated form, in a thread; it can go away and come back.

    The simulator sends no webhooks, unless ``WEBHOOK_SENDERS`` says that they may come from this machine.

    Attributes:
        base_url: its address.
        token: its API token.
        services: what its views work with.
        asked: the paths of all requests so far.
    """

    token = TOKEN

    def __init__(self, directory: Path, *, path: str = "", **changes: object) -> None:
        self._port = free_port()
        self.base_url = f"http://127.0.0.1:{self._port}{path}"
        form = f"{self.base_url}/simulator"
        shop = Project("demoshop01", key=VENDOR_KEY, cipher="ecb", base_url=form)
        self._app = create_app(
            settings(
                directory,
                BASE_URL=self.base_url,
                SITE_NAME="Demo shop",
                SIMULATOR=True,
                BACKGROUND_JOBS=True,
                PROJECTS={"shop": shop},
                **changes,
            )
        )
        self.services = cast("Services", self._app.extensions["webhelper"])
        self.asked: list[str] = []
        self._server = ExitStack()

    def start(self) -> None:
        """Answer from now on, and work what comes in."""
        self.services.background.start()
        self._server.enter_context(served(self._app, self._port, self.asked))

    def stop(self) -> None:
        """Answer no more, until it is started again."""
        self._server.close()

    def close(self) -> None:
        """Stop, and close the files."""
        self.stop()
        self.services.background.stop()
        self.services.links.store.close()
        self._app.extensions["simulator"].close()

    def confirm(self, link_id: str, result: Result) -> None:
        """Record what a webhook says of the one visit of a link: of the submission that came back, if any."""
        store = self.services.links.store
        (visit,) = store.visits(link_id, limit=2)
        returned = [one.submission_id for one in visit.outcomes if one.submission_id is not None]
        store.record(
            visit.id,
            Outcome(
                result=result,
                submission_id=returned[-1] if returned else "s-17",
                error_code=None,
                at=time.time(),
                source=Source.WEBHOOK,
            ),
        )


class _Quiet(WSGIRequestHandler):
    """Writes no request lines, and keeps the paths."""

    asked: list[str]

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep the path of a request that was answered."""
        self.asked.append(self.path)

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Write nothing."""


@contextmanager
def served(app: WSGIApplication, port: int, asked: list[str]) -> Iterator[None]:
    """Serve an app on this port of loopback, and add the paths of its requests to ``asked``."""
    handler = type("Handler", (_Quiet,), {"asked": asked})
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def desktop_example(site: LocalSite, port: int) -> Iterator[str]:
    """Run ``examples/desktop_qr`` with this web helper, and yield its address."""
    command = [sys.executable, "-m", "flask", "--app", str(DESKTOP_QR), "run", "--port", str(port)]
    environment = os.environ | {"HELPER": site.base_url, "HELPER_TOKEN": site.token}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as process:
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=START_S)

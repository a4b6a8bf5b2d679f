"""This module runs Flask apps in threads of the test, which sees what they keep."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import TYPE_CHECKING, cast

from servers import free_port
from sites import TOKEN, projects, settings
from werkzeug.serving import WSGIRequestHandler, make_server

from webhelper import create_app
from webhelper.links.outcomes import Outcome, Result, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from wsgiref.types import WSGIApplication

    from webhelper.services import Services


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Write nothing."""


@contextmanager
def served(app: WSGIApplication, port: int) -> Iterator[str]:
    """Serve an app on this port of loopback, and yield its address."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class LocalSite:
    """A web helper with the simulated form, in a thread; it can go away and come back.

    Attributes:
        base_url: its address.
        token: its API token.
        services: what its views work with.
    """

    token = TOKEN

    def __init__(self, directory: Path, **changes: object) -> None:
        self._port = free_port()
        self.base_url = f"http://127.0.0.1:{self._port}"
        self.app = create_app(
            settings(
                directory,
                BASE_URL=self.base_url,
                SITE_NAME="Demo shop",
                SIMULATOR=True,
                PROJECTS=projects(f"{self.base_url}/simulator"),
                **changes,
            )
        )
        self.services = cast("Services", self.app.extensions["webhelper"])
        self._server = ExitStack()

    def start(self) -> None:
        """Answer from now on."""
        self._server.enter_context(served(self.app, self._port))

    def stop(self) -> None:
        """Answer no more, until it is started again."""
        self._server.close()

    def close(self) -> None:
        """Stop, and close the files."""
        self.stop()
        self.services.links.store.close()
        self.app.extensions["simulator"].close()

    def confirm(self, link_id: str, result: Result) -> None:
        """Record what a webhook says of the latest visit of a link."""
        store = self.services.links.store
        (visit,) = store.visits(link_id, limit=1)
        store.record(
            visit.id,
            Outcome(
                result=result,
                submission_id="s-17",
                error_code=None,
                at=time.time(),
                source=Source.WEBHOOK,
            ),
        )

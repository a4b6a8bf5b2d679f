"""A web server in a thread of this process."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import NotFound
from werkzeug.serving import WSGIRequestHandler, make_server

from webhelper.simulator import SandboxError

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_HOST: Final = "127.0.0.1"
_POLL_S: Final = 0.02  # how soon it sees that it shall stop


class _QuietHandler(WSGIRequestHandler):
    """Writes no request lines, which hold tokens and personal data."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Write nothing."""


class ServerThread:
    """A server on a free port of this machine, which starts once.

    Attributes:
        base_url: its address, which is known before it starts.
    """

    def __init__(self) -> None:
        self._server = make_server(_HOST, 0, NotFound(), threaded=True, request_handler=_QuietHandler)
        self.base_url = f"http://{_HOST}:{self._server.port}"
        self._is_new = True
        self._thread = Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="liveform-simulator", daemon=True
        )

    @property
    def is_running(self) -> bool:
        """Whether it answers requests."""
        return self._thread.is_alive()

    def start(self, app: WSGIApplication) -> None:
        """Start to answer requests with an app.

        Raises:
            SandboxError: it was started or stopped before.
        """
        if not self._is_new:
            raise SandboxError("a simulator starts once; make another one to start again")
        self._is_new = False
        self._server.app = app
        self._thread.start()

    def stop(self) -> None:
        """Stop, started or not, and return when the port is free again."""
        self._is_new = False
        if self._thread.is_alive():
            self._server.shutdown()  # waits for the loop, so it hangs if that never ran
            self._thread.join()
        self._server.server_close()

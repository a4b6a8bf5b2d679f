"""This module runs the simulator's API on loopback, with Secure Data Transfer off and on."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from werkzeug.serving import WSGIRequestHandler, make_server

from liveform import Project, SecureDataTransfer
from webhelper.simulator.dashboards import dashboard_of
from webhelper.simulator.rest import create_rest_blueprint
from webhelper.simulator.sandbox.dashboard import TransferLayout
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.web.flask_app import FlaskApp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

START: Final = datetime(2026, 6, 24, 1, 2, 3, tzinfo=UTC)
ADMIN: Final = "admin@example.com"
RETURN_URL: Final = "https://app.example.com/back"
FORM_URL: Final = "http://127.0.0.1/simulator"
TRANSFERS: Final[dict[str, SecureDataTransfer | None]] = {
    "plain": None,
    "encrypted": SecureDataTransfer(),
    "wrapped": SecureDataTransfer(wrapper="body", answer_layout="iv16+ciphertext, hex"),
}


def project(name: str) -> Project:
    """Return the project of the simulator whose Secure Data Transfer is ``TRANSFERS[name]``."""
    return Project(
        f"contract-{name}",
        key=f"{name}-form-key-0123456789abcdefghij",
        cipher="gcm",
        base_url=FORM_URL,
        api_key=f"{name}-api-key-0123456789abcdefghij",
        face_auth_pid=f"face-{name}",
        face_auth_key=f"{name}-face-key-0123456789abcdefghij",
        secure_data_transfer=TRANSFERS[name],
    )


def sandbox_of(name: str, path: Path | str = ":memory:", **settings: Any) -> Sandbox:
    """Return a new sandbox with this project alone.

    Args:
        name: of the project.
        path: its file.
        **settings: attributes of the project's ``Dashboard``.
    """
    own = project(name)
    dashboard = dashboard_of(own, (RETURN_URL,), **settings)
    if name == "wrapped":
        layout = dashboard.transfer_layout
        layout = TransferLayout(layout.wrapper, layout.request, layout.answer, is_encrypted=True)
        dashboard = dashboard_of(own, (RETURN_URL,), **{**settings, "transfer_layout": layout})
    return Sandbox(path, {name: dashboard}, clock=lambda: START)


def app_of(sandbox: Sandbox, *, sleep: Callable[[float], None] = lambda _: None) -> WSGIApplication:
    """Return the WSGI app of the API."""
    app = FlaskApp("contract")
    app.register_blueprint(create_rest_blueprint(sandbox, sleep=sleep), url_prefix="/v3")
    return app


class Switch:
    """A WSGI app that hands requests on to the app of the present test."""

    app: WSGIApplication | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the present app does."""
        if self.app is None:
            raise RuntimeError("no test is running")
        return self.app(environ, start_response)


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open, as the vendor's do

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name in werkzeug
        """Write nothing."""


@contextmanager
def serving(app: WSGIApplication) -> Iterator[str]:
    """Serve an app on a free loopback port, and yield the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
